import Communication
import Foundation
import JSON
import Layers
import Reports
import Tensors

/// The training loop: batches to losses to gradients to steps, with a log, checkpoints, and a way to continue.
///
/// In the run's folder stand `log.jsonl`, files for TensorBoard, and `checkpoints/step_*/`. SIGINT and SIGTERM end the run
/// with a checkpoint after the step under way.
public struct Trainer<S: Stage, Source: BatchSource> where S.Batch == Source.Batch {
    private let stage: S
    private var source: Source
    private let options: TrainingOptions
    private let validation: Validation?
    private let processes: ProcessGroup
    private let averaging: GradientAveraging?
    private let folder: URL
    private let checkpoints: CheckpointFolder
    private let identity: [(name: String, value: String)]
    private let key: RandomKey
    private var divergence: DivergenceGuard

    /// The optimizer, with the parameters that are trained.
    public private(set) var optimizer: AdamW

    /// A run in a folder.
    ///
    /// - Parameters:
    ///   - stage: what is trained
    ///   - source: where its batches come from
    ///   - options: how it is trained
    ///   - folder: where log and checkpoints go; made if it is not there
    ///   - frozenFiles: fingerprints of the files that frozen weights came from, by name
    ///   - validation: what the model is judged by meanwhile
    ///   - processes: those that train together; the source gives each its part of every batch
    public init(
        _ stage: S, on source: Source, options: TrainingOptions, folder: URL, frozenFiles: [String: String] = [:],
        validation: Validation? = nil, processes: ProcessGroup = .single
    ) {
        self.stage = stage
        self.source = source
        self.options = options
        self.validation = validation
        self.processes = processes
        self.folder = folder
        checkpoints = CheckpointFolder(ofRun: folder)
        let files = frozenFiles.sorted { $0.key < $1.key }
        identity =
            options.settings + [
                ("seed", "\(options.seed)"), ("batch size", "\(source.batchSize * processes.count)"),
                ("batches of an epoch", "\(source.batchesPerEpoch)"),
                ("batches of a step", "\(options.accumulatedBatches)"),
            ] + files.map { ("file \($0.key)", $0.value) }
        optimizer = AdamW(
            stage.module, weightDecay: options.weightDecay, coefficients: options.coefficients)
        averaging =
            processes.count == 1
            ? nil : GradientAveraging(over: processes, of: optimizer.parameters.map(\.parameter))
        key = RandomKey(seed: options.seed).child("train")
        divergence = DivergenceGuard(factor: options.divergenceFactor)
    }

    /// Trains to the end. With `resuming`, continues from the folder's last checkpoint, bit for bit as if the run had never
    /// stopped; a run that left none is begun anew. Where judgements have a criterion, the model then has the weights of the
    /// best checkpoint, else the last ones. Of several processes the first writes.
    ///
    /// - Throws: `TrainingError`; `FileError` for what cannot be written; whatever the batches and the stage throw.
    public mutating func run(resuming: Bool) throws {
        guard processes.isFirst else { return try follow(resuming: resuming) }
        try FolderReplacement.make(folder)
        try RunLock.holding(folder) { try lead(resuming: resuming) }
    }

    /// What the processes do that write nothing.
    private mutating func follow(resuming: Bool) throws {
        let first = try start(resuming: resuming)
        processes.waitForAll()
        var best: BestCheckpoint?
        try StopSignal.listening { try train(from: first, nil, &best) }
    }

    /// What the process does that writes, and one that works alone.
    private mutating func lead(resuming: Bool) throws {
        let first = try start(resuming: resuming)
        // All have read what is there before it changes.
        processes.waitForAll()
        let record = try RunRecord(in: folder, heading: heading, afterStep: optimizer.stepCount)
        var best = try validation?.criterion.map {
            try BestCheckpoint(in: checkpoints.folder, $0, afterStep: optimizer.stepCount)
        }
        // What is wrong with the validation is found before the first step, and later numbers have something to beat.
        if let validation, optimizer.stepCount == 0 { try judge(validation, batch: first, record, &best) }
        try StopSignal.listening { try train(from: first, record, &best) }
        try best?.restore(into: optimizer, identity: identity)
    }

    /// The batch to begin with.
    private mutating func start(resuming: Bool) throws -> Int {
        guard let step = checkpoints.steps.last else { return 0 }
        guard resuming else { throw TrainingError.alreadyHoldsRun(folder: folder.path) }
        let state = try TrainingState.read(
            checkpoints.place(ofStep: step), into: &optimizer, identity: identity)
        divergence.history = state.losses
        return state.batch
    }

