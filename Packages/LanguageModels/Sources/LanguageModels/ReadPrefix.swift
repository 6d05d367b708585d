import Layers
import Tensors

/// Vectors in front of texts, read once for all the texts that come after them.
public struct ReadPrefix: Sendable {
    /// The vectors, `[batch, prefix, width]`
    let vectors: Tensor
    /// The keys and values that a decoder's layers made of them, which no text changes; nil where an encoder reads vectors
    /// and text together.
    let cache: KeyValueCache?

    /// The number of rows.
    public var batchCount: Int { vectors.shape[0] }
    /// How many vectors a row has.
    public var vectorCount: Int { vectors.shape[1] }

    /// Row `rows[i]` in place `i`: the vectors of one picture in front of each of its questions.
    public func gathering(_ rows: IndexTensor) -> ReadPrefix {
        var cache = cache
        cache?.reorder(by: rows)
        return ReadPrefix(vectors: vectors.gathering(rows), cache: cache)
    }
}
