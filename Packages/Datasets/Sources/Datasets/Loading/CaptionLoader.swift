import Tensors

/// Pictures with a caption each, as a batch.
public struct CaptionedPictureBatch: Sendable {
    /// Normalised pixels, `[batch, 3, size, size]`.
    public let pixels: Tensor
    /// The prepared captions.
    public let captions: [String]
    /// What the source calls the pictures, where it says so.
    public let imageIDs: [String?]
}

/// How a loader works; none of it changes a batch.
public struct LoadingOptions: Hashable, Sendable {
    /// Threads that decode pictures; with 0 batches are made when they are asked for.
    public var threadCount: Int
    /// Batches that are made ahead, at the most.
    public var aheadLimit: Int
    /// The memory for decoded pictures that are kept, in bytes.
    public var cacheByteLimit: Int
    /// The share of a source's samples that may be unreadable; others take their places.
    public var unreadableShare: Double

    /// Options with defaults for a machine that trains at the same time.
    public init(threadCount: Int = 1, aheadLimit: Int = 4, cacheByteLimit: Int = 0, unreadableShare: Double = 0) {
        self.threadCount = threadCount
        self.aheadLimit = aheadLimit
        self.cacheByteLimit = cacheByteLimit
        self.unreadableShare = unreadableShare
    }
}

/// Loads batches of pictures with captions: decoded, altered and normalised on threads of its own, ahead of training.
///
/// A batch is a function of its number, the source, the order and the key: not of the number of threads, nor of what was
/// loaded before. Where a sample cannot be had, another of the same epoch takes its place, drawn by the same rule.
public struct CaptionLoader: Sendable {
    private let prefetcher: Prefetcher<LoadedBatch>
    private var unreadable: UnreadableCount
    /// Samples in a batch.
    public let batchSize: Int
    /// Batches in an epoch.
    public let batchesPerEpoch: Int

    /// A loader over a source.
    ///
    /// - Parameters:
    ///   - source: the samples
    ///   - order: which of them make up each batch
    ///   - processor: what becomes of a picture
    ///   - text: what becomes of a caption
    ///   - key: what the draws of the processor descend from
    ///   - options: how it works
    public init(
        _ source: any CaptionSource, order: BatchOrder, processor: PictureProcessor, text: CaptionText, key: RandomKey,
        options: LoadingOptions = LoadingOptions()
    ) {
        let maker = BatchMaker(source, order, processor, text, key, cacheByteLimit: options.cacheByteLimit)
        batchSize = order.batchSize
        batchesPerEpoch = order.batchesPerEpoch
        unreadable = UnreadableCount(of: source, share: options.unreadableShare)
        prefetcher = Prefetcher(threadCount: options.threadCount, limit: options.aheadLimit) { try maker.batch($0) }
    }

    /// A batch, by its number over all epochs; quick if it is the one after the last.
    ///
    /// - Throws: `UnreadableError` if too many samples cannot be had.
    public mutating func batch(_ number: Int) throws -> CaptionedPictureBatch {
        let loaded = try prefetcher.item(number)
        try unreadable.add(loaded.unreadable)
        guard let batch = loaded.batch else { throw NoSampleError(last: loaded.unreadable.last?.description ?? "") }
        return batch
    }

    /// Samples that were found unreadable since this was last asked.
    public mutating func takeUnreadable() -> [UnreadableSample] { unreadable.takeNew() }

    /// What the threads have done since this was last asked; items are batches.
    public func takeStatistics() -> LoadingStatistics { prefetcher.takeStatistics() }
}

/// No sample could be had for a place in a batch, many times in a row.
private struct NoSampleError: Error, CustomStringConvertible {
    let last: String
    var description: String { "\(last); neither can \(BatchMaker.attemptLimit) others that were tried for it" }
}
