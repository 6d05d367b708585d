import Images
import Synchronization
import Tensors

/// A batch, and what had to be passed over for it; no batch if nothing could be had.
struct LoadedBatch: Sendable {
    var batch: CaptionedPictureBatch?
    var unreadable: [UnreadableSample]
}

/// Makes batches, on any thread.
final class BatchMaker: Sendable {
    static let attemptLimit = 100

    private let source: any CaptionSource
    private let order: Mutex<BatchOrder>
    private let processor: PictureProcessor
    private let text: CaptionText
    private let key: RandomKey
    private let kept: DecodedPictures

    init(
        _ source: any CaptionSource, _ order: BatchOrder, _ processor: PictureProcessor, _ text: CaptionText,
        _ key: RandomKey, cacheByteLimit: Int
    ) {
        self.source = source
        self.order = Mutex(order)
        self.processor = processor
        self.text = text
        self.key = key
        kept = DecodedPictures(byteLimit: cacheByteLimit)
    }

    func batch(_ number: Int) throws -> LoadedBatch {
        let (samples, position) = order.withLock { (Array($0.samples(ofBatch: number)), $0.position(ofBatch: number)) }
        let size = processor.size
        let planes = 3 * size * size
        var chosen: [CaptionedPicture] = []
        var unreadable: [UnreadableSample] = []
        var isComplete = true
        let pixels = Tensor(shape: [samples.count, 3, size, size]) { target in
            for (place, first) in samples.enumerated() where isComplete {
                let key = key.child(UInt64(position + place))
                guard let (sample, square) = find(first, ofBatch: number, key, &unreadable) else {
                    isComplete = false
                    return
                }
                chosen.append(sample)
                processor.normalization.write(
                    square,
                    to: UnsafeMutableBufferPointer(rebasing: target[place * planes..<(place + 1) * planes]))
            }
        }
        guard isComplete else { return LoadedBatch(batch: nil, unreadable: unreadable) }
        return LoadedBatch(
            batch: CaptionedPictureBatch(
                pixels: pixels, captions: chosen.map { text($0.caption) }, imageIDs: chosen.map(\.imageID)),
            unreadable: unreadable)
    }

    /// The sample, or the first of those drawn in its place that can be had.
    private func find(
        _ first: Int, ofBatch number: Int, _ key: RandomKey, _ unreadable: inout [UnreadableSample]
    ) -> (CaptionedPicture, Image)? {
        var candidate = first
        for attempt in 0...Self.attemptLimit {
            do {
                let sample = try source.sample(candidate)
                return (sample, try processor.square(of: sample.picture, key: key, keptIn: kept))
            } catch {
                unreadable.append(UnreadableSample(sample: candidate, description: "\(error)"))
            }
            let draw = key.child("replacement").child(UInt64(attempt))
            candidate = order.withLock { $0.replacement(ofBatch: number, key: draw) }
        }
        return nil
    }
}
