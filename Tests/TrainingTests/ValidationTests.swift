import Checkpoints
import Foundation
import JSON
import Layers
import Tensors
import Testing
import Training

/// Judging a model while it trains: what is measured, what is kept, and that the training does not notice.
@Suite struct ValidationTests {
    private func train(_ folder: URL, _ validation: Validation?, resuming: Bool = false, batchCount: Int = 25) throws
        -> ToyModel
    {
        let model = ToyModel()
        var trainer = Trainer(
            ToyStage(model: model), on: ToyBatches(), options: toyOptions(batchCount: batchCount), folder: folder,
            validation: validation)
        try trainer.run(resuming: resuming)
        return model
    }

    /// Gives these values one after the other.
    private func given(_ values: [Double], higherIsBetter: Bool = false) -> Validation {
        final class Values { var rest: [Double]; init(_ rest: [Double]) { self.rest = rest } }
        let values = Values(values)
        return Validation(interval: 5, criterion: .init(name: "score", higherIsBetter: higherIsBetter)) {
            Judgement([("other", 1), ("score", values.rest.removeFirst())])
        }
    }

    private func lines(_ folder: URL) throws -> [JSONValue] {
        let text = try String(contentsOf: folder.appendingPathComponent("log.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDocument(parsing: $0.utf8, name: "log.jsonl").root }
            .filter { try $0.optional("validated_step") != nil }
    }

    private func best(_ folder: URL) throws -> (step: Int, value: Double) {
        let mark = folder.appendingPathComponent("checkpoints/best.json")
        let root = try JSONDocument(contentsOf: mark).root
        return (try root["step"].int, try root["value"].double)
    }

    @Test func lossesAreThoseOfTheModelWithoutDropout() throws {
        let stage = ToyStage(model: ToyModel())
        let measured = try Validation.losses(
            of: stage, on: ToyBatches(), batchCount: 3, key: RandomKey(seed: 1))
        #expect(measured.map(\.name) == ["loss", "loss_fit", "loss_size"])
        var sums = [0.0, 0, 0]
        for number in 0..<3 {
            let losses = stage.losses(on: ToyBatches().batch(number), .evaluation())
            for (place, value) in ([losses.total] + losses.terms.map(\.value)).enumerated() {
                sums[place] += Double(value.scalar) / 3
            }
        }
        for (one, other) in zip(measured, sums) { #expect(abs(one.value - other) < 1e-6) }
    }

    @Test func trainingDoesNotNotice() throws {
        try withFolder { folder in
            let stage = ToyStage(model: ToyModel())
            let validation = Validation(interval: 3) {
                Judgement(
                    try Validation.losses(of: stage, on: ToyBatches(), batchCount: 2, key: RandomKey(seed: 1)))
            }
            let judged = try train(folder.appendingPathComponent("a"), validation)
            #expect(bits(judged) == bits(try train(folder.appendingPathComponent("b"), nil)))
            #expect(
                try lines(folder.appendingPathComponent("a")).map { try $0["validated_step"].int }
                    == [0, 3, 6, 9, 12, 15, 18, 21, 24, 25])
        }
    }

    @Test(arguments: [(false, 15), (true, 10)]) func theBestCheckpointIsKeptAndTaken(higherIsBetter: Bool, step: Int)
        throws
    {
        try withFolder { folder in
            let model = try train(folder, given([3.5, 3, 4, 1, 2, 1], higherIsBetter: higherIsBetter))
            let kept = try best(folder)
            #expect(kept == (step, higherIsBetter ? 4 : 1))
            #expect(try lines(folder).map { try $0["validation_score"].double } == [3.5, 3, 4, 1, 2, 1])
            let wanted = try train(folder.appendingPathComponent("until"), nil, batchCount: step)
            #expect(bits(model) == bits(wanted))
            let saved = try SafetensorsFile(
                contentsOf: folder.appendingPathComponent("checkpoints/best/model.safetensors"))
            #expect(try saved.tensor(named: "first.weight").scalars == wanted.first.weight.value.scalars)
        }
    }

    /// What an earlier run in the folder, of which no checkpoint is left, liked best is no measure for this one.
    @Test func aNewRunHasNoBestYet() throws {
        try withFolder { folder in
            let checkpoints = folder.appendingPathComponent("checkpoints")
            try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
            try JSONWriter().write(
                ["criterion": "score", "value": -100, "step": 70], to: checkpoints.appendingPathComponent("best.json"))
            _ = try train(folder, given([3.5, 3, 4, 1, 2, 1]))
            let kept = try best(folder)
            #expect(kept == (15, 1))
        }
    }

    @Test func aContinuedRunRemembersTheBest() throws {
        try withFolder { folder in
            var trainer = Trainer(
                ToyStage(model: ToyModel()), on: ToyBatches(), options: toyOptions(batchCount: 14),
                folder: folder, validation: given([9, 2, 1, 5]))
            try trainer.run(resuming: false)
            // 14 batches give steps 5, 10 and 14; the run goes on from its last checkpoint with worse numbers.
            let options = toyOptions()
            let model = ToyModel()
            var resumed = Trainer(
                ToyStage(model: model), on: ToyBatches(), options: options, folder: folder,
                validation: given([3, 4, 5, 6]))
            try resumed.run(resuming: true)
            let kept = try best(folder)
            #expect(kept == (10, 1))
            #expect(try lines(folder).map { try $0["validated_step"].int } == [0, 5, 10, 14, 15, 20, 25])
        }
    }

    @Test func aNumberThatIsNoneIsNotTheBest() throws {
        try withFolder { folder in
            _ = try train(folder, given([.nan, .nan, 2, .nan, 3, 4]))
            let kept = try best(folder)
            #expect(kept == (10, 2))
        }
    }

    @Test func aCriterionThatIsNotMeasuredIsNamed() throws {
        try withFolder { folder in
            let validation = Validation(interval: 5, criterion: .init(name: "CIDEr", higherIsBetter: true)) {
                Judgement([("loss", 1), ("loss_fit", 1)])
            }
            #expect(
                message(in: folder) { try train(folder, validation) }
                    == "the validation gives no CIDEr to compare checkpoints by, but loss, loss_fit")
            // It is found out before the first step.
            let taken = try steps(in: folder)
            #expect(taken.isEmpty)
        }
    }

    /// What the model made is in the log, and the first of a file's names is enough to find it there.
    @Test func samplesStandInTheLog() throws {
        try withFolder { folder in
            let validation = Validation(interval: 100) {
                Judgement([("loss", 1)], samples: [.init(name: "a.jpg", text: "a \"red\" circle")])
            }
            _ = try train(folder, validation)
            let samples = try #require(try lines(folder).last)["samples"].array
            #expect(try samples.map { try $0["name"].string } == ["a.jpg"])
            #expect(try samples.map { try $0["text"].string } == ["a \"red\" circle"])
        }
    }
}
