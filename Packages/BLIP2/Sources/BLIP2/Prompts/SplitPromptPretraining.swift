import LanguageModels
import Layers
import PFormer
import Tensors

/// Stage 0 with an encoder-decoder: a P-Former in front of a frozen T5 model that reads the prompt for a sentence and
/// the sentence's first words, and is to write the others.
///
/// Follows `lavis/models/blip2_models/pformer_t5.py` at 7e633e0.
/// Jian et al.: Bootstrapping Vision-Language Learning with Decoupled Language Pre-training, 2023, section 3.2.
public final class SplitPromptPretraining: Module {
    /// The P-Former, with the heads of this stage.
    public let pformer: PromptTransformer
    /// The language model; frozen.
    public let language: T5
    private let contrast: PromptContrast

    /// A P-Former of these sizes, of the family `t5`, in front of a language model, which is frozen.
    public init(_ configuration: PFormerConfiguration, language: T5, weights: InitialWeights) {
        precondition(
            configuration.languageWidth == language.width,
            "prompts of width \(configuration.languageWidth) for a language model of width \(language.width)")
        language.freeze()
        self.language = language
        contrast = PromptContrast(configuration, weights: weights.child("contrast"))
        pformer = PromptTransformer(configuration, contrast: contrast, weights: weights.child("Pformer"))
    }

    /// The names of the reference's checkpoints.
    public var parts: KeyValuePairs<String, any ModulePart> { ["Pformer": pformer, "t5_model": language] }

    /// What a checkpoint of the reference holds beside the weights: copies of T5's token table, and position numbers.
    public static let loadPolicy = LoadPolicy(
        unexpected: T5.copies.map { "t5_model.\($0)" } + ["t5_vocab_embeddings", "Pformer.embeddings.position_ids"])

    /// The two losses: contrast of sentences, and the rest of the sentence that the language model writes. Quirk: unlike
    /// in front of OPT no token is hidden from the P-Former, and prompts are not drawn to token vectors.
    public func losses(on batch: SentenceBatch, _ context: Context) -> Losses {
        let sentence = pformer.sentence(batch.sentences, context.within("Pformer"))
        let prompt = pformer.prompt(forSentence: sentence, context.within("Pformer"))
        return Losses([
            "loss_c": contrast.loss(of: sentence, context.within("Pformer")),
            "loss_lm": context.weighted(
                language.loss(
                    prefix: prompt, text: batch.target.tokens, labels: batch.target.labels,
                    context.frozen(.languageModel).within("t5_model"))),
        ])
    }

    /// The texts that the language model writes from prompts for sentences.
    ///
    /// - Parameters:
    ///   - sentences: in the P-Former's tokens
    ///   - beginnings: what the language model reads after the prompt vectors, padded on the right
    ///   - options: how it writes
    /// - Returns: for each sentence its texts, the best first
    public func generate(
        from sentences: MaskedTokens, beginnings: MaskedTokens, options: GenerationOptions
    ) -> [[GeneratedText]] {
        let prefix = withoutGradients { pformer(sentences, .evaluation()) }
        return language.generate(prefix: prefix, prompt: beginnings, options: options)
    }
}
