import ArgumentParser
import Foundation

/// Training on two processes of one thread beside one process of one thread, each with the same batch of its own.
struct ProcessesBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "processes",
        abstract: "Training on two processes of one thread beside one, by a recipe of the demo.")

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "The program.")
    var program = ".build/release/train"

    @Option(help: "The recipe; by default that of the demo's stage 2.")
    var recipe = ".demo/baseline/stage2/recipe.yaml"

    @Option(help: "Batches of a run; the median step is taken.")
    var steps = 12

    mutating func run() throws {
        _ = options.begin("Processes")
        guard FileManager.default.fileExists(atPath: recipe) else {
            return print("Left out: \(recipe) is not there; `make demo` makes it.")
        }
        print(
            "\(recipe), one thread a process, the recipe's batch for each; medians of \(options.rounds) rounds of the median "
                + "of \(steps) steps.\n")
        let sides = [1, 2].map { count -> Side in { [self] in try stepSeconds(processes: count) } }
        let times = try takingTurns(rounds: options.rounds, sides)
        let table = Table("processes", "ms a step", "samples, of one")
        for (count, time) in zip([1.0, 2.0], times) {
            table.row([
                String(format: "%.0f", count), milliseconds(time), String(format: "%.2f", count * times[0] / time),
            ])
        }
    }

    /// The median time of a step of a run.
    private func stepSeconds(processes: Int) throws -> Double {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let mpirun = ["mpirun", "--bind-to", "none", "-n", "\(processes)"]
        let settings = ["OMP_NUM_THREADS=1", "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"]
        let arguments = [
            program, "--cfg-path", recipe, "--output-dir", folder.path, "--options", "run.warmup_steps=2",
            "run.max_epoch=\(Double(steps * processes) * epochsPerBatch)",
        ]
        _ = try MeasuredProgram(path: "/usr/bin/env").run(settings + (processes > 1 ? mpirun : []) + arguments)
        let log = try String(contentsOf: folder.appendingPathComponent("log.jsonl"), encoding: .utf8)
        return median(
            log.split(separator: "\n").compactMap {
                let entry = try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                return entry?["step_seconds"] as? Double
            })
    }

    /// The demo's 20,000 pairs in batches of 16.
    private var epochsPerBatch: Double { 16.0 / 20_000 }
}
