import LanguageModels
import Layers
import PFormer
import Tensors

/// Stage 0: a P-Former in front of a frozen OPT model that is to write the sentence again from its prompt.
///
/// Follows `lavis/models/blip2_models/pformer_opt.py` at 7e633e0.
/// Jian et al.: Bootstrapping Vision-Language Learning with Decoupled Language Pre-training, 2023, section 3.2.
public final class PromptPretraining: Module {
    /// The P-Former, with the heads of this stage.
    public let pformer: PromptTransformer
    /// The language model; frozen.
    public let language: OPT
    private let contrast: PromptContrast
    private let ids: SentenceTokenIDs

    /// The share of tokens that are hidden from the P-Former.
    private static let maskingRate: Float = 0.25

    /// A P-Former of these sizes in front of a language model, which is frozen.
    public init(
        _ configuration: PFormerConfiguration, language: OPT, ids: SentenceTokenIDs, weights: InitialWeights
    ) {
        precondition(
            configuration.languageWidth == language.width,
            "prompts of width \(configuration.languageWidth) for a language model of width \(language.width)")
        language.freeze()
        self.language = language
        self.ids = ids
        contrast = PromptContrast(configuration, weights: weights.child("contrast"))
        pformer = PromptTransformer(configuration, contrast: contrast, weights: weights.child("Pformer"))
    }

    /// The names of the reference's checkpoints.
    public var parts: KeyValuePairs<String, any ModulePart> { ["Pformer": pformer, "opt_model": language] }

    /// What a checkpoint of the reference holds beside the weights: copies of OPT's token table, and position numbers.
    public static let loadPolicy = LoadPolicy(
        unexpected: ["opt_vocab_embeddings", "opt_model.lm_head.weight", "Pformer.embeddings.position_ids"])

    /// The three losses of prompt pretraining: contrast of sentences, distance of prompts from the language model's
    /// token vectors, and the sentence that the language model writes from the prompt.
    public func losses(on batch: SentenceBatch, _ context: Context) -> Losses {
        let sentence = pformer.sentence(masked(batch.sentences, context), context.within("Pformer"))
        let prompt = pformer.prompt(forSentence: sentence, context.within("Pformer"))
        return Losses([
            "loss_c": contrast.loss(of: sentence, context.within("Pformer")), "loss_vq": vocabularyLoss(prompt),
            "loss_lm": context.weighted(
                language.loss(
                    prefix: prompt, text: batch.target.tokens, labels: batch.target.labels,
                    context.frozen(.languageModel).within("opt_model"))),
        ])
    }

    /// The sentences that the language model writes from prompts for sentences, without masking.
    ///
    /// - Parameters:
    ///   - sentences: in the P-Former's tokens
    ///   - prompt: what the language model is given after the prompt vectors, padded on the left
    ///   - options: how it writes
    /// - Returns: for each sentence its texts, the best first
    public func generate(
        from sentences: MaskedTokens, prompt: MaskedTokens, options: GenerationOptions
    ) -> [[GeneratedText]] {
        let prefix = withoutGradients { pformer(sentences, .evaluation()) }
        return language.generate(prefix: prefix, prompt: prompt, options: options)
    }

    /// Hides a quarter of the tokens. Quirk: `[SEP]` may be hidden as well.
    private func masked(_ sentences: MaskedTokens, _ context: Context) -> MaskedTokens {
        let hidden = context.draws.bernoulli(
            sentences.ids.shape, probability: Self.maskingRate, key: context.nextKey(),
            firstSample: context.firstSample)
        let tokens = zip(sentences.ids.scalars, hidden.scalars).map { id, isHidden in
            isHidden == 0 || id == ids.padding || id == ids.classification ? id : ids.mask
        }
        return MaskedTokens(ids: IndexTensor(tokens, shape: sentences.ids.shape), mask: sentences.mask)
    }

    /// The mean squared distance of each prompt vector from the nearest token vector of the language model.
    private func vocabularyLoss(_ prompt: Tensor) -> Tensor {
        let table = language.tokens.weight
        let nearest = withoutGradients { prompt.detached().nearestRows(in: table.value) }
        return prompt.meanSquaredError(to: withoutGradients { embed(nearest, table) })
    }
}
