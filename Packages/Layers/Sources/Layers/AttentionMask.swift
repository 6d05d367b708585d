import Tensors

/// The masks of all attentions, as a bias that is added to the scores. They are built here and nowhere else.
public enum AttentionMask {
    /// What is added to the score of a key that must not be seen.
    public enum Bias: Sendable {
        /// -10000, as in BERT's first implementation, which the Q-Former descends from.
        case tenThousand
        /// The most negative number, as in the language models and the P-Former.
        case lowest

        var value: Float { self == .tenThousand ? -10000 : -Float.greatestFiniteMagnitude }
    }

    /// Hides padding from every query.
    ///
    /// - Parameters:
    ///   - mask: 1 for a key that is seen, `[batch, keys]`
    ///   - bias: what hides a key
    /// - Returns: `[batch, 1, 1, keys]`; nil if nothing is hidden
    public static func padding(_ mask: IndexTensor, _ bias: Bias) -> Tensor? {
        if mask.scalars.allSatisfy({ $0 != 0 }) { return nil }
        let hidden = bias.value
        return Tensor(mask.scalars.map { $0 == 0 ? hidden : 0 }, shape: [mask.shape[0], 1, 1, mask.shape[1]])
    }

    /// Hides padding, and from every query the keys after it. The queries are the last of the keys; what stands
    /// before them, be it image vectors or tokens from a cache, they all see.
    ///
    /// - Parameters:
    ///   - mask: 1 for a key that is seen, `[batch, keys]`
    ///   - queryCount: how many of the last keys ask
    ///   - bias: what hides a key
    /// - Returns: `[batch, 1, queries, keys]`, or `[1, 1, queries, keys]` where no row has padding; nil if nothing is
    ///   hidden
    public static func causal(_ mask: IndexTensor, queryCount: Int, _ bias: Bias) -> Tensor? {
        let (batch, keyCount) = (mask.shape[0], mask.shape[1])
        precondition(queryCount <= keyCount, "\(queryCount) queries do not stand among \(keyCount) keys")
        let isPadded = mask.scalars.contains(0)
        if queryCount == 1 && !isPadded { return nil }
        let rows = isPadded ? batch : 1
        let hidden = bias.value
        let first = keyCount - queryCount
        return Tensor(shape: [rows, 1, queryCount, keyCount]) { target in
            var place = 0
            for row in 0..<rows {
                for query in 0..<queryCount {
                    for key in 0..<keyCount {
                        let isSeen = key <= first + query && (!isPadded || mask.scalars[row * keyCount + key] != 0)
                        target[place] = isSeen ? 0 : hidden
                        place += 1
                    }
                }
            }
        }
    }
}
