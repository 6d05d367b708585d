import BERT
import Layers
import Tensors

/// What the queries became in a pass over images.
public struct QueryEncoding: Sendable {
    /// The last hidden states, `[batch, queries, width]`.
    public let hidden: Tensor
    /// The keys and values of the queries in every self-attention, `[batch, queries, width]` each, for text that is written
    /// after them.
    let seen: [(key: Tensor, value: Tensor)]
}

/// The Q-Former as it is used in front of a language model: learned queries look at an image and become what the
/// language model reads. It has no text. Li et al.: BLIP-2, 2023, section 3.1.
public final class QueryEncoder: Module {
    let norm: LayerNorm
    let layers: [QueryLayer]
    private let dropout: Dropout

    /// An encoder of these sizes.
    public convenience init(_ configuration: QFormerConfiguration, weights: InitialWeights) {
        let layers = (0..<configuration.bert.layerCount).map {
            QueryLayer(configuration, layer: $0, weights: weights.child("layer").child($0))
        }
        self.init(configuration, layers: layers, weights: weights)
    }

    init(_ configuration: QFormerConfiguration, layers: [QueryLayer], weights: InitialWeights) {
        norm = LayerNorm(width: configuration.bert.width, epsilon: configuration.bert.epsilon, weights: weights)
        dropout = Dropout(rate: configuration.bert.dropoutRate)
        self.layers = layers
    }

    /// The names of the reference's `Qformer`.
    public var parts: KeyValuePairs<String, any ModulePart> {
        ["bert.embeddings.LayerNorm": norm, "bert.encoder.layer": layers]
    }

    /// What the queries may see of images, `[batch, vectors, imageWidth]`.
    public func memory(of image: Tensor) -> ImageMemory { ImageMemory(layers: layers.map { $0.memory(of: image) }) }

    /// Lets queries look at images.
    ///
    /// - Parameters:
    ///   - queries: one set for all images, `[1, queries, width]`
    ///   - image: of the images
    ///   - batchCount: how many images
    ///   - context: of the pass
    public func callAsFunction(
        _ queries: Tensor, image: ImageMemory, batchCount: Int, _ context: Context
    ) -> QueryEncoding {
        var seen: [(key: Tensor, value: Tensor)] = []
        var hidden = embed([queries], batchCount: batchCount, context)
        for (index, (layer, memory)) in zip(layers, image.layers).enumerated() {
            let own = layer.attention.keysAndValues(of: hidden)
            seen.append(own)
            hidden = layer.afterAttention(layer.attention(hidden, to: own, bias: nil, context), memory, context)
            context.within("bert.encoder.layer.\(index)").record(hidden)
        }
        context.within("bert").record(hidden, "last_hidden_state")
        return QueryEncoding(hidden: hidden, seen: seen)
    }

    /// The first hidden states: pieces of a sequence, each `[batch, rows, width]` or `[1, rows, width]`, normalized
    /// together, with dropout.
    func embed(_ pieces: [Tensor], batchCount: Int, _ context: Context) -> Tensor {
        let wide = pieces.map { $0.broadcast(to: [batchCount, $0.shape[1], $0.shape[2]]) }
        let sequence = wide.count == 1 ? wide[0] : Tensor.concatenating(wide, axis: 1)
        return context.within("bert.embeddings").record(dropout(norm(sequence), context))
    }
}
