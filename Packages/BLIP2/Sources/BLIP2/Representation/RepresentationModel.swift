import Layers
import QFormer
import Tensors

/// Stage 1: the Q-Former learns from pairs of image and text what in an image matters to language.
///
/// Follows `lavis/models/blip2_models/blip2_qformer.py` at 7e633e0. Li et al.: BLIP-2, 2023, section 3.2.
public final class RepresentationModel: Module {
    /// The image side.
    public let images: ImageReader
    /// The Q-Former, with its text parts.
    public let qformer: QueryingTransformer
    let ids: SentenceTokenIDs
    private let temperature: Parameter
    private let imageProjection: Linear
    private let textProjection: Linear
    private let matchingHead: Linear

    /// A model of these sizes with a frozen image encoder.
    public init(_ configuration: BLIP2Configuration, ids: SentenceTokenIDs, weights: InitialWeights) {
        let width = configuration.qformer.bert.width
        func head(_ name: String, _ outputs: Int) -> Linear {
            Linear(inputs: width, outputs: outputs, weights: weights.child(name))
        }
        self.ids = ids
        images = ImageReader(configuration, weights: weights)
        qformer = QueryingTransformer(configuration.qformer, weights: weights.child("Qformer"))
        temperature = weights.constant(0.07, [])
        imageProjection = head("vision_proj", configuration.contrastWidth)
        textProjection = head("text_proj", configuration.contrastWidth)
        matchingHead = head("itm_head", 2)
    }

