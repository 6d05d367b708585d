import Tensors

/// The keys and values that the attentions of a decoder have seen, layer by layer: a value that is handed from step
/// to step.
public struct KeyValueCache: Sendable {
    private var layers: [(key: Tensor, value: Tensor)?]

    /// An empty cache.
    public init(layerCount: Int) { layers = Array(repeating: nil, count: layerCount) }

    /// How many tokens a layer has seen.
    public var tokenCount: Int { layers.first.flatMap { $0?.key.shape[1] } ?? 0 }

    /// Adds the keys and values of new tokens, `[batch, tokens, width]` each, and returns all of the layer's.
    public mutating func append(key: Tensor, value: Tensor, layer: Int) -> (key: Tensor, value: Tensor) {
        guard let past = layers[layer] else {
            layers[layer] = (key, value)
            return (key, value)
        }
        let all = (
            key: Tensor.concatenating([past.key, key], axis: 1),
            value: Tensor.concatenating([past.value, value], axis: 1)
        )
        layers[layer] = all
        return all
    }

    /// Makes row `i` what row `rows[i]` was: beams change places, or one row becomes several.
    public mutating func reorder(by rows: IndexTensor) {
        layers = layers.map { layer in layer.map { ($0.key.gathering(rows), $0.value.gathering(rows)) } }
    }
}
