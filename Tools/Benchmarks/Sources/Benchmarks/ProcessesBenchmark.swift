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
        let sides = Arrangement.allCases.map { side -> Side in { [self] in try stepSeconds(side) } }
        let times = try takingTurns(rounds: options.rounds, sides)
        let table = Table("processes", "ms a step", "samples, of one")
        for (side, time) in zip(Arrangement.allCases, times) {
            table.row([
                side.rawValue, milliseconds(time), String(format: "%.2f", Double(side.count) * times[0] / time),
            ])
        }
    }

    /// The median time of a step of a run, the slower one where there are two.
    private func stepSeconds(_ arrangement: Arrangement) throws -> Double {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let epochs = Double(steps * (arrangement == .together ? 2 : 1)) * epochsPerBatch
        let train =
            "\(program) --cfg-path \(recipe) --options run.warmup_steps=2 run.max_epoch=\(epochs) --output-dir \(folder.path)"
        let command =
            switch arrangement {
            case .one: "\(train)/a"
            case .apart: "\(train)/b & \(train)/a; wait"
            case .together: "mpirun --bind-to none -n 2 \(train)/a"
            }
        let settings = "export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
        _ = try MeasuredProgram(path: "/bin/sh").run(["-c", "\(settings); \(command)"])
        let logs = arrangement == .apart ? ["a", "b"] : ["a"]
        return try logs.map { name in
            let log = try String(contentsOf: folder.appendingPathComponent("\(name)/log.jsonl"), encoding: .utf8)
            return median(
                log.split(separator: "\n").compactMap {
                    let entry = try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                    return entry?["step_seconds"] as? Double
                })
        }.max() ?? 0
    }

    /// How processes train.
    private enum Arrangement: String, CaseIterable {
        case one = "one"
        /// Nothing is exchanged: what the machine allows.
        case apart = "two, each a run of its own"
        case together = "two, one run"

        var count: Int { self == .one ? 1 : 2 }
    }

    /// The demo's 20,000 pairs in batches of 16.
    private var epochsPerBatch: Double { 16.0 / 20_000 }
}
