import Configuration
import Datasets
import Foundation
import JSON

/// An evaluation from a configuration to scores: every batch is recorded as it is done, so that a run that was stopped goes
/// on where it was, and several processes may share the work.
public struct EvaluationRun {
    /// Whether a split is done.
    public enum Outcome: Sendable {
        /// It is scored: the table of scores, the same for a machine, and the folder with all results.
        case scored(split: String, table: String, results: JSONTree, folder: URL)
        /// This process's share is done; others still have theirs to do.
        case waiting(split: String, folder: URL)
    }

    /// What the configuration says that is of no use here, in sentences.
    public let remarks: [String]
    private let configuration: EvaluationConfiguration
    private let settings: [(path: String, value: PlainValue)]
    private let folder: URL

    /// Where the settings of a run stand in its folder, for those who continue it or bring its parts together.
    static let recordedConfiguration = "configuration.yaml"

    /// Reads a configuration, this project's or LAVIS's.
    ///
    /// - Parameters:
    ///   - file: the configuration
    ///   - options: settings of the form `a.b=value` that go over it
    ///   - additions: settings in this project's terms, also for a configuration of LAVIS's
    ///   - folder: where results go; nil for where a configuration of LAVIS's says
    /// - Throws: `ConfigurationError` for what is wrong in it, or if nobody says where results go.
    public init(configuration file: URL, options: [String] = [], additions: [String] = [], folder: URL?) throws {
        let read = try EvaluationDocument(file, options: options, additions: additions)
        guard let folder = folder ?? read.outputFolder else {
            throw ConfigurationError(
                place: file.path, problem: "names no folder for the results; wanted --output-dir")
        }
        self.init(
            configuration: try read.document.decode(), settings: read.document.settings, remarks: read.remarks,
            folder: folder)
    }

    /// Takes up a run that has begun in a folder, to bring together what several processes did.
    ///
    /// - Throws: `FileError` if there is none.
    public init(begunIn folder: URL) throws {
        let file = folder.appendingPathComponent(Self.recordedConfiguration)
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw FileError(file: file.path, problem: "is not there; wanted the folder of a run of `evaluate run`")
        }
        let document = try ConfigurationDocument(contentsOf: file)
        self.init(
            configuration: try document.decode(), settings: document.settings, remarks: [], folder: folder)
    }

    private init(
        configuration: EvaluationConfiguration, settings: [(path: String, value: PlainValue)], remarks: [String],
        folder: URL
    ) {
        self.configuration = configuration
        self.settings = settings
        self.remarks = remarks
        self.folder = folder
    }

    /// Scores each split, of which all batches are done, and opens no model.
    ///
    /// - Throws: `FileError` that says which batches are missing.
    public func merge(_ report: (Outcome) throws -> Void) throws { try run(nil, report) }

    /// Does what is left to do, or one process's share of it, and scores each split of which all is done.
    ///
    /// - Parameters:
    ///   - shard: which of several processes this is
    ///   - report: is told of each split when it is done
    /// - Throws: an error that names the file and what is wrong with it; what was done before is kept.
    public func run(shard: Shard = .whole, _ report: (Outcome) throws -> Void) throws { try run(shard, report) }

    private func run(_ shard: Shard?, _ report: (Outcome) throws -> Void) throws {
        // Whether all data belong together is found out before the first model is opened.
        let tasks = try configuration.run.splits.map { (name: $0, task: try task($0)) }
        let model = ModelSource(configuration.model)
        try prepare()
        var hashes = FileHashes(in: folder)
        let weights = try hashes.files(configuration.model.weightFiles)
        for (name, task) in tasks {
            let data = try hashes.files(task.files)
            let heading = heading(name, weights: weights, data: data)
            let place = folder.appendingPathComponent(name)
            let result = try task.result(model, shard: shard) {
                try BatchJournal(in: place, name: $0, shard: shard ?? .whole, heading: heading) { [hashes] in
                    try record(hashes)
                }
            }
            guard let result else {
                try report(.waiting(split: name, folder: place))
                continue
            }
            let results = ResultFiles(
                split: name, result: result, configuration: configuration, settings: settings, weights: weights,
                data: data, remarks: remarks)
            try record(hashes)
            try results.write(to: place)
            try report(.scored(split: name, table: result.table, results: results.tree, folder: place))
        }
    }

    private func task(_ split: String) throws -> any SplitTask {
        let run = configuration.run
        switch configuration.task {
        case .captioning(let data, let settings):
            return try CaptioningSplit(data[split], imagesIn: data.images, settings, run.bootstrap)
        case .vqa(let data, let settings):
            return try AnsweringSplit(data[split], imagesIn: data.images, .vqa, settings, run.bootstrap)
        case .gqa(let data, let settings):
            return try AnsweringSplit(data[split], imagesIn: data.images, .gqa, settings, run.bootstrap)
        case .retrieval(let data, let settings):
            return try PairSearch(data[split], imagesIn: data.images, settings)
        }
    }

    /// What a split's records depend on.
    private func heading(
        _ split: String, weights: [StoredFile], data: [StoredFile]
    ) -> [(key: String, value: String)] {
        let immaterial = [
            "run.splits", "run.bootstrap", "run.seed", "run.metrics", "run.meteor", "run.apply_lemmatizer",
        ]
        let own = settings.filter { setting in
            !immaterial.contains(setting.path) && !setting.path.hasPrefix("datasets.")
        }
        return own.map { ($0.path, "\($0.value)") }
            + weights.map { ("weights of \($0.url.lastPathComponent)", $0.sha256) }
            + data.map { ("data of \($0.url.lastPathComponent)", $0.sha256) }
    }

    /// Makes the folder, and tries whether files can be made in it: that should not come out when the first batch is done.
    private func prepare() throws {
        try FolderReplacement.make(folder)
        _ = try recorded()
    }

    /// Writes down what the records to come depend on. A run that fails before it has any leaves the folder as it was.
    private func record(_ hashes: FileHashes) throws {
        try recorded().commit()
        try hashes.write()
    }

    /// The settings, on their way into the folder.
    private func recorded() throws -> FileReplacement {
        let file = try FileReplacement(of: folder.appendingPathComponent(Self.recordedConfiguration))
        try file.append(settings.yaml.utf8)
        return file
    }
}

extension DataSection {
    /// The files of a split that is known to be there.
    fileprivate subscript(name: String) -> Split {
        guard let found = splits.first(where: { $0.name == name }) else {
            preconditionFailure("there is no split \(name)")
        }
        return found.value
    }
}