    private mutating func train(from first: Int, _ record: RunRecord?, _ best: inout BestCheckpoint?) throws {
        let total = options.batchCount
        let progress = ProgressLine(
            folder.lastPathComponent, counting: "batches", total: total, start: first)
        defer { progress.end() }
        var pending = PendingStep<S.Batch>()
        var saved = first
        for number in stride(from: first, to: total, by: 1) {
            let isLast = number + 1 == total
            let (epoch, place) = number.quotientAndRemainder(dividingBy: source.batchesPerEpoch)
            try pending.take { try source.batch(number) }
            guard options.completesStep(pending: pending.batches.count, place: place, isLast: isLast) else { continue }
            try walkBack(&pending)
            let rate = options.schedule(epoch, place)
            let report = try step(&pending, rate: rate)
            let taken = optimizer.stepCount
            try record?.append(
                report, source.takeActivity(), step: taken, epoch: epoch, batch: number, rate: rate)
            if processes.isFirst { progress.show(number + 1, report.summary(epoch: epoch, rate: rate)) }
            try divergence.note(report.total, step: taken)
            if let validation, let record, taken % validation.interval == 0 || isLast {
                try judge(validation, batch: number + 1, record, &best)
            }
            // A signal reaches processes at different moments; all stop if one was asked to.
            let isStopping = processes.sum([StopSignal.isRaised ? 1 : 0])[0] > 0
            if taken % options.checkpointInterval == 0 || isStopping {
                try save(batch: number + 1)
                saved = number + 1
            }
            if isStopping && !isLast { throw TrainingError.stopped(folder: folder.path, step: taken) }
        }
        if saved < total || checkpoints.steps.isEmpty { try save(batch: total) }
        processes.waitForAll()
    }

    /// The gradients of the batches of a step. Their draws are functions of the seed, the step and the sample's number in the
    /// step, so that several small batches draw what a large one would.
    private mutating func walkBack(_ pending: inout PendingStep<S.Batch>) throws {
        let began = ContinuousClock.now
        let weights = labelWeights(of: pending.batches)
        for (place, batch) in pending.batches.enumerated() {
            func losses(_ recorder: Recorder? = nil) throws -> Losses {
                let context = Context.training(
                    key: key.child(UInt64(optimizer.stepCount)),
                    firstSample: (place * processes.count + processes.rank) * source.batchSize,
                    frozenDropout: options.frozenDropout, recorder: recorder)
                let shared = context.shared(among: TrainingPeers(processes), labelWeight: weights[place])
                return try withProducts(in: options.productPrecision) { try stage.losses(on: batch, shared) }
            }
            let found = try losses()
            try check(found) { try losses($0) }
            pending.add(found, averagedBy: place + 1 == pending.batches.count ? averaging : nil)
        }
        pending.time += ContinuousClock.now - began
    }

    /// What a mean over the labels of each batch counts for, so that the mean over the batches of a step, of all processes, is
    /// the mean over all labels: one with more of them counts for more.
    private func labelWeights(of batches: [S.Batch]) -> [Float] {
        let partCount = batches.count * processes.count
        guard options.normalizesOverAll, partCount > 1 else { return batches.map { _ in 1 } }
        let counts = batches.map { Double(stage.labelCount(in: $0)) }
        let total = processes.sum([counts.reduce(0, +)])[0]
        return counts.map { total > 0 ? Float($0 * Double(partCount) / total) : 1 }
    }

    /// Names what is not finite. Parts of a pass are done by all processes together, so all make it again where one has to,
    /// and wait for that one's error.
    private func check(_ losses: Losses, replay: (Recorder) throws -> Losses) throws {
        let isFinite = losses.terms.allSatisfy { $0.value.isFinite() }
        if processes.sum([isFinite ? 0 : 1]) == [0] { return }
        if isFinite {
            _ = try withoutGradients { try replay(Recorder()) }
            processes.waitForAll()
        }
        try FiniteGuard(parameters: optimizer.parameters, step: optimizer.stepCount + 1).check(losses, replay: replay)
    }

    /// One optimizer step on the gradients gathered.
    private mutating func step(_ pending: inout PendingStep<S.Batch>, rate: Double) throws -> StepReport {
        let began = ContinuousClock.now
        var gradients = pending.gradients
        pending.gradients = Gradients()
        if options.dividesAccumulated && pending.batches.count > 1 {
            gradients.scale(by: 1 / Float(pending.batches.count))
        }
        let parameters = optimizer.parameters.map(\.parameter)
        let norm = gradients.norm(of: parameters)
        try FiniteGuard(parameters: optimizer.parameters, step: optimizer.stepCount + 1).check(gradients, norm: norm)
        if let limit = options.clippingNorm { gradients.clip(norm: limit, of: parameters) }
        optimizer.step(gradients, rate: rate)
        pending.time += ContinuousClock.now - began
        defer { pending = PendingStep() }
        pending.losses.average(over: processes)
        return StepReport(pending, norm: norm, batchSize: source.batchSize * processes.count)
    }

    private func judge(
        _ validation: Validation, batch: Int, _ record: RunRecord, _ best: inout BestCheckpoint?
    ) throws {
        let judgement = try validation.judge()
        try record.append(judgement, step: optimizer.stepCount)
        try best?.consider(judgement, state(batch: batch), optimizer)
    }

    private func state(batch: Int) -> TrainingState {
        TrainingState(
            step: optimizer.stepCount, batch: batch, identity: identity, losses: divergence.history)
    }

    private func save(batch: Int) throws {
        guard processes.isFirst else { return }
        try state(batch: batch).write(optimizer, to: checkpoints.place(ofStep: optimizer.stepCount))
        checkpoints.prune(keeping: options.keptCheckpoints)
    }

    /// The first line that a run, or its continuation, writes to the log.
    private var heading: JSONTree {
        let settings = identity.map { (key: $0.name, value: JSONTree.string($0.value)) }
        return [
            "time": .number(Date().timeIntervalSince1970), "from_step": .integer(optimizer.stepCount),
            "trained_parameters": .integer(optimizer.parameters.reduce(0) { $0 + $1.parameter.shape.count }),
            "settings": .object(settings),
        ]
    }
}
