import BERT
import BLIP2
import Layers
import PFormer
import Tensors
import TestSupport
import Testing
import Training

/// Whole training steps of stage 1 with the P-Former at the tiny sizes, with dropout: forward, backward, AdamW. Each test
/// runs in a process of its own, for threads and storage pool belong to the process.
struct TrainingStepTests {
    @Test func oneAndTwoThreadsTrainTheSameWeights() async {
        await #expect(processExitsWith: .success) {
            let results = [1, 2].map { threadCount in
                ThreadPool.threadCount = threadCount
                var run = TinyStageOne()
                for step in 1...2 { run.train(step: step) }
                return run.weights
            }
            #expect(results[0].count > 100)
            for (one, other) in zip(results[0], results[1]) { expectSameBits(one.value, other.value, one.name) }
        }
    }

    @Test func theThirdStepTakesNothingNewFromTheSystem() async {
        await #expect(processExitsWith: .success) {
            var run = TinyStageOne()
            for step in 1...2 { run.train(step: step) }
            let settled = StoragePool.statistics
            for step in 3...4 { run.train(step: step) }
            #expect(StoragePool.statistics.systemAllocationCount == settled.systemAllocationCount)
            #expect(StoragePool.statistics.systemByteCount == settled.systemByteCount)
        }
    }
}

private struct TinyStageOne {
    private let model: AlignedRepresentationModel
    private var optimizer: AdamW
    private static let batchCount = 4

    init() {
        let weights = InitialWeights.random(RandomKey(seed: 3))
        let ids = SentenceTokenIDs(padding: 0, classification: 1, separator: 2, mask: 3, decoding: 999)
        let teacher = PromptTransformer(
            PFormerConfiguration(bert: .tiny, promptCount: 16, languageWidth: 64), weights: weights.child("teacher"))
        model = AlignedRepresentationModel(
            RepresentationModel(.tiny, ids: ids, weights: weights), teacher: teacher, weight: 10, weights: weights)
        optimizer = AdamW(model, weightDecay: 0.05)
    }

    var weights: [(name: String, value: Tensor)] {
        model.trainableParameters.map { ($0.name, $0.parameter.value.detached()) }
    }

    mutating func train(step: Int) {
        let ids = noise([Self.batchCount, 16], below: 900, seed: UInt64(step))
        let batch = PairBatch(
            pixels: noise([Self.batchCount, 3, 64, 64], seed: UInt64(step) + 100), sentences: MaskedTokens(ids))
        let losses = model.losses(on: batch, .training(key: RandomKey(seed: 5).child(UInt64(step))))
        optimizer.step(losses.total.gradients(), rate: 1e-3)
    }
}
