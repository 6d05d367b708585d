import Tensors

/// The keys and values that the attentions of a decoder have seen, layer by layer: a value that is handed from step
/// to step, off the tape.
///
/// Nothing moves when texts change places or become several, as beams do: all layers keep the keys and values of tokens
/// in the order in which they came, and a text is a list of their numbers.
public struct KeyValueCache: Sendable {
    private struct Layer {
        var keys = RowTable()
        var values = RowTable()
    }

    private var layers: [Layer]
    /// The tables' row of each token of each text, `[batch, tokens]`; nil before the first.
    private var rows: IndexTensor?
    /// How many rows have a number.
    private var rowCount = 0

    /// An empty cache.
    public init(layerCount: Int) { layers = Array(repeating: Layer(), count: layerCount) }

    /// How many tokens each text has.
    public var tokenCount: Int { rows?.shape[1] ?? 0 }

    /// Adds the keys and values that a layer has for new tokens, `[batch, tokens, width]` each. All layers have added theirs
    /// before the next tokens come.
    public mutating func append(key: Tensor, value: Tensor, layer: Int) {
        if layers[layer].keys.count == rowCount { number(key.shape) }
        layers[layer].keys.append(key)
        layers[layer].values.append(value)
    }

    /// Attention of queries, `[batch, queries, width]`, to all that a layer has seen.
    ///
    /// - Parameters:
    ///   - query: of the newest tokens
    ///   - layer: whose keys and values
    ///   - headCount: how many heads share the width
    ///   - scale: of the scores
    ///   - bias: added to the scores; broadcast to `[batch, heads, queries, tokens]`
    /// - Returns: `[batch, queries, width]`
    public func attend(query: Tensor, layer: Int, headCount: Int, scale: Float, bias: Tensor?) -> Tensor {
        guard let rows else { preconditionFailure("a cache that has seen no tokens is attended to") }
        return Tensors.attend(
            query: query, keys: layers[layer].keys, values: layers[layer].values, at: rows, headCount: headCount,
            scale: scale, bias: bias)
    }

    /// Makes text `i` what text `texts[i]` was: beams change places, or one text becomes several.
    public mutating func reorder(by texts: IndexTensor) { rows = rows?.gathering(texts) }

    /// New tokens take the rows that come next, those of a text after each other.
    private mutating func number(_ shape: Shape) {
        let count = shape[0] * shape[1]
        let new = IndexTensor((rowCount..<rowCount + count).map { Int32($0) }, shape: [shape[0], shape[1]])
        rows = rows.map { .concatenating([$0, new], axis: 1) } ?? new
        rowCount += count
    }
}
