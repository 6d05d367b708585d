import Tensors

/// Several sets mixed by weight: each epoch holds a fixed number of samples of every set, in proportion to its weight,
/// and each set is walked through in seeded epochs of its own, so that none of its samples comes again before all have
/// come once.
public struct MixedOrder: EpochOrder {
    /// The number of samples in an epoch.
    public let sampleCount: Int
    /// How many of them are of each set.
    public let shares: [Int]
    private let orders: [SampleOrder]
    private let starts: [Int]
    private let key: RandomKey

    /// Sets of these sizes, numbered one after the other as in `ConcatenatedCaptions`.
    ///
    /// - Parameters:
    ///   - counts: the samples of each set
    ///   - weights: how often a sample is of each set, in proportion; positive
    ///   - sampleCount: samples in an epoch; all sets' samples unless given
    ///   - key: what the shuffles descend from
    public init(counts: [Int], weights: [Double], sampleCount: Int? = nil, key: RandomKey) {
        precondition(
            counts.count == weights.count && counts.allSatisfy { $0 > 0 } && weights.allSatisfy { $0 > 0 },
            "\(counts.count) sets, \(weights.count) weights, all positive")
        self.key = key
        self.sampleCount = sampleCount ?? counts.reduce(0, +)
        shares = Self.shares(of: self.sampleCount, weights: weights)
        orders = counts.enumerated().map { SampleOrder(sampleCount: $1, key: key.child("set").child(UInt64($0))) }
        starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    }

    /// The samples of an epoch.
    public func epoch(_ epoch: Int) -> [Int] {
        var samples: [Int] = []
        samples.reserveCapacity(sampleCount)
        for (set, order) in orders.enumerated() {
            let start = starts[set]
            samples += order.endless(epoch * shares[set]..<(epoch + 1) * shares[set]).map { start + $0 }
        }
        var draws = RandomSequence(key.child("mix").child(UInt64(epoch)))
        return samples.shuffled(using: &draws)
    }

    /// Whole numbers in proportion to the weights that add up to `total`: what is cut off goes to the largest
    /// remainders.
    private static func shares(of total: Int, weights: [Double]) -> [Int] {
        let sum = weights.reduce(0, +)
        let exact = weights.map { Double(total) * $0 / sum }
        var shares = exact.map { Int($0) }
        let byRemainder = exact.indices.sorted {
            (exact[$1] - Double(shares[$1]), $0) < (exact[$0] - Double(shares[$0]), $1)
        }
        for set in byRemainder.prefix(total - shares.reduce(0, +)) { shares[set] += 1 }
        return shares
    }
}

extension EpochOrder {
    /// The samples at these places of all epochs, one after the other.
    public func endless(_ places: Range<Int>) -> [Int] {
        var samples: [Int] = []
        samples.reserveCapacity(places.count)
        var place = places.lowerBound
        while place < places.upperBound {
            let (number, first) = place.quotientAndRemainder(dividingBy: sampleCount)
            let last = min(sampleCount, first + places.upperBound - place)
            samples += epoch(number)[first..<last]
            place += last - first
        }
        return samples
    }
}
