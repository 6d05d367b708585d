import Checkpoints
import Foundation
import JSON
import Layers
import Tensors
import Testing
import Training

/// A loss over every fourth row and some others, here more and there fewer.
private struct LabelledStage: Stage {
    let model = ToyModel()
    var module: any Module { model }

    private func rows(_ batch: Tensor) -> [Int32] {
        let scalars = batch.scalars
        return (0..<Int32(batch.shape[0])).filter { $0 % 4 == 0 || scalars[Int($0) * 4] > 0 }
    }

    func losses(on batch: Tensor, _ context: Context) -> Losses {
        let rows = rows(batch)
        let kept = batch.gathering(IndexTensor(rows, shape: [rows.count]))
        let loss = model.second(model.first(kept, activation: .gelu)).meanSquaredError(to: model.teacher(kept))
        return Losses([("loss_kept", context.weighted(loss))])
    }

    func labelCount(in batch: Tensor) -> Int { rows(batch).count }
}

@Suite struct TrainerTests {
    private func train(
        _ folder: URL, _ options: TrainingOptions = toyOptions(), batches: ToyBatches = ToyBatches(),
        resuming: Bool = false, frozenFiles: [String: String] = [:]
    ) throws -> ToyModel {
        let model = ToyModel()
        var trainer = Trainer(
            ToyStage(model: model), on: batches, options: options, folder: folder, frozenFiles: frozenFiles)
        try trainer.run(resuming: resuming)
        return model
    }

    @Test func trainsAndLogsEveryStep() throws {
        try withFolder { folder in
            let model = try train(folder, toyOptions(batchCount: 60))
            let lines = try steps(in: folder)
            #expect(try lines.map { try $0["step"].int } == Array(1...60))
            #expect(try lines.map { try $0["epoch"].int } == (0..<60).map { $0 / 10 })
            let losses = try lines.map { try $0["loss"].double }
            #expect(losses[50...].reduce(0, +) < 0.5 * losses[..<10].reduce(0, +))
            for line in lines {
                let parts = try line["loss_fit"].double + line["loss_size"].double
                #expect(abs(parts - (try line["loss"].double)) < 1e-6)
                #expect(try line["gradient_norm"].double > 0 && line["step_seconds"].double > 0)
            }
            #expect(try lines[5]["lr"].double == 1e-4 + (1e-2 - 1e-4) * 5.0 / 6)
            let saved = try SafetensorsFile(
                contentsOf: folder.appendingPathComponent("checkpoints/step_00000060/model.safetensors"))
            #expect(saved.names.sorted() == ["first.bias", "first.weight", "second.bias", "second.weight"])
            #expect(try saved.tensor(named: "first.weight").scalars == model.first.weight.value.scalars)
        }
    }

