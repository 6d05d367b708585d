import Tensors

/// Zeroes a share of the elements during training and divides the others by the share that is kept.
public struct Dropout: Sendable, Hashable {
    /// The share that is zeroed.
    public let rate: Float

    /// Dropout at a rate in `0..<1`.
    public init(rate: Float) {
        precondition(rate >= 0 && rate < 1, "a dropout rate lies in 0..<1, not at \(rate)")
        self.rate = rate
    }

    /// The input itself outside of training.
    public func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
        guard context.isTraining, rate > 0 else { return input }
        return input.dropout(rate: rate, key: context.nextKey(), firstSample: context.firstSample)
    }

    /// The same for the probabilities of an attention; nil outside of training.
    public func onAttention(_ context: Context) -> AttentionDropout? {
        guard context.isTraining, rate > 0 else { return nil }
        return AttentionDropout(rate: rate, key: context.nextKey(), firstSample: context.firstSample)
    }
}
