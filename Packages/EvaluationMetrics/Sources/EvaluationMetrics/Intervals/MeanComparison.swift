/// Two systems' scores of the same samples, compared by the paired bootstrap.
public struct MeanComparison: Sendable {
    /// The mean of the first system's scores.
    public let first: Double
    /// The mean of the second system's scores.
    public let second: Double
    /// The 95 % bootstrap interval of the second less the first.
    public let interval: ClosedRange<Double>
    /// The part of the bootstrap's samples in which the second system is ahead, ties counted by half.
    public let partAhead: Double
    /// How often chance alone would give a difference as large, two-sided.
    public let pValue: Double

    /// The second less the first.
    public var difference: Double { second - first }

    /// Compares the scores of two systems, of the same samples in the same order, at least one.
    public init(_ first: [Double], _ second: [Double], bootstrap: Bootstrap = Bootstrap()) {
        precondition(
            first.count == second.count && !first.isEmpty, "\(first.count) scores beside \(second.count)")
        let count = Double(first.count)
        self.first = first.reduce(0, +) / count
        self.second = second.reduce(0, +) / count
        let resampling = MeanScore(scores: zip(first, second).map { $1 - $0 }).resampling()
        let resampled = ResampledScore(bootstrap.samples(of: first.count) { resampling($0).map { $0[0] } })
        interval = resampled.interval
        partAhead = resampled.partAboveZero
        pValue = resampled.pValue
    }
}
