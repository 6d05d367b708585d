import Layers
import Tensors
import VisionEncoder

/// The image side that stages 1 and 2 share: the frozen image encoder, the trained norm after it, and the queries that
/// are put to its output. Its parts are open because the models list them among their own.
public final class ImageReader: Sendable {
    /// The image encoder; frozen unless a recipe unfreezes it.
    public let encoder: VisionTransformer
    /// The norm after the image encoder.
    public let norm: LayerNorm
    /// The queries, `[1, queries, width]`
    public let queries: Parameter

    private static let epsilon: Float = 1e-5

    init(_ configuration: BLIP2Configuration, weights: InitialWeights) {
        let bert = configuration.qformer.bert
        encoder = VisionTransformer(configuration.vision, weights: weights.child("visual_encoder"))
        encoder.freeze()
        norm = LayerNorm(width: configuration.vision.width, epsilon: Self.epsilon, weights: weights)
        queries = weights.child("query_tokens")
            .normal([1, configuration.queryCount, bert.width], deviation: bert.initializerRange)
    }

    /// The image vectors that queries look at: pixels `[batch, 3, size, size]` to `[batch, vectors, width]`.
    public func callAsFunction(_ pixels: Tensor, _ context: Context) -> Tensor {
        let vectors = encoder(pixels, context.within("visual_encoder"))
        return context.within("ln_vision").record(norm(vectors))
    }
}