    /// The rate of a step is that of its last batch, by the epoch and the batch's place in it.
    @Test func asksTheScheduleByEpochAndBatch() throws {
        try withFolder { folder in
            let options = TrainingOptions(
                batchCount: 25, schedule: { 1e-3 + 1e-4 * Double($0) + 1e-6 * Double($1) }, weightDecay: 0, seed: 3,
                accumulatedBatches: 2)
            _ = try train(folder, options)
            let rates = try steps(in: folder).map { try $0["lr"].double }
            let places = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 24]
            #expect(rates == places.map { 1e-3 + 1e-4 * Double($0 / 10) + 1e-6 * Double($0 % 10) })
        }
    }

    @Test func clippingLengthensNothing() {
        let model = ToyModel()
        let parameters = model.trainableParameters.map(\.parameter)
        let losses = ToyStage(model: model).losses(on: ToyBatches().batch(0), .evaluation())
        let gradients = losses.total.gradients()
        let norm = gradients.norm(of: parameters)
        var (kept, clipped) = (gradients, gradients)
        #expect(kept.clip(norm: 2 * norm, of: parameters) == norm)
        #expect(clipped.clip(norm: norm / 2, of: parameters) == norm)
        for parameter in parameters {
            #expect(kept[parameter]?.scalars == gradients[parameter]?.scalars)
        }
        #expect(abs(clipped.norm(of: parameters) - norm / 2) < 1e-5 * norm)
    }

    /// A run that is stopped anywhere, and continued in a new process's place, ends with the bits of one that was not.
    @Test(arguments: [1, 6, 10, 24])
    func continuesBitForBit(stop: Int) throws {
        try withFolder { folder in
            let whole = try train(folder.appendingPathComponent("whole"))
            let parted = folder.appendingPathComponent("parted")
            struct Killed: Error {}
            struct Killer: BatchSource {
                var stop: Int
                var batchSize: Int { ToyBatches().batchSize }
                var batchesPerEpoch: Int { ToyBatches().batchesPerEpoch }
                func batch(_ number: Int) throws -> Tensor {
                    if number == stop { throw Killed() }
                    return ToyBatches().batch(number)
                }
            }
            var trainer = Trainer(
                ToyStage(model: ToyModel()), on: Killer(stop: stop), options: toyOptions(), folder: parted)
            #expect(throws: Killed.self) { try trainer.run(resuming: false) }
            let threads = ThreadPool.threadCount
            ThreadPool.threadCount = 1
            defer { ThreadPool.threadCount = threads }
            let resumed = try train(parted, resuming: true)
            #expect(bits(resumed) == bits(whole))
            let losses = try [folder.appendingPathComponent("whole"), parted].map { folder in
                try steps(in: folder).map {
                    [try $0["step"].double, try $0["loss"].double, try $0["gradient_norm"].double]
                }
            }
            #expect(losses[0] == losses[1])
        }
    }

    /// Two batches of four to a step draw and learn what one of eight does.
    @Test func averagesAccumulatedGradients() throws {
        try withFolder { folder in
            var options = toyOptions(batchCount: 12)
            options.schedule = { _, _ in 1e-3 }
            let large = try train(folder.appendingPathComponent("a"), options)
            options.batchCount = 24
            options.accumulatedBatches = 2
            let small = try train(
                folder.appendingPathComponent("b"), options, batches: ToyBatches(batchSize: 4, batchesPerEpoch: 20))
            for (one, other) in zip(large.trainableParameters, small.trainableParameters) {
                let pairs = zip(one.parameter.value.scalars, other.parameter.value.scalars)
                #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 })
            }
            let losses = try ["a", "b"].map { name in
                try steps(in: folder.appendingPathComponent(name)).map { try $0["loss"].double }
            }
            #expect(losses[0].count == 12 && losses[1].count == 12)
            #expect(zip(losses[0], losses[1]).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    /// Batches with more labels count for more, so that two of four are one of eight; not so in the reference.
    @Test(arguments: [true, false]) func accumulatedMeansAreThoseOfAllLabels(normalizesOverAll: Bool) throws {
        try withFolder { folder in
            func losses(_ run: String, batchSize: Int) throws -> [Double] {
                var options = toyOptions(batchCount: 96 / batchSize, accumulatedBatches: 8 / batchSize)
                options.schedule = { _, _ in 1e-3 }
                options.normalizesOverAll = normalizesOverAll
                let folder = folder.appendingPathComponent(run)
                let batches = ToyBatches(batchSize: batchSize, batchesPerEpoch: 80 / batchSize)
                var trainer = Trainer(LabelledStage(), on: batches, options: options, folder: folder)
                try trainer.run(resuming: false)
                return try steps(in: folder).map { try $0["loss"].double }
            }
            let (large, small) = (try losses("a", batchSize: 8), try losses("b", batchSize: 4))
            let isEqual = zip(large, small).allSatisfy { abs($0 - $1) < 1e-5 }
            #expect(large.count == 12 && small.count == 12 && isEqual == normalizesOverAll)
        }
    }

    @Test func addsUpAsTheReferenceDoes() throws {
        try withFolder { folder in
            let averaged = folder.appendingPathComponent("a")
            let summed = folder.appendingPathComponent("b")
            let averaging = toyOptions(batchCount: 12, accumulatedBatches: 4)
            let summing = toyOptions(batchCount: 12, accumulatedBatches: 4, dividesAccumulated: false)
            _ = try train(averaged, averaging)
            _ = try train(summed, summing)
            #expect([averaging, summing].map { $0.stepCount(batchesPerEpoch: 10) } == [3, 2])
            let (first, second) = (try steps(in: averaged), try steps(in: summed))
            #expect(
                abs(4 * (try first[0]["gradient_norm"].double) / (try second[0]["gradient_norm"].double) - 1) < 1e-6)
            // Ten batches to an epoch: the reference steps after batches 4 and 8, and the two that are left over enter the
            // step after the next epoch's fourth batch, which this run does not reach.
            #expect(try first.map { try $0["batch"].int } == [3, 7, 11])
            #expect(try second.map { try $0["batch"].int } == [3, 7])
        }
    }

    @Test func clipsAsPyTorchDoes() throws {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/adamw", withExtension: "safetensors"))
        let file = try SafetensorsFile(contentsOf: url)
        let names = file.names.filter { $0.hasPrefix("clipped/") }.map { String($0.dropFirst("clipped/".count)) }
        let parameters = try names.map { Parameter(try file.tensor(named: "initial/\($0)")) }
        var gradients = Gradients()
        for (name, parameter) in zip(names, parameters) {
            gradients[parameter] = try file.tensor(named: "gradient/6/\(name)")
        }
        let norm = gradients.clip(norm: 0.5, of: parameters)
        #expect(abs(norm / Double(try file.tensor(named: "clipped_norm").scalar) - 1) < 1e-6)
        for (name, parameter) in zip(names, parameters) {
            let expected = try file.tensor(named: "clipped/\(name)").scalars
            let found = try #require(gradients[parameter]).scalars
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 2e-7 * max(abs($1), 1e-6) })
        }
    }

    @Test func keepsTheLatestCheckpoints() throws {
        try withFolder { folder in
            _ = try train(folder)
            let names = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("checkpoints").path)
            #expect(names.sorted() == ["step_00000024", "step_00000025"])
        }
    }

    @Test func refusesAnotherRun() throws {
        try withFolder { folder in
            let settings = [(name: "run.init_lr", value: "0.01")]
            _ = try train(folder, toyOptions(settings: settings), frozenFiles: ["opt.safetensors": "ab-12"])
            #expect(
                message(in: folder) { try train(folder) }
                    == "run: already holds a run; continue it with --resume, or name another --output-dir")
            let advice = "; continue with what it began with, or name another --output-dir"
            let place = "run/checkpoints/step_00000025: holds the checkpoint of another run: "
            #expect(
                message(in: folder) {
                    try train(
                        folder, toyOptions(settings: settings), resuming: true,
                        frozenFiles: ["opt.safetensors": "cd-12"])
                } == place + "file opt.safetensors is ab-12 there and cd-12 here" + advice)
            #expect(
                message(in: folder) {
                    try train(
                        folder, toyOptions(settings: [(name: "run.init_lr", value: "0.02")]), resuming: true,
                        frozenFiles: ["opt.safetensors": "ab-12"])
                } == place + "run.init_lr is 0.01 there and 0.02 here" + advice)
            #expect(
                message(in: folder) {
                    try train(
                        folder, toyOptions(settings: settings), batches: ToyBatches(batchSize: 4), resuming: true,
                        frozenFiles: ["opt.safetensors": "ab-12"])
                } == place + "batch size is 8 there and 4 here" + advice)
        }
    }

    @Test func beginsAnewWhereThereIsNothingToContinue() throws {
        try withFolder { folder in
            let resumed = try train(folder.appendingPathComponent("a"), resuming: true)
            let plain = try train(folder.appendingPathComponent("b"))
            #expect(bits(resumed) == bits(plain))
        }
    }

    /// From the third step on every buffer is one that was used before. In a process of its own, for the pool is shared.
    @Test func takesNothingNewFromTheSystem() async throws {
        await #expect(processExitsWith: .success) {
            try withFolder { folder in
                final class Counts { var list: [Int] = [] }
                let counts = Counts()
                let batches = ToyBatches(before: { _ in
                    counts.list.append(StoragePool.statistics.systemAllocationCount)
                })
                var trainer = Trainer(ToyStage(model: ToyModel()), on: batches, options: toyOptions(), folder: folder)
                try trainer.run(resuming: false)
                precondition(counts.list.count == 25 && Set(counts.list[2...]).count == 1, "\(counts.list)")
            }
        }
    }
}
