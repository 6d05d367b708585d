import Foundation
import JSON
import Layers
import Tensors

/// The training loop: batches to losses to gradients to steps, with a log, checkpoints, and a way to continue.
public struct Trainer<S: Stage, Source: BatchSource> where S.Batch == Source.Batch {
    private let stage: S
    private var source: Source
    private let options: TrainingOptions
    private let folder: URL
    private let frozenFiles: [String: String]
    private var optimizer: AdamW
    private let key: RandomKey

    /// A run in a folder. `frozenFiles` are fingerprints of the files that frozen weights came from, by path.
    public init(
        _ stage: S, on source: Source, options: TrainingOptions, folder: URL, frozenFiles: [String: String] = [:]
    ) {
        self.stage = stage
        self.source = source
        self.options = options
        self.folder = folder
        self.frozenFiles = frozenFiles
        self.optimizer = AdamW(
            stage.module, weightDecay: options.weightDecay, coefficients: options.coefficients)
        self.key = RandomKey(seed: options.seed).child("train")
    }

    /// Trains to the end. With `resuming`, continues from the folder's last checkpoint, bit for bit as if the run had
    /// never stopped.
    ///
    /// - Throws: `TrainingError`; `FileError` for what cannot be written; whatever the batches throw.
    public mutating func run(resuming: Bool) throws {
        let total = options.batchCount
        var batch = try start(resuming: resuming)
        let log = try TrainingLog(in: folder, keepingUpTo: optimizer.stepCount)
        let progress = ProgressLine(folder.lastPathComponent, total: total, start: batch)
        defer { progress.end() }
        StopSignal.listen()
        let began = ContinuousClock.now
        var pending = PendingStep()
        while batch < total {
            let record = try accumulate(batch, into: &pending)
            batch += 1
            let isLast = batch == total
            guard pending.batches == options.accumulatedBatches || isLast else { continue }
            let norm = try step(&pending, rate: record.rate)
            try log.write(entry(record, norm: norm, elapsed: ContinuousClock.now - began))
            progress.show(batch, loss: record.total)
            let stops = StopSignal.isRaised && !isLast
            if stops || isLast || optimizer.stepCount % options.checkpointInterval == 0 { try save(batch) }
            if stops { throw TrainingError.stopped(step: optimizer.stepCount) }
        }
    }

    /// The place in the data to begin at.
    private mutating func start(resuming: Bool) throws -> Int {
        guard resuming else {
            if !TrainingState.steps(in: folder).isEmpty { throw TrainingError.alreadyHoldsRun(folder: folder.path) }
            return 0
        }
        guard let state = try TrainingState.restoreLatest(&optimizer, in: folder) else {
            throw TrainingError.nothingToResume(folder: folder.path)
        }
        if state.seed != options.seed {
            throw TrainingError.otherRun(
                folder: folder.path, difference: "its seed is \(state.seed), not \(options.seed)")
        }
        for (file, mark) in frozenFiles.sorted(by: { $0.key < $1.key }) where state.frozenFiles[file] != mark {
            throw TrainingError.otherRun(folder: folder.path, difference: "\(file) has changed since")
        }
        return state.batch
    }

    /// Gradients gathered for the next step.
    private struct PendingStep {
        var gradients = Gradients()
        var batches = 0
    }

    /// What the log says of a batch.
    private struct BatchRecord {
        var number: Int
        var rate: Double
        var terms: [(name: String, value: Double)]
        var total: Double
        var dataSeconds: Double
        var seconds: Double
    }

    private mutating func accumulate(_ number: Int, into pending: inout PendingStep) throws -> BatchRecord {
        let began = ContinuousClock.now
        let (epoch, place) = number.quotientAndRemainder(dividingBy: source.batchesPerEpoch)
        let batch = try source.batch(number)
        let dataSeconds = (ContinuousClock.now - began) / .seconds(1)
        let context = Context.training(key: key.child(UInt64(number)), firstSample: 0)
        let losses = try stage.losses(on: batch, context)
        let total = losses.total
        let terms = losses.terms.map { (name: $0.name, value: Double($0.value.scalar)) }
        try FiniteGuard.check(terms, step: optimizer.stepCount + 1)
        pending.gradients.add(total.gradients())
        pending.batches += 1
        return BatchRecord(
            number: number, rate: options.schedule(epoch, place), terms: terms, total: Double(total.scalar),
            dataSeconds: dataSeconds, seconds: (ContinuousClock.now - began) / .seconds(1))
    }

    /// One optimizer step; returns the norm of its gradients.
    private mutating func step(_ pending: inout PendingStep, rate: Double) throws -> Double {
        if options.dividesAccumulated && pending.batches > 1 {
            pending.gradients.scale(by: 1 / Float(pending.batches))
        }
        let norm = pending.gradients.norm(of: optimizer.parameters.map(\.parameter))
        try FiniteGuard.check(
            pending.gradients, of: optimizer.parameters, norm: norm, step: optimizer.stepCount + 1)
        if let limit = options.clippingNorm, norm > limit { pending.gradients.scale(by: Float(limit / norm)) }
        optimizer.step(pending.gradients, rate: rate)
        pending = PendingStep()
        return norm
    }

    private func entry(_ record: BatchRecord, norm: Double, elapsed: Duration) -> JSONTree {
        .object(
            [
                ("step", .integer(optimizer.stepCount)),
                ("epoch", .integer(record.number / source.batchesPerEpoch)),
                ("loss", .number(record.total)),
            ] + record.terms.map { ("loss_\($0.name)", .number($0.value)) } + [
                ("lr", .number(record.rate)),
                ("gradient_norm", .number(norm)),
                ("step_seconds", .number(record.seconds)),
                ("data_seconds", .number(record.dataSeconds)),
                ("elapsed_seconds", .number(elapsed / .seconds(1))),
            ])
    }

    private func save(_ batch: Int) throws {
        let state = TrainingState(
            step: optimizer.stepCount, batch: batch, seed: options.seed, frozenFiles: frozenFiles)
        try state.save(optimizer, in: folder)
    }
}
