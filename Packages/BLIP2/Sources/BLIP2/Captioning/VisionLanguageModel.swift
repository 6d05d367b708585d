import LanguageModels
import Layers
import QFormer
import Tensors

/// Stage 2: what the Q-Former sees of an image becomes the prompt from which a frozen language model writes a caption.
///
/// Follows `lavis/models/blip2_models/blip2_opt.py` and `blip2_t5.py` at 7e633e0. Li et al.: BLIP-2, 2023, section 3.3.
public final class VisionLanguageModel: Module {
    /// The image side.
    public let images: ImageReader
    /// The Q-Former without text.
    public let qformer: QueryEncoder
    /// To the width of the language model.
    public let projection: Linear
    /// The language model; frozen.
    public let language: any LanguageModel

    /// A model of these sizes in front of a language model, which is frozen, as is the image encoder.
    public init(_ configuration: BLIP2Configuration, language: any LanguageModel, weights: InitialWeights) {
        language.freeze()
        self.language = language
        images = ImageReader(configuration, weights: weights)
        qformer = QueryEncoder(configuration.qformer, weights: weights.child("Qformer"))
        projection = Linear(
            inputs: configuration.qformer.bert.width, outputs: language.width,
            weights: weights.child("\(language.family)_proj"))
    }

    /// The names of the reference's checkpoints.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "query_tokens": images.queries, "visual_encoder": images.encoder, "ln_vision": images.norm,
            "Qformer": qformer, "\(language.family)_model": language, "\(language.family)_proj": projection,
        ]
    }

    /// What a checkpoint of the reference holds beside the weights: copies of tied ones, and position numbers.
    public static let loadPolicy = LoadPolicy(
        unexpected: OPT.copies.map { "opt_model.\($0)" } + T5.copies.map { "t5_model.\($0)" }
            + ["Qformer.bert.embeddings.position_ids"])

    /// What the queries see of images, `[batch, 3, size, size]`.
    func memory(of pixels: Tensor, _ context: Context) -> ImageMemory { qformer.memory(of: images(pixels, context)) }

    /// The prompt that the language model reads for images: pixels `[batch, 3, size, size]` to
    /// `[batch, queries, languageWidth]`.
    public func prompts(for pixels: Tensor, _ context: Context) -> Tensor {
        prompts(from: memory(of: pixels, context), batchCount: pixels.shape[0], context)
    }

    /// The same for images that were looked at before.
    func prompts(from memory: ImageMemory, batchCount: Int, _ context: Context) -> Tensor {
        let seen = qformer(images.queries.value, image: memory, batchCount: batchCount, context.within("Qformer"))
        return context.within("\(language.family)_proj").record(projection(seen.hidden))
    }

    /// The loss of stage 2: the caption that the language model writes.
    public func losses(on batch: CaptionBatch, _ context: Context) -> Losses {
        losses(of: prompts(for: batch.pixels, context), batch.target, context)
    }

    func losses(of prompts: Tensor, _ target: TargetText, _ context: Context) -> Losses {
        let loss = language.loss(
            prefix: prompts, text: target.tokens, labels: target.labels,
            context.frozen(.languageModel).within("\(language.family)_model"))
        return Losses(["loss_lm": context.weighted(loss)])
    }

    /// The texts that the language model writes for images.
    ///
    /// - Parameters:
    ///   - pixels: `[batch, 3, size, size]`
    ///   - prompt: what it is given after the prompt vectors, one row for each image; padded on the left for OPT
    ///   - options: how it writes
    /// - Returns: for each image its texts, the best first
    public func generate(
        for pixels: Tensor, prompt: MaskedTokens, options: GenerationOptions
    ) -> [[GeneratedText]] {
        let prefix = withoutGradients { prompts(for: pixels, .evaluation()) }
        return language.generate(prefix: prefix, prompt: prompt, options: options)
    }
}