    /// The names of the reference's checkpoints.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "query_tokens": images.queries, "temp": temperature, "visual_encoder": images.encoder,
            "ln_vision": images.norm, "Qformer": qformer, "vision_proj": imageProjection,
            "text_proj": textProjection, "itm_head": matchingHead,
        ]
    }

    /// What a checkpoint of the reference holds beside the weights: copies of tied ones, and position numbers.
    public static let loadPolicy = LoadPolicy(
        unexpected: ["Qformer.cls.predictions.decoder.*", "Qformer.bert.embeddings.position_ids"])

    /// The three losses of stage 1: contrast of images and texts, telling pairs from near misses, and writing the text.
    public func losses(on batch: PairBatch, _ context: Context) -> Losses {
        let seen = look(at: batch.pixels, context)
        return losses(of: seen, sentences: batch.sentences, context)
    }

    /// Images as queries see them.
    struct Sight {
        /// What the queries saw.
        let queries: QueryEncoding
        /// What they saw it in.
        let memory: ImageMemory
        /// The image vectors behind it, `[batch, vectors, width]`.
        let vectors: Tensor
    }

    /// What the queries see of images, and what they saw it in.
    func look(at pixels: Tensor, _ context: Context) -> Sight {
        let vectors = images(pixels, context)
        let memory = qformer.encoder.memory(of: vectors)
        let queries = qformer.encoder(
            images.queries.value, image: memory, batchCount: pixels.shape[0], context.within("Qformer"))
        return Sight(queries: queries, memory: memory, vectors: vectors)
    }

    func losses(of seen: Sight, sentences: MaskedTokens, _ context: Context) -> Losses {
        let similarities = similarities(
            imageVectors(seen.queries.hidden, context), textVectors(sentences, context), context)
        let first = context.firstRow(ofRows: sentences.batchCount)
        let contrast =
            (contrastiveLoss(similarities.toTexts, first: first)
                + contrastiveLoss(similarities.toImages, first: first)) / 2
        let negatives = HardNegatives(similarities, context)
        return Losses([
            "loss_itc": contrast, "loss_itm": matchingLoss(seen, sentences, negatives, context),
            "loss_lm": captionLoss(seen.queries, sentences, context),
        ])
    }

    // MARK: Contrast

    /// Unit vectors of what queries saw: `[batch, queries, width]` to `[batch, queries, contrastWidth]`.
    func imageVectors(_ hidden: Tensor, _ context: Context) -> Tensor {
        context.within("vision_proj").record(imageProjection(hidden)).l2Normalized()
    }

    /// Unit vectors of texts, `[batch, contrastWidth]`.
    func textVectors(_ sentences: MaskedTokens, _ context: Context) -> Tensor {
        let hidden = qformer.text(sentences, context.within("Qformer"))
        return textVectors(of: hidden.firstToken, context)
    }

    /// Unit vectors of hidden states: `[..., width]` to `[..., contrastWidth]`.
    func textVectors(of hidden: Tensor, _ context: Context) -> Tensor {
        context.within("text_proj").record(textProjection(hidden)).l2Normalized()
    }

    /// How similar images `[images, queries, contrastWidth]` and texts `[texts, contrastWidth]` are, divided by the
    /// temperature. Those that are compared with are those of all processes. Quirk: only the own side of each product gets
    /// a gradient, the side it is compared with none.
    private func similarities(_ images: Tensor, _ texts: Tensor, _ context: Context) -> Similarities {
        Similarities(
            toTexts: bestCosines(of: images, to: context.gatheredConstants(texts)) / temperature.value,
            toImages: bestCosines(of: texts, toImages: context.gatheredConstants(images)) / temperature.value)
    }

    // MARK: Matching

    /// The logits of "does not match" and "matches" for pairs: `[pairs, 2]`.
    func matchLogits(_ memory: ImageMemory, _ sentences: MaskedTokens, _ context: Context) -> Tensor {
        let hidden = qformer.matched(images.queries.value, text: sentences, image: memory, context.within("Qformer"))
        return context.within("itm_head").record(matchingHead(hidden)).mean(axis: 1)
    }

    /// The cross-entropy of true pairs, texts with a wrong image, and images with a wrong text.
    private func matchingLoss(
        _ seen: Sight, _ sentences: MaskedTokens, _ negatives: HardNegatives, _ context: Context
    ) -> Tensor {
        let batch = sentences.batchCount
        let wrongTexts = context.gathered(sentences).gathering(negatives.texts)
        let labels = IndexTensor((0..<3 * Int32(batch)).map { $0 < batch ? 1 : 0 }, shape: [3 * batch])
        return matchLogits(
            memory(of: seen, negatives, context), .concatenating([sentences, sentences, wrongTexts]), context
        ).crossEntropy(labels)
    }

    /// The memory of the images, of a wrong one for each text, and of the images again. That of a wrong one from another
    /// process is made here, from image vectors that take the gradient back to where they came from.
    private func memory(of seen: Sight, _ negatives: HardNegatives, _ context: Context) -> ImageMemory {
        let batch = Int32(seen.vectors.shape[0])
        guard context.peers != nil else {
            let own = Array(0..<batch)
            return seen.memory.gathering(
                IndexTensor(own + negatives.images.scalars + own, shape: [3 * Int(batch)]))
        }
        let wrong = context.gathered(seen.vectors).gathering(negatives.images)
        return .concatenating([seen.memory, qformer.encoder.memory(of: wrong), seen.memory])
    }

    // MARK: Captioning

    /// The cross-entropy, smoothed, of each token of the text after those before it and what the queries saw.
    private func captionLoss(_ queries: QueryEncoding, _ sentences: MaskedTokens, _ context: Context) -> Tensor {
        let width = sentences.tokenCount
        let tokens = sentences.ids.scalars.enumerated().map { $0 % width == 0 ? ids.decoding : $1 }
        let text = MaskedTokens(ids: IndexTensor(tokens, shape: sentences.ids.shape), mask: sentences.mask)
        let logits = qformer.write(text, after: queries, context.within("Qformer"))
        let labels = text.labels().slice(axis: 1, from: 1, to: width)
        let loss = logits.slice(axis: 1, from: 0, to: width - 1).crossEntropy(labels, smoothing: labelSmoothing)
        return context.weighted(context.within("Qformer").record(loss, "loss"))
    }
}

extension Tensor {
    /// The first row of each text: `[batch, tokens, width]` to `[batch, width]`.
    var firstToken: Tensor { slice(axis: 1, from: 0, to: 1).reshaped(to: [shape[0], shape[2]]) }
}
