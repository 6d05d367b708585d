import Checkpoints
import Communication
import Configuration
import Datasets
import Foundation
import Layers
import Tensors
import Training

/// A kind of training, read from a configuration.
protocol Recipe: Configurable {
    /// Opens what is needed and makes the model; nothing is trained or written yet.
    func prepare(_ purpose: RunPurpose) throws -> PreparedRun
}

/// Why a run is got ready.
public enum RunPurpose: Sendable {
    /// It is to be trained, in this folder, by these processes together.
    case training(URL, ProcessGroup = .single)
    /// It is to be described: no weight is drawn, and those in files are not read but mapped.
    case description

    /// The processes that work on it.
    var processes: ProcessGroup {
        switch self {
        case .training(_, let processes): processes
        case .description: .single
        }
    }

    /// This process's part of each batch.
    var shard: Shard { Shard(index: processes.rank, count: processes.count) }

    /// What weights start as that come from no file.
    func weights(seed: Int) -> InitialWeights {
        switch self {
        case .training: .random(RandomKey(seed: UInt64(seed)).child("weights"))
        case .description: .unset
        }
    }
}

/// A run that is ready to start.
public struct PreparedRun {
    /// What the parts of the model start from.
    public let origins: [(part: String, origin: String)]
    /// Elements of the parameters that are trained.
    public let trainedCount: Int
    /// Elements of the parameters that are frozen.
    public let frozenCount: Int
    /// Samples in a batch.
    public let batchSize: Int
    /// Batches to train on.
    public let batchCount: Int
    /// Steps that they make.
    public let stepCount: Int
    /// Batches in an epoch.
    public let batchesPerEpoch: Int
    /// What memory and time the run will take.
    public let cost: RunCost
    /// Every setting of the recipe that has a say in what the weights become, defaults included, by its dotted path. A run
    /// is continued only with the same.
    public internal(set) var settings: [(name: String, value: String)] = []
    /// What the recipe says that is of no use here, in sentences.
    public internal(set) var remarks: [String] = []
    private let start: (_ resuming: Bool, _ settings: [(name: String, value: String)]) throws -> Void

    init<S: Stage, Source: BatchSource>(
        _ stage: S, _ sources: Sources<Source>, _ run: RunConfiguration, _ purpose: RunPurpose,
        origins: [(part: String, origin: String)], frozenFiles: [URL] = [], costs: StepCost,
        captionJudge: CaptionJudge? = nil, finish: @escaping (_ directory: URL) throws -> Void
    ) throws where S.Batch == Source.Batch {
        if run.validation.captionCount != nil && captionJudge == nil { throw run.validation.captionsAreImpossible }
        let batches = sources.training
        let parameters = stage.module.namedParameters.map(\.parameter)
        let options = run.options(batchesPerEpoch: batches.batchesPerEpoch)
        self.origins = origins
        trainedCount = parameters.reduce(0) { $1.isFrozen ? $0 : $0 + $1.shape.count }
        frozenCount = parameters.reduce(0) { $1.isFrozen ? $0 + $1.shape.count : $0 }
        batchSize = batches.batchSize
        batchCount = options.batchCount
        batchesPerEpoch = batches.batchesPerEpoch
        stepCount = options.stepCount(batchesPerEpoch: batches.batchesPerEpoch)
        cost = RunCost(
            parameters, storing: run.frozenPrecision, costs, batchSize: batches.batchSize,
            batchCount: options.batchCount)
        let validation = sources.validation.map {
            run.validation.validation(
                of: stage, on: $0, captions: captionJudge, seed: run.seed, batchesPerEpoch: batches.batchesPerEpoch)
        }
        start = { resuming, settings in
            guard case .training(let folder, let processes) = purpose else { return }
            var marks: [String: String] = [:]
            for file in frozenFiles { marks[file.path] = try fingerprint(of: file) }
            for parameter in parameters where !parameter.isFrozen && parameter.storage != nil {
                parameter.storage = nil
            }
            var options = options
            options.settings = settings
            var trainer = Trainer(
                stage, on: batches, options: options, folder: folder, frozenFiles: marks, validation: validation,
                processes: processes)
            try run.frozenPrecision.storing(parameters) { try trainer.run(resuming: resuming) }
            // Frozen weights go to the model as they came, not as they were kept meanwhile.
            if processes.isFirst { try finish(folder.appendingPathComponent("model")) }
        }
    }

    /// Trains to the end and writes the model to the folder's `model`. A run that is only to be described does nothing.
    ///
    /// - Throws: what stops the training; see `Trainer.run`.
    public func train(resuming: Bool) throws { try start(resuming, settings) }
}

/// Reads a recipe from a configuration file, this project's or LAVIS's, and gets it ready.
///
/// - Parameters:
///   - file: the configuration
///   - options: settings of the form `a.b=value` that go over it
///   - purpose: to train it, or to describe it
/// - Throws: `ConfigurationError` for what is wrong in the file, and the errors of the files that it names.
public func prepareRun(configuration file: URL, options: [String], _ purpose: RunPurpose) throws -> PreparedRun {
    let (document, remarks) = try RecipeDocument(file, options: options).own()
    let architecture = try document.decode(ArchitecturePeek.self).architecture
    var run = try document.recipe(architecture).prepare(purpose)
    run.settings = document.settings.filter { !isImmaterial($0.path) }.map { ($0.path, "\($0.value)") }
    run.remarks = remarks
    return run
}

/// The folder that a recipe of LAVIS's names for its run; nil if the recipe names none.
public func outputFolder(of file: URL, options: [String]) throws -> URL? {
    try RecipeDocument(file, options: options).outputFolder()
}

/// Whether a setting may differ where a run is continued: how far it goes, how it is watched and saved, what it costs, and
/// how quickly data comes. All others are part of what a run is.
private func isImmaterial(_ path: String) -> Bool {
    [
        "run.max_epoch", "run.checkpoint_steps", "run.keep_checkpoints", "run.divergence_factor", "run.validation",
        "run.num_workers", "model.use_grad_checkpoint", "datasets.validation", "datasets.pairs.cache",
        "datasets.pairs.cache_megabytes", "datasets.pairs.unreadable_share",
    ].contains { path == $0 || path.hasPrefix($0 + ".") }
}

/// What a program that ends with an error of a run should give as its exit status: 75 after a stop that was asked for,
/// so that a scheduler knows to continue it, and 1 for the rest.
public func exitStatus(after error: any Error) -> Int32 { (error as? TrainingError)?.exitStatus ?? 1 }
