import ArgumentParser
import Datasets
import Evaluation
import Foundation
import JSON
import Programs
import Tensors

/// `evaluate run`: from a configuration to scores.
struct Run: Program {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Evaluates a model on a data set, from pictures to scores, as a configuration says.",
        discussion: """
            A configuration is a YAML file with the sections model, datasets and run; those of the published sets and of \
            the small world lie in Apps/evaluate/configurations. LAVIS's own evaluation files are taken as they are. For \
            each split the output directory receives predictions.json in the form of the benchmark's server, \
            samples.jsonl with the scores of each sample, results.json and report.html. A run that was stopped goes on \
            when it is called again. Several processes share the work by --shard, or by mpirun; the last scores.
            """)

    static var examples: [String] {
        let start = "\(invocation) run --cfg-path Apps/evaluate/configurations/world"
        return [
            "\(start)/vqa.yaml --output-dir .demo/evaluation/vqa",
            "\(start)/caption.yaml --output-dir .demo/evaluation/caption --options run.num_beams=3 run.bootstrap=200",
        ]
    }

    @Option(name: .customLong("cfg-path"), help: "The configuration, a YAML file.")
    var configurationPath: PathArgument

    @Option(
        parsing: .upToNextOption, help: "Settings that go over the configuration's: run.num_beams=3 run.splits=[val]")
    var options: [String] = []

    @Option(help: "The folder for the results; for a file of LAVIS's the one that it names, unless given.")
    var outputDir: PathArgument?

    @Option(help: ArgumentHelp("Do one process's part of the batches: 1/2 and 2/2.", valueName: "i/n"))
    var shard: ShardArgument?

    @OptionGroup(title: "Weights")
    var weights: WeightOptions<WeightFormat>

    @Flag(
        help: "Batch questions as the original does, where an answer depends on how long the others of its batch are.")
    var referenceBatching = false

    @Flag(help: "Print results as JSON, a line for each split.")
    var json = false

    func run() throws {
        let run = try EvaluationRun(
            configuration: configurationPath.url, options: options,
            additions: additions, folder: outputDir?.url)
        for remark in run.remarks {
            FileHandle.standardError.write(Data("evaluate: \(configurationPath): \(remark)\n".utf8))
        }
        try run.run(shard: shard?.shard ?? ShardArgument.ofMPI ?? .whole) { show($0, json: json) }
    }
}

extension Run {
    /// What the options say in a configuration's terms.
    private var additions: [String] {
        let types = [
            ("dtype", weights.dtype), ("vision_dtype", weights.visionDtype), ("language_dtype", weights.languageDtype),
        ]
        return types.compactMap { key, type in type.map { "model.\(key)=\($0.rawValue)" } }
            + (referenceBatching ? ["run.reference_batching=true"] : [])
    }
}

extension WeightFormat: ExpressibleByArgument {}

/// `evaluate merge`: what several processes did, scored.
struct Merge: Program {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Brings together what several processes of `evaluate run --shard` did, and scores it.",
        discussion: """
            All parts lie in one folder. The last process of several in one folder does this by itself; it is needed where \
            they had folders of their own, whose files were then copied together.
            """)

    static let exampleSetting = "with the parts of a run"

    static var examples: [String] { ["\(invocation) merge results/vqa", "\(invocation) merge results/vqa --json"] }

    @Argument(help: "The folder of the run.")
    var folder: PathArgument

    @Flag(help: "Print results as JSON, a line for each split.")
    var json = false

    func run() throws {
        try EvaluationRun(begunIn: folder.url).merge { show($0, json: json) }
    }
}

/// What became of a split, for whoever called.
private func show(_ outcome: EvaluationRun.Outcome, json: Bool) {
    switch outcome {
    case .scored(let split, let table, let results, let folder):
        if json { return print(JSONWriter().text(results)) }
        print("\(split): \(table)\nresults: \(folder.appendingPathComponent("results.json").path)")
    case .waiting(let split, let folder):
        let text = "waits for the other processes; its part is in \(folder.path)"
        print(json ? JSONWriter().text(["split": .string(split), "waiting": true]) : "\(split): \(text)")
    }
}

/// One process of several, `2/3`.
struct ShardArgument: ExpressibleByArgument {
    let shard: Shard

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], number >= 1, number <= count else {
            return nil
        }
        shard = Shard(index: number - 1, count: count)
    }

    /// The process's part under Open MPI's `mpirun`; nil without it.
    static var ofMPI: Shard? {
        let environment = ProcessInfo.processInfo.environment
        guard let rank = environment["OMPI_COMM_WORLD_RANK"].flatMap({ Int($0) }),
            let size = environment["OMPI_COMM_WORLD_SIZE"].flatMap({ Int($0) }), rank >= 0, rank < size
        else { return nil }
        return Shard(index: rank, count: size)
    }
}
