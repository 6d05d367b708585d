import ArgumentParser
import Foundation

/// Training on two processes of one thread beside one process of one thread, each with the same batch of its own.
struct ProcessesBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "processes",
        abstract: "Training on two processes of one thread beside one, by a recipe of the demo.")

    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var training: MeasuredTraining

    mutating func run() throws {
        _ = options.begin("Processes")
        guard training.isThere() else { return }
        let steps = training.steps
        print(
            "\(training.recipe), one thread a process, batches of 16 for each; medians of \(options.rounds) rounds of the median of "
                + "\(steps) steps.\n")
        let one = "export OMP_NUM_THREADS=1; $train $out/a \(MeasuredTraining.options(batches: steps))"
        let apart = "\(one) & $train $out/b \(MeasuredTraining.options(batches: steps)); wait"
        // The two of one run share its epochs.
        let together =
            "export OMP_NUM_THREADS=1; mpirun --bind-to none -n 2 $train $out/a "
            + MeasuredTraining.options(batches: 2 * steps) + " run.batch_size_train=16"
        let sides: [(title: String, count: Double, command: String, folders: [String])] = [
            ("one", 1, one, ["a"]),
            ("two, each a run of its own", 2, "export OMP_NUM_THREADS=1; \(apart)", ["a", "b"]),
            ("two, one run", 2, together, ["a"]),
        ]
        let times = try takingTurns(
            rounds: options.rounds,
            sides.map { [training] side in { try training.stepSeconds(side.command, side.folders).max() ?? 0 } })
        let table = Table("processes", "ms a step", "samples, of one")
        for (side, time) in zip(sides, times) {
            table.row([side.title, milliseconds(time), String(format: "%.2f", side.count * times[0] / time)])
        }
    }
}
