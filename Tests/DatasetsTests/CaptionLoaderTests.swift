import Datasets
import Foundation
import Images
import Tensors
import TestSupport
import Testing

@Suite struct CaptionLoaderTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private let training = PictureProcessor.training(
        TrainingProcessor(size: 8, augmentation: RandomAugmentation()))

    private func loader(
        _ source: any CaptionSource, batchSize: Int = 5, processor: PictureProcessor? = nil, shard: Shard = .whole,
        _ options: LoadingOptions
    ) -> CaptionLoader {
        let order = SampleOrder(sampleCount: source.count, key: RandomKey(seed: 3).child("order"))
        return CaptionLoader(
            source, order: BatchOrder(order, batchSize: batchSize, shard: shard), processor: processor ?? training,
            text: CaptionText(prompt: "see "), key: RandomKey(seed: 3).child("draws"), options: options)
    }

    private func bits(_ loader: CaptionLoader, _ numbers: Range<Int> = 0..<20) throws -> [UInt32] {
        var loader = loader
        return try numbers.flatMap { number in
            let batch = try loader.batch(number)
            return batch.pixels.scalars.map(\.bitPattern) + batch.captions.joined().utf8.map { UInt32($0) }
        }
    }

    @Test func bitsDoNotDependOnThreadsOrCache() throws {
        let source = try writeSet(scratch, count: 12)
        let expected = try bits(loader(source, LoadingOptions(threadCount: 0)))
        for threadCount in [1, 2, 5] {
            for cacheByteLimit in [0, 3000, 1 << 20] {
                let options = LoadingOptions(threadCount: threadCount, aheadLimit: 3, cacheByteLimit: cacheByteLimit)
                #expect(try bits(loader(source, options)) == expected)
            }
        }
        // Taken up in the middle.
        let rest = try bits(loader(source, LoadingOptions(threadCount: 2)), 7..<20)
        #expect(Array(expected.suffix(rest.count)) == rest)
    }

    @Test func batchesHoldWhatTheOrderSays() throws {
        let source = try writeSet(scratch, count: 6)
        let processor = EvaluationProcessor(size: 8)
        var loader = loader(source, batchSize: 4, processor: .evaluation(processor), LoadingOptions(threadCount: 2))
        var order = BatchOrder(
            SampleOrder(sampleCount: 12, key: RandomKey(seed: 3).child("order")), batchSize: 4)
        for number in 0..<7 {
            let samples = try order.samples(ofBatch: number).map { try source.sample($0) }
            let batch = try loader.batch(number)
            #expect(batch.captions == samples.map { CaptionText(prompt: "see ")($0.caption) })
            #expect(batch.imageIDs == samples.map(\.imageID))
            let pictures = try samples.map { processor.square(try $0.picture.decode()) }
            #expect(batch.pixels.scalars == processor.normalization.batch(of: pictures).scalars)
        }
    }

    /// Two processes with half a batch each do what one does with the whole.
    @Test func processesShareBatches() throws {
        let source = try writeSet(scratch, count: 10)
        var whole = loader(source, batchSize: 6, LoadingOptions())
        var halves = (0..<2).map { loader(source, batchSize: 3, shard: Shard(index: $0, count: 2), LoadingOptions()) }
        #expect(halves[0].batchesPerEpoch == whole.batchesPerEpoch)
        for number in 0..<8 {
            let parts = try halves.indices.flatMap { try halves[$0].batch(number).pixels.scalars }
            #expect(try whole.batch(number).pixels.scalars == parts)
        }
    }

    @Test func drawsDifferFromEpochToEpoch() throws {
        let source = try writeSet(scratch, count: 1)
        var loader = loader(source, batchSize: 2, LoadingOptions(threadCount: 1))
        let first = try loader.batch(0).pixels.scalars
        #expect(try (1..<6).contains { try loader.batch($0).pixels.scalars != first })
    }

    @Test func passesOverUnreadablePictures() throws {
        let source = try writeSet(scratch, count: 20)
        try scratch.write("<!DOCTYPE html><title>404</title>", "images/3.png")
        try scratch.write([], "images/4.png")
        try FileManager.default.removeItem(at: scratch.file("images/5.png"))
        try FileManager.default.createDirectory(at: scratch.file("images/5.png"), withIntermediateDirectories: true)
        try FileManager.default.removeItem(at: scratch.file("images/6.png"))
        var all: [[UInt32]] = []
        for threadCount in [0, 1, 3] {
            let options = LoadingOptions(threadCount: threadCount, unreadableShare: 0.25)
            var loader = loader(source, options)
            var found: [UnreadableSample] = []
            var values: [UInt32] = []
            for number in 0..<16 {
                let batch = try loader.batch(number)
                #expect(batch.captions.count == 5 && !batch.captions.contains { $0.hasSuffix(" 4") })
                values += batch.pixels.scalars.map(\.bitPattern)
                found += loader.takeUnreadable()
            }
            all.append(values)
            #expect(found.map(\.sample).sorted() == Array(6..<14))
            let texts = Set(found.map { $0.description.replacingOccurrences(of: scratch.url.path, with: "") })
            #expect(
                texts == [
                    "/images/3.png: is an HTML or XML page; a JPEG, PNG or WebP picture is wanted",
                    "/images/4.png: is empty; a JPEG, PNG or WebP picture is wanted",
                    "/images/5.png: is not a regular file; a JPEG, PNG or WebP picture is wanted",
                    "/images/6.png: cannot be read: No such file or directory",
                ])
        }
        #expect(all[0] == all[1] && all[0] == all[2])
    }

    @Test func stopsBeyondTheShare() throws {
        let source = try writeSet(scratch, count: 20)
        for number in 0..<10 { try FileManager.default.removeItem(at: scratch.file("images/\(number).png")) }
        for (share, count) in [(0.0, 1), (0.1, 5)] {
            var loader = loader(source, LoadingOptions(threadCount: 2, unreadableShare: share))
            #expect {
                for number in 0..<16 { _ = try loader.batch(number) }
            } throws: { error in
                guard let error = error as? UnreadableError else { return false }
                return error.samples.count >= count && error.count == 40
                    && "\(error)".contains("samples cannot be read, more than \(Int(share * 100)) % of them\n  /")
            }
        }
        for number in 10..<20 { try FileManager.default.removeItem(at: scratch.file("images/\(number).png")) }
        var loader = loader(source, LoadingOptions(threadCount: 2, unreadableShare: 1))
        #expect(message { try loader.batch(0) }.hasSuffix("neither can 100 others that were tried for it"))
    }

    @Test func cacheStaysWithinItsLimit() throws {
        let source = try writeSet(scratch, count: 6)
        let kept = DecodedPictures(byteLimit: 4 * 20 * 14 * 3)
        for number in 0..<12 {
            let file = try source.sample(number).picture
            #expect(try kept.picture(file) { try file.decode() } == picture(number / 2))
        }
        #expect(kept.byteCount == 4 * 20 * 14 * 3)
        let file = try source.sample(0).picture
        _ = try kept.picture(file) {
            Issue.record("was kept")
            return picture(0)
        }
    }
}
