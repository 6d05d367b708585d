import Datasets
import Tensors
import Testing

@Suite("Sample order")
struct SampleOrderTests {
    private let key = RandomKey(seed: 7)

    @Test("an epoch visits every sample once, each epoch in another order")
    func permutation() {
        let order = SampleOrder(sampleCount: 101, key: key)
        #expect(order.epoch(3).sorted() == Array(0..<101))
        #expect(order.epoch(0) != order.epoch(1))
        #expect(order.epoch(1) == SampleOrder(sampleCount: 101, key: key).epoch(1))
        #expect(order.epoch(0) != SampleOrder(sampleCount: 101, key: RandomKey(seed: 8)).epoch(0))
    }

    @Test("batches can be asked for in any order, and the rest of an epoch is dropped")
    func batches() {
        let order = SampleOrder(sampleCount: 10, key: key)
        var batches = BatchOrder(order, batchSize: 4)
        #expect(batches.batchesPerEpoch == 2)
        let third = Array(batches.samples(ofBatch: 2))
        #expect(third == Array(order.epoch(1)[0..<4]))
        #expect(Array(batches.samples(ofBatch: 1)) == Array(order.epoch(0)[4..<8]))
        #expect(Array(batches.samples(ofBatch: 2)) == third)
        #expect(Array(batches.samples(ofBatch: 9)) == Array(order.epoch(4)[4..<8]))
    }

    @Test("the samples of all epochs can be taken up at any place")
    func endless() {
        let order = SampleOrder(sampleCount: 10, key: key)
        #expect(order.endless(7..<23) == Array(order.epoch(0)[7...] + order.epoch(1) + order.epoch(2)[..<3]))
        #expect(order.endless(14..<14).isEmpty)
    }

    @Test("processes share each batch without overlap")
    func shards() {
        let order = SampleOrder(sampleCount: 25, key: key)
        var shards = (0..<3).map { BatchOrder(order, batchSize: 4, shard: Shard(index: $0, count: 3)) }
        var whole = BatchOrder(order, batchSize: 12)
        #expect(shards[0].batchesPerEpoch == 2)
        for number in 0..<5 {
            let parts = shards.indices.flatMap { shards[$0].samples(ofBatch: number) }
            #expect(parts == Array(whole.samples(ofBatch: number)))
            #expect(shards[2].position(ofBatch: number) == whole.position(ofBatch: number) + 8)
        }
    }

    @Test("sets are mixed by weight, and none of a set's samples comes twice before all have come once")
    func mixing() {
        let order = MixedOrder(counts: [10, 40, 7], weights: [2, 1, 1], sampleCount: 21, key: key)
        #expect(order.shares == [11, 5, 5])
        var seen: [Int] = []
        for epoch in 0..<4 {
            let samples = order.epoch(epoch)
            #expect(samples.count == 21 && samples == order.epoch(epoch))
            #expect(samples.count { $0 < 10 } == 11)
            #expect(samples.count { (10..<50).contains($0) } == 5)
            #expect(samples != samples.sorted())
            seen += samples
        }
        // 44 draws of 10, 20 of 40, 20 of 7.
        let times = (0..<57).map { sample in seen.count { $0 == sample } }
        #expect(times[..<10].allSatisfy { $0 == 4 || $0 == 5 })
        #expect(times[10..<50].allSatisfy { $0 <= 1 })
        #expect(times[50...].allSatisfy { $0 == 2 || $0 == 3 })
    }

    @Test("a replacement is a function of batch and key")
    func replacement() {
        var batches = BatchOrder(SampleOrder(sampleCount: 50, key: key), batchSize: 4)
        let draws = (0..<40).map { batches.replacement(ofBatch: 3, key: key.child(UInt64($0))) }
        #expect(Set(draws).count > 20 && draws.allSatisfy { (0..<50).contains($0) })
        #expect(draws == (0..<40).map { batches.replacement(ofBatch: 3, key: key.child(UInt64($0))) })
    }
}
