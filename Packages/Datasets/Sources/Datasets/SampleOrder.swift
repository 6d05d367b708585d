import Tensors

/// The order in which an epoch visits the samples of a set: a shuffle that is a function of the seed and the epoch
/// alone, so that a run can be taken up again at any sample.
public struct SampleOrder: Sendable {
    /// The number of samples in an epoch.
    public let sampleCount: Int
    private let key: RandomKey

    /// An order over this many samples.
    public init(sampleCount: Int, key: RandomKey) {
        self.sampleCount = sampleCount
        self.key = key
    }

    /// The samples of an epoch, each once.
    public func epoch(_ epoch: Int) -> [Int] {
        var draws = RandomSequence(key.child(UInt64(epoch)))
        return Array(0..<sampleCount).shuffled(using: &draws)
    }
}

/// Walks batches of equal size through seeded epochs; what is left at the end of an epoch is dropped, as the
/// reference's loader does.
public struct BatchOrder: Sendable {
    /// Samples in a batch.
    public let batchSize: Int
    private let order: SampleOrder
    private var cached: (epoch: Int, samples: [Int])

    /// Batches of `batchSize` samples, at least one to an epoch.
    public init(_ order: SampleOrder, batchSize: Int) {
        precondition(
            batchSize > 0 && batchSize <= order.sampleCount, "\(order.sampleCount) samples, batch \(batchSize)")
        self.order = order
        self.batchSize = batchSize
        self.cached = (0, order.epoch(0))
    }

    /// Batches in an epoch.
    public var batchesPerEpoch: Int { order.sampleCount / batchSize }

    /// The samples of a batch, counted over all epochs.
    public mutating func samples(ofBatch number: Int) -> ArraySlice<Int> {
        let (epoch, place) = number.quotientAndRemainder(dividingBy: batchesPerEpoch)
        if cached.epoch != epoch { cached = (epoch, order.epoch(epoch)) }
        return cached.samples[place * batchSize..<(place + 1) * batchSize]
    }
}
