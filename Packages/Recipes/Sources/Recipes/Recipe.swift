import Configuration
import Foundation
import Layers
import Training

/// What a recipe trains, by the reference's names where it has one.
enum Architecture: String, CaseIterable, ConfigurationValue {
    /// A small image encoder and a small BERT, by contrast.
    case visionBackbone = "vision_backbone"
    /// A small OPT, on sentences.
    case languageBackbone = "language_backbone"
    /// Stage 0: the P-Former.
    case promptPretraining = "pformer_opt"
    /// Stage 1 without a P-Former.
    case representation = "blip2"
    /// Stage 1 with a P-Former.
    case alignedRepresentation = "blip2_pformer"
    /// Stage 2 and caption fine-tuning without a P-Former.
    case captioning = "blip2_opt"
    /// Stage 2 and caption fine-tuning with a P-Former.
    case alignedCaptioning = "blip2_pformer_opt"
}

/// A kind of training, read from a configuration.
protocol Recipe: Configurable {
    /// Reads what is needed and makes the model; nothing is trained or written yet.
    func prepare(in folder: URL) throws -> PreparedRun
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
    /// Batches in an epoch.
    public let batchesPerEpoch: Int
    /// Every setting of the recipe that has a say in what the weights become, defaults included, by its dotted path. A run
    /// is continued only with the same.
    public fileprivate(set) var settings: [(name: String, value: String)] = []
    private let start: (_ resuming: Bool, _ settings: [(name: String, value: String)]) throws -> Void

    init<S: Stage, Source: BatchSource>(
        _ stage: S, _ sources: Sources<Source>, _ run: RunConfiguration, in folder: URL,
        origins: [(part: String, origin: String)], frozenFiles: [URL] = [], captionJudge: CaptionJudge? = nil,
        finish: @escaping (_ directory: URL) throws -> Void
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
        let validation = sources.validation.map {
            run.validation.validation(of: stage, on: $0, captions: captionJudge, seed: run.seed)
        }
        start = { resuming, settings in
            var marks: [String: String] = [:]
            for file in frozenFiles { marks[file.path] = try fingerprint(of: file) }
            var options = options
            options.settings = settings
            var trainer = Trainer(
                stage, on: batches, options: options, folder: folder, frozenFiles: marks, validation: validation)
            try trainer.run(resuming: resuming)
            try finish(folder.appendingPathComponent("model"))
        }
    }

    /// Trains to the end and writes the model to the folder's `model`.
    ///
    /// - Throws: what stops the training; see `Trainer.run`.
    public func train(resuming: Bool) throws { try start(resuming, settings) }
}

/// Reads a recipe from a configuration file and gets it ready.
///
/// - Parameters:
///   - file: the configuration
///   - options: settings of the form `a.b=value` that go over it
///   - folder: where the run goes
/// - Throws: `ConfigurationError` for what is wrong in the file, and the errors of the files that it names.
public func prepareRun(configuration file: URL, options: [String], folder: URL) throws -> PreparedRun {
    let document = try ConfigurationDocument(contentsOf: file, options: options)
    let architecture = try document.decode(ArchitecturePeek.self).architecture
    var run = try document.recipe(architecture).prepare(in: folder)
    run.settings = document.settings.filter { !isImmaterial($0.path) }.map { ($0.path, "\($0.value)") }
    return run
}

/// Whether a setting may differ where a run is continued: how far it goes, how it is watched and saved, and how quickly
/// data comes. All others are part of what a run is.
private func isImmaterial(_ path: String) -> Bool {
    [
        "run.max_epoch", "run.checkpoint_steps", "run.keep_checkpoints", "run.divergence_factor", "run.validation",
        "run.num_workers", "datasets.validation", "datasets.pairs.cache", "datasets.pairs.cache_megabytes",
        "datasets.pairs.unreadable_share",
    ].contains { path == $0 || path.hasPrefix($0 + ".") }
}

extension ConfigurationDocument {
    fileprivate func recipe(_ architecture: Architecture) throws -> any Recipe {
        switch architecture {
        case .visionBackbone: try decode(VisionBackboneRecipe.self)
        case .languageBackbone: try decode(LanguageBackboneRecipe.self)
        case .promptPretraining: try decode(PromptPretrainingRecipe.self)
        case .representation: try decode(RepresentationRecipe.self)
        case .alignedRepresentation: try decode(AlignedRepresentationRecipe.self)
        case .captioning: try decode(CaptioningRecipe.self)
        case .alignedCaptioning: try decode(AlignedCaptioningRecipe.self)
        }
    }
}

/// What a program that ends with an error of a run should give as its exit status: 75 after a stop that was asked for,
/// so that a scheduler knows to continue it, and 1 for the rest.
public func exitStatus(after error: any Error) -> Int32 { (error as? TrainingError)?.exitStatus ?? 1 }
