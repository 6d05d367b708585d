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
        let shape = past.key.shape
        let room = Self.room(rows: shape[0], tokens: shape[1] + key.shape[1], width: shape[2])
        let all = (
            key: Tensor.concatenating([past.key, key], axis: 1, reserving: room),
            value: Tensor.concatenating([past.value, value], axis: 1, reserving: room)
        )
        layers[layer] = all
        return all
    }

    /// Makes row `i` what row `rows[i]` was: beams change places, or one row becomes several.
    public mutating func reorder(by rows: IndexTensor) {
        for index in layers.indices {
            guard let (key, value) = layers[index] else { continue }
            let room = Self.room(rows: rows.count, tokens: key.shape[1], width: key.shape[2])
            layers[index] = (key.gathering(rows, reserving: room), value.gathering(rows, reserving: room))
        }
    }

    /// Elements that memory is taken for: of as many tokens as the next power of two. What one step lets go of then serves
    /// the next, where each step would otherwise leave memory of its own size behind.
    private static func room(rows: Int, tokens: Int, width: Int) -> Int {
        var capacity = 64
        while capacity < tokens { capacity *= 2 }
        return rows * capacity * width
    }
}
