import ArgumentParser
import Foundation
import Reports

/// What a training step costs for batches of several sizes.
struct BatchSizeBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batches",
        abstract: "Training steps with batches of 4 to 64 pairs, by a recipe of the demo.")

    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var training: MeasuredTraining

    @Option(help: "Where the plot goes, an SVG file.")
    var plot: String?

    mutating func run() throws {
        _ = options.begin("Batch sizes")
        guard training.isThere() else { return }
        print("\(training.recipe); medians of \(options.rounds) rounds of the median of \(training.steps) steps.\n")
        let sizes = [4, 8, 16, 32, 64]
        let times = try takingTurns(
            rounds: options.rounds,
            sizes.map { [training] size in
                {
                    try training.stepSeconds(
                        "$train $out/a \(MeasuredTraining.options(batches: training.steps, of: size))", ["a"])[0]
                }
            })
        let table = Table("batch", "ms a step", "ms a pair")
        for (size, time) in zip(sizes, times) {
            table.row(["\(size)", milliseconds(time), milliseconds(time / Double(size))])
        }
        guard let plot else { return }
        let points = zip(sizes, times).map { SIMD2(Double($0), $1 * 1e3) }
        let figure = LinePlot(
            title: "Milliseconds a step", axis: "pairs in a batch",
            curves: [LinePlot.Curve(name: "stage 2 of the small world", colour: 0, points: [SIMD2(0, 0)] + points)])
        try figure.svg.write(toFile: plot, atomically: true, encoding: .utf8)
    }
}
