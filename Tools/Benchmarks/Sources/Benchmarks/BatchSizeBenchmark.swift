import ArgumentParser
import Foundation
import Reports

/// What a training step costs for batches of several sizes.
struct BatchSizeBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batches",
        abstract: "Training steps with batches of 4 to 64 pairs, by a recipe of the demo.")

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "The program.")
    var program = ".build/release/train"

    @Option(help: "The recipe; by default that of the demo's stage 2.")
    var recipe = ".demo/baseline/stage2/recipe.yaml"

    @Option(help: "Batches of a run; the median step is taken.")
    var steps = 8

    @Option(help: "Where a page with the plot goes.")
    var plot: String?

    mutating func run() throws {
        _ = options.begin("Batch sizes")
        let training = MeasuredTraining(program: program, recipe: recipe)
        guard training.isThere else { return print("Left out: \(recipe) is not there; `make demo` makes it.") }
        print("\(recipe); medians of \(options.rounds) rounds of the median of \(steps) steps.\n")
        let sizes = [4, 8, 16, 32, 64]
        let times = try takingTurns(
            rounds: options.rounds,
            sizes.map { [steps] size in
                {
                    try training.stepSeconds(
                        "$train $out/a \(MeasuredTraining.options(batches: steps, of: size))", ["a"])[0]
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
        let page = HTMLPage(title: "What a step costs", body: [figure.html])
        try page.text.write(toFile: plot, atomically: true, encoding: .utf8)
    }
}
