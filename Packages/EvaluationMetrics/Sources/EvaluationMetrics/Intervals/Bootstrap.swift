/// How a set is resampled to tell how sure its score is: as many images are drawn as there are, with replacement, and
/// the score of the set is computed anew.
///
/// Efron and Tibshirani, "An introduction to the bootstrap", 1993. Every draw is a function of seed, sample and place,
/// so that equal seeds give equal numbers on any number of threads.
public struct Bootstrap: Hashable, Sendable {
    /// How many sets are drawn.
    public var sampleCount: Int
    /// Tells one series of draws from another.
    public var seed: UInt64

    /// The part of the samples that an interval spans.
    static let confidence = 0.95

    /// A series of draws; at least one sample.
    public init(sampleCount: Int = 1000, seed: UInt64 = 0) {
        precondition(sampleCount > 0, "a bootstrap of \(sampleCount) samples")
        self.sampleCount = sampleCount
        self.seed = seed
    }

    /// How often each of `count` images stands in one of the samples. [count]
    public func multiplicities(sample: Int, count: Int) -> [Int32] {
        var result = [Int32](repeating: 0, count: count)
        let stream = Bootstrap.mixed(Bootstrap.mixed(seed) ^ UInt64(truncatingIfNeeded: sample))
        for draw in 0..<UInt64(count) {
            let bits = Bootstrap.mixed(stream &+ draw &* 0x9E37_79B9_7F4A_7C15)
            result[Int(bits.multipliedFullWidth(by: UInt64(count)).high)] += 1
        }
        return result
    }

    /// The finalizer of SplitMix64, a bijection that leaves no trace of the order of its arguments.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var bits = value &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    /// How many samples are scored together.
    static let groupSize = 4

    /// What `scores` gives for every sample, in order; it is handed up to `groupSize` samples at once. [sampleCount]
    func samples<Score: Sendable>(of count: Int, _ scores: @Sendable ([[Int32]]) -> [Score]) -> [Score] {
        let groups = parallelMap((sampleCount + Self.groupSize - 1) / Self.groupSize, by: 1) { group in
            let first = group * Self.groupSize
            return scores(
                (first..<min(sampleCount, first + Self.groupSize)).map { multiplicities(sample: $0, count: count) })
        }
        return groups.flatMap { $0 }
    }
}

/// The values that a score took in the samples of a bootstrap.
struct ResampledScore: Sendable {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    /// What lies between the 2.5th and the 97.5th percentile.
    var interval: ClosedRange<Double> {
        let tail = (1 - Bootstrap.confidence) / 2
        return quantile(tail)...quantile(1 - tail)
    }

    /// The value below which a part of the samples lies, between two of them by their straight line.
    private func quantile(_ part: Double) -> Double {
        let place = part * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }

    /// The part of the samples above zero, a zero counted by half.
    var partAboveZero: Double {
        let above = sorted.reduce(0.0) { $0 + ($1 > 0 ? 1 : $1 == 0 ? 0.5 : 0) }
        return above / Double(sorted.count)
    }

    /// How often chance alone would give a difference as large: twice the part of the samples on the other side of
    /// zero, both counts raised by one so that no finite number of samples says "never".
    var pValue: Double {
        let atMost = sorted.reduce(0) { $0 + ($1 <= 0 ? 1 : 0) }
        let atLeast = sorted.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        return min(1, 2 * Double(min(atMost, atLeast) + 1) / Double(sorted.count + 1))
    }
}
