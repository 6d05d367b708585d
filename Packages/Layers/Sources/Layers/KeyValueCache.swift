import Tensors

/// The keys and values that the attentions of a decoder have seen, layer by layer: a value that is handed from step
/// to step.
public struct KeyValueCache: Sendable {
    /// What a layer's attention has seen, in rows that are yet to be taken in `order`.
    private struct Layer {
        var key: Tensor
        var value: Tensor
        var order: IndexTensor?
    }

    private var layers: [Layer?]

    /// An empty cache.
    public init(layerCount: Int) { layers = Array(repeating: nil, count: layerCount) }

    /// How many tokens a layer has seen.
    public var tokenCount: Int { layers.first.flatMap { $0?.key.shape[1] } ?? 0 }

    /// Adds the keys and values of new tokens, `[batch, tokens, width]` each, and returns all of the layer's.
    public mutating func append(key: Tensor, value: Tensor, layer: Int) -> (key: Tensor, value: Tensor) {
        var all = (key: key, value: value)
        if let past = layers[layer] {
            let tokenCount = past.key.shape[1] + key.shape[1]
            let room = Self.room(rows: key.shape[0], tokens: tokenCount, width: key.shape[2])
            func joined(_ past: Tensor, _ new: Tensor, _ order: IndexTensor?) -> Tensor {
                guard let order else { return .concatenating([past, new], axis: 1, reserving: room) }
                return past.gathering(order, followedBy: new, reserving: room)
            }
            all = (joined(past.key, key, past.order), joined(past.value, value, past.order))
        }
        layers[layer] = Layer(key: all.key, value: all.value, order: nil)
        return all
    }

    /// Makes row `i` what row `rows[i]` was: beams change places, or one row becomes several. Rows move when the next
    /// tokens are added, which copies them anyway.
    public mutating func reorder(by rows: IndexTensor) {
        for index in layers.indices {
            let order = layers[index]?.order?.gathering(rows) ?? rows
            layers[index]?.order = order
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
