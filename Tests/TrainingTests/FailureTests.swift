import Foundation
import Layers
import Tensors
import Testing
import Training

/// A toy stage whose numbers go wrong in a chosen way.
private struct BrokenStage: Stage {
    enum Flaw { case activation, gradient, term }

    let model: ToyModel
    let flaw: Flaw
    var module: any Module { model }

    func losses(on batch: Tensor, _ context: Context) -> Losses {
        switch flaw {
        case .activation: return ToyStage(model: model).losses(on: batch * 1e30, context)
        case .gradient:
            // The root of zero has a finite value and an infinite derivative.
            let zero = (model.first(batch) * 0).sum().squareRoot()
            var losses = ToyStage(model: model).losses(on: batch, context)
            losses.append("loss_root", zero)
            return losses
        case .term:
            var losses = ToyStage(model: model).losses(on: batch, context)
            losses.append("loss_extra", Tensor(.infinity))
            return losses
        }
    }
}

@Suite struct FailureTests {
    private func run(_ stage: some Stage<Tensor>, _ folder: URL) -> String {
        message(in: folder) {
            var trainer = Trainer(stage, on: ToyBatches(), options: toyOptions(), folder: folder)
            try trainer.run(resuming: false)
        }
    }

    private let advice =
        "; nothing was changed by this step, and the last checkpoint is from before it. "
        + "A lower learning rate or clipping of the gradients' norm may help"

