/// T5's task: runs of tokens are taken out of a text, a sentinel stands for each, and they are to be written.
///
/// Which tokens go is drawn as in `random_spans_noise_mask` of `t5/data/preprocessors.py`. Raffel et al.: Exploring the
/// Limits of Transfer Learning with a Unified Text-to-Text Transformer, 2020, section 3.1.4.
public struct SpanCorruption: Sendable, Hashable {
    /// The share of the tokens that are taken out.
    public var rate: Double
    /// How many tokens a run has on average.
    public var meanLength: Double
    /// What stands for the runs, in order.
    public var sentinels: [Int32]

    /// Takes out runs of a mean length that make up a share of the tokens; there is at least one sentinel.
    public init(rate: Double = 0.15, meanLength: Double = 3, sentinels: [Int32]) {
        precondition(
            rate > 0 && rate < 1 && meanLength >= 1 && !sentinels.isEmpty,
            "a share of \(rate) in runs of \(meanLength) with \(sentinels.count) sentinels")
        self.rate = rate
        self.meanLength = meanLength
        self.sentinels = sentinels
    }

    /// What is left of the tokens, and what was taken out, each with its sentinels; of fewer than two tokens nothing is
    /// taken out.
    public func callAsFunction(
        _ tokens: [Int32], using draws: inout some RandomNumberGenerator
    ) -> (reading: [Int32], writing: [Int32]) {
        if tokens.count < 2 { return (tokens, []) }
        let removedCount = min(max(Int((Double(tokens.count) * rate).rounded()), 1), tokens.count - 1)
        let wanted = max(Int((Double(removedCount) / meanLength).rounded()), 1)
        let runCount = min(wanted, removedCount, tokens.count - removedCount, sentinels.count)
        let removed = Self.parts(of: removedCount, runCount, &draws)
        let kept = Self.parts(of: tokens.count - removedCount, runCount, &draws)
        var (reading, writing): ([Int32], [Int32]) = ([], [])
        var place = 0
        for run in 0..<runCount {
            reading += tokens[place..<place + kept[run]] + [sentinels[run]]
            place += kept[run]
            writing += [sentinels[run]] + tokens[place..<place + removed[run]]
            place += removed[run]
        }
        return (reading, writing)
    }

    /// A number as a sum of positive ones; all sums are equally likely.
    private static func parts(of sum: Int, _ count: Int, _ draws: inout some RandomNumberGenerator) -> [Int] {
        let cuts = Array((1..<max(sum, 1)).shuffled(using: &draws).prefix(count - 1)).sorted()
        return zip(cuts + [sum], [0] + cuts).map { $0 - $1 }
    }
}
