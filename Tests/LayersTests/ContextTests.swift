import Layers
import Tensors
import Testing

/// Dropout, keys, recording and draws of a pass.
struct ContextTests {
    private let key = RandomKey(seed: 5)
    private let input = Tensor(repeating: 1, shape: [4, 50])

    @Test func dropoutActsInTrainingOnly() {
        let dropout = Dropout(rate: 0.5)
        let context = Context.training(key: key)
        #expect(dropout(input, .evaluation()).scalars == input.scalars)
        #expect(dropout(input, context.evaluating).scalars == input.scalars)
        #expect(Set(dropout(input, context).scalars) == [0, 2])
        #expect(dropout.onAttention(.evaluation()) == nil)
    }

    @Test func frozenPartsDropOutUnlessToldOtherwise() {
        for part in Context.FrozenPart.allCases {
            #expect(Context.training(key: key).frozen(part).isTraining)
            #expect(!Context.training(key: key, frozenDropout: []).frozen(part).isTraining)
            #expect(!Context.evaluation().frozen(part).isTraining)
        }
        let context = Context.training(key: key, frozenDropout: [.teacher])
        #expect(context.frozen(.teacher).isTraining && !context.frozen(.languageModel).isTraining)
    }

    @Test func keysFollowTheOrderOfTheirUse() {
        let (left, right) = (Context.training(key: key), Context.training(key: key))
        let first = (0..<3).map { _ in left.nextKey() }
        #expect(first == (0..<3).map { _ in right.within("part").nextKey() })
        #expect(Set(first).count == 3)
    }

    @Test func dropoutOfASampleDoesNotDependOnItsBatch() {
        let dropout = Dropout(rate: 0.5)
        let whole = dropout(input, .training(key: key))
        let half = dropout(input.slice(axis: 0, from: 2, to: 4), .training(key: key, firstSample: 2))
        #expect(whole.slice(axis: 0, from: 2, to: 4).scalars == half.scalars)
    }

    @Test func recorderNamesPartsCallsAndFields() {
        let recorder = Recorder()
        let context = Context.evaluation(recorder: recorder).within("model")
        context.within("head").record(Tensor(1))
        context.within("head").record(Tensor(2))
        context.record(Tensor(3), "loss")
        #expect(recorder.names == ["model.head#0/out", "model.head#1/out", "model#0/loss"])
        #expect(recorder.tensors["model.head#1/out"]?.scalar == 2)
        #expect(context.isRecording && !Context.evaluation().isRecording)
    }

    @Test func bernoulliDrawsHaveTheirShareAndDoNotDependOnTheBatch() {
        let draws = SeededDraws()
        let whole = draws.bernoulli([400, 10], probability: 0.25, key: key, firstSample: 0)
        #expect(abs(Double(whole.scalars.reduce(0, +)) / 4000 - 0.25) < 0.03)
        let part = draws.bernoulli([7, 10], probability: 0.25, key: key, firstSample: 30)
        #expect(part == whole.slice(axis: 0, from: 30, to: 37))
    }

    @Test func multinomialDrawsFollowTheWeightsAndSkipZeros() {
        let rows = 3000
        let weights = Tensor((0..<rows).flatMap { _ in [Float(0), 1, 3, 0] }, shape: [rows, 4])
        let choices = SeededDraws().multinomial(weights, key: key, firstSample: 0).scalars
        #expect(Set(choices) == [1, 2])
        #expect(abs(Double(choices.count { $0 == 2 }) / Double(rows) - 0.75) < 0.03)
    }
}