    @Test func namesTheFirstLayerThatIsNotFinite() throws {
        try withFolder { folder in
            let model = ToyModel()
            let before = bits(model)
            #expect(
                run(BrokenStage(model: model, flaw: .activation), folder)
                    == "step 1: loss_fit is not finite" + advice)
            #expect(bits(model) == before)
        }
        try withFolder { folder in
            let model = ToyModel()
            model.second.weight.value = Tensor(repeating: 3e38, shape: [3, 16])
            #expect(
                run(ToyStage(model: model), folder)
                    == "step 1: loss_fit is not finite; the first value that is not finite is second#0/out" + advice
            )
        }
    }

    @Test func namesTheWeightThatIsNotFinite() throws {
        try withFolder { folder in
            let model = ToyModel()
            model.second.bias?.value = Tensor([0, .nan, 0], shape: [3])
            #expect(
                run(ToyStage(model: model), folder)
                    == "step 1: loss_fit is not finite; the weight second.bias is not finite either" + advice)
        }
    }

    @Test func namesTheGradientThatIsNotFinite() throws {
        try withFolder { folder in
            #expect(
                run(BrokenStage(model: ToyModel(), flaw: .gradient), folder)
                    == "step 1: the gradient of first.bias is not finite, and 1 in front of it" + advice)
        }
        try withFolder { folder in
            #expect(
                run(BrokenStage(model: ToyModel(), flaw: .term), folder) == "step 1: loss_extra is not finite"
                    + advice)
        }
    }

    /// The losses grow without bound, while every number is finite.
    @Test func namesARunThatDiverges() throws {
        try withFolder { folder in
            func train(_ factor: Double?, batchCount: Int, in run: URL, resuming: Bool = false) -> String {
                var options = toyOptions(batchCount: batchCount)
                options.schedule = { epoch, _ in epoch < 6 ? 1e-2 : 0.3 }
                options.divergenceFactor = factor
                return message(in: folder) {
                    var trainer = Trainer(ToyStage(model: ToyModel()), on: ToyBatches(), options: options, folder: run)
                    try trainer.run(resuming: resuming)
                }
            }
            let whole = train(3, batchCount: 200, in: folder.appendingPathComponent("a"))
            let pattern =
                /step (\d+): training diverges: the mean loss of the last 50 steps is ([\d.]+), and was ([\d.]+) before/
            let found = try #require(whole.prefixMatch(of: pattern), "\(whole)")
            let step = try #require(Int(found.1))
            #expect(step > 60 && step < 200)
            let losses = try steps(in: folder.appendingPathComponent("a")).map { try $0["loss"].double }
            #expect(losses.count == step, "the step is in the log")
            let means = (50...step).map { losses[$0 - 50..<$0].reduce(0, +) / 50 }
            let lowest = means.enumerated().map { means[...$0.offset].min() ?? 0 }
            #expect(zip(means, lowest).map { $0 > 3 * $1 } == means.indices.map { $0 == means.count - 1 })
            #expect(whole.contains(String(format: "is %.4g, and was %.4g before", means.last ?? 0, lowest.last ?? 0)))
            #expect(train(nil, batchCount: 200, in: folder.appendingPathComponent("b")) == "no error")
            // A run that was stopped in between remembers what it had seen.
            #expect(train(3, batchCount: step - 10, in: folder.appendingPathComponent("c")) == "no error")
            #expect(train(3, batchCount: 200, in: folder.appendingPathComponent("c"), resuming: true) == whole)
        }
    }

    @Test func stopsAtTheNextStepWhenAsked() async throws {
        await #expect(processExitsWith: .exitCode(75)) {
            try withFolder { folder in
                let whole = ToyModel()
                var unstopped = Trainer(
                    ToyStage(model: whole), on: ToyBatches(), options: toyOptions(),
                    folder: folder.appendingPathComponent("a"))
                try unstopped.run(resuming: false)
                let batches = ToyBatches(before: { number in
                    guard number == 9 else { return }
                    // Dispatch's threads hold signals back; the main thread takes it, a moment later.
                    kill(getpid(), SIGTERM)
                    usleep(200_000)
                })
                let parted = folder.appendingPathComponent("b")
                var stopped = Trainer(ToyStage(model: ToyModel()), on: batches, options: toyOptions(), folder: parted)
                do {
                    try stopped.run(resuming: false)
                } catch let error as TrainingError {
                    precondition(error == .stopped(folder: parted.path, step: 10), "\(error)")
                    let model = ToyModel()
                    var resumed = Trainer(
                        ToyStage(model: model), on: ToyBatches(), options: toyOptions(), folder: parted)
                    try resumed.run(resuming: true)
                    precondition(bits(model) == bits(whole), "the bits differ")
                    exit(error.exitStatus)
                }
            }
        }
    }

    /// A second run in the folder of one that is under way stops before it touches anything there.
    @Test func refusesAFolderInUse() throws {
        try withFolder { folder in
            func train(before: @escaping (Int) -> Void = { _ in }) -> String {
                message(in: folder) {
                    var trainer = Trainer(
                        ToyStage(model: ToyModel()), on: ToyBatches(before: before), options: toyOptions(),
                        folder: folder)
                    try trainer.run(resuming: true)
                }
            }
            let first = train { number in
                guard number == 7 else { return }
                #expect(
                    train() == "run: another process trains here; wait for its end, or name another --output-dir")
            }
            #expect(first == "no error")
            let count = try steps(in: folder).count
            #expect(count == 25)
        }
    }

    /// A full disk, here a limit on the size of files: one error, and the checkpoint from before is whole.
    @Test func survivesAFullDisk() async throws {
        await #expect(processExitsWith: .success) {
            try withFolder { folder in
                let batches = ToyBatches(before: { number in
                    guard number == 6 else { return }
                    var limit = rlimit(rlim_cur: 600, rlim_max: rlim_t.max)
                    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                })
                var trainer = Trainer(ToyStage(model: ToyModel()), on: batches, options: toyOptions(), folder: folder)
                let text = message(in: folder) { try trainer.run(resuming: false) }
                precondition(text.hasSuffix(": cannot be written: File too large"), text)
                let names = try FileManager.default.contentsOfDirectory(
                    atPath: folder.appendingPathComponent("checkpoints").path)
                precondition(names == ["step_00000004"], "\(names)")
                var limit = rlimit(rlim_cur: rlim_t.max, rlim_max: rlim_t.max)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                let model = ToyModel()
                var resumed = Trainer(ToyStage(model: model), on: ToyBatches(), options: toyOptions(), folder: folder)
                try resumed.run(resuming: true)
            }
        }
    }

    /// As a user who may not write there; root may write anywhere.
    @Test func namesAFolderThatCannotBeWritten() async throws {
        await #expect(processExitsWith: .success) {
            try withFolder { folder in
                chmod(folder.path, 0o755)
                if getuid() == 0 { precondition(setuid(65534) == 0, "cannot become another user") }
                if getuid() != 65534 { chmod(folder.path, 0o555) }
                let run = folder.appendingPathComponent("a/b")
                var trainer = Trainer(ToyStage(model: ToyModel()), on: ToyBatches(), options: toyOptions(), folder: run)
                let text = message(in: folder) { try trainer.run(resuming: false) }
                precondition(text == "run/a: cannot be made: Permission denied", text)
            }
        }
    }
}
