import Tensors

/// Rows of token ids with a mask that tells tokens from padding.
public struct MaskedTokens: Hashable, Sendable {
    /// `[batch, tokens]`
    public let ids: IndexTensor
    /// 1 for a token, 0 for padding, `[batch, tokens]`
    public let mask: IndexTensor

    /// Tokens with their mask, both `[batch, tokens]`.
    public init(ids: IndexTensor, mask: IndexTensor) {
        precondition(
            ids.shape.rank == 2 && mask.shape == ids.shape,
            "ids of shape \(ids.shape) and a mask of shape \(mask.shape) are no rows of tokens")
        self.ids = ids
        self.mask = mask
    }

    /// Tokens without padding, `[batch, tokens]`.
    public init(_ ids: IndexTensor) {
        self.init(ids: ids, mask: IndexTensor(repeating: 1, shape: ids.shape))
    }

    /// The number of rows.
    public var batchCount: Int { ids.shape[0] }

    /// The number of columns.
    public var tokenCount: Int { ids.shape[1] }

    /// The rows with these numbers.
    public func gathering(_ rows: IndexTensor) -> MaskedTokens {
        MaskedTokens(ids: ids.gathering(rows), mask: mask.gathering(rows))
    }

    /// The ids as labels: padding becomes `ignored`.
    public func labels(ignoring ignored: Int32 = -100) -> IndexTensor {
        IndexTensor(zip(ids.scalars, mask.scalars).map { $1 == 0 ? ignored : $0 }, shape: ids.shape)
    }

    /// Rows one below the other; they have the same number of columns.
    public static func concatenating(_ batches: [MaskedTokens]) -> MaskedTokens {
        MaskedTokens(
            ids: .concatenating(batches.map(\.ids), axis: 0), mask: .concatenating(batches.map(\.mask), axis: 0))
    }
}
