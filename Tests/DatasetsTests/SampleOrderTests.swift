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
    }
}
