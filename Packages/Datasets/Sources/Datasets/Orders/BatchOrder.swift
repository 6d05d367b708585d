import Tensors

/// The part of each batch that one of several processes works on.
public struct Shard: Hashable, Sendable {
    /// The process's number, from 0.
    public let index: Int
    /// The number of processes.
    public let count: Int

    /// Process `index` of `count`.
    public init(index: Int, count: Int) {
        precondition(index >= 0 && index < count, "process \(index) of \(count)")
        self.index = index
        self.count = count
    }

    /// One process that does everything.
    public static let whole = Shard(index: 0, count: 1)
}

/// Walks batches of equal size through seeded epochs; what is left at the end of an epoch is dropped, as the
/// reference's loader does.
///
/// Several processes share each batch of `batchSize * shard.count` samples, so that together they do what one process
/// with the larger batch would.
public struct BatchOrder: Sendable {
    /// Samples in a batch of this process.
    public let batchSize: Int
    /// This process's part.
    public let shard: Shard
    private let order: any EpochOrder
    private var cached: [(epoch: Int, samples: [Int])]

    /// Batches of `batchSize` samples, at least one to an epoch.
    public init(_ order: some EpochOrder, batchSize: Int, shard: Shard = .whole) {
        precondition(
            batchSize > 0 && batchSize * shard.count <= order.sampleCount,
            "\(order.sampleCount) samples, batch \(batchSize) in \(shard.count) processes")
        self.order = order
        self.batchSize = batchSize
        self.shard = shard
        self.cached = [(0, order.epoch(0))]
    }

    /// Batches in an epoch.
    public var batchesPerEpoch: Int { order.sampleCount / (batchSize * shard.count) }

    /// The samples of a batch, counted over all epochs.
    public mutating func samples(ofBatch number: Int) -> ArraySlice<Int> {
        let (epoch, place) = number.quotientAndRemainder(dividingBy: batchesPerEpoch)
        let first = (place * shard.count + shard.index) * batchSize
        return samples(ofEpoch: epoch)[first..<first + batchSize]
    }

    /// The number of a batch's first sample among those of all batches and processes.
    public func position(ofBatch number: Int) -> Int { (number * shard.count + shard.index) * batchSize }

    /// Another sample of the same epoch, for one that cannot be had; a function of its arguments alone.
    public mutating func replacement(ofBatch number: Int, key: RandomKey) -> Int {
        var draws = RandomSequence(key)
        let place = Int.random(in: 0..<order.sampleCount, using: &draws)
        return samples(ofEpoch: number / batchesPerEpoch)[place]
    }

    /// Two epochs are kept, because loading runs ahead from the end of one into the next.
    private mutating func samples(ofEpoch epoch: Int) -> [Int] {
        if let known = cached.first(where: { $0.epoch == epoch }) { return known.samples }
        if cached.count == 2 { cached.removeFirst() }
        cached.append((epoch, order.epoch(epoch)))
        return cached[cached.count - 1].samples
    }
}
