import ArgumentParser
import Foundation
import Tensors

/// The share of a training step that the P-Former and the alignment take.
struct TeacherBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teacher",
        abstract: "What the P-Former and the alignment take of a step at the published sizes.",
        discussion: """
            Stage 1 with ViT-g, stage 2 with OPT-2.7b too, frozen matrices in bfloat16 as run.frozen_precision has them; random \
            weights. In every step what the teacher adds to it is made once more by itself: its prompts for the batch, the \
            distance from them, and the way back. Wants 9 GiB of memory for stage 1, 15 GiB for stage 2, and some ten \
            seconds a step on two cores; it runs only when it is named.
            """)

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "Only this stage: 1 or 2.")
    var stage: Int?

    @Option(help: "Pairs in a batch; stage 1 compares them with each other.")
    var batch = 2

    @Option(help: "Steps that are timed, after one that is not.")
    var steps = 50

    mutating func validate() throws {
        if let stage, !(1...2).contains(stage) { throw ValidationError("--stage is \(stage), wanted 1 or 2") }
        if batch < 2 { throw ValidationError("--batch is \(batch), wanted at least 2") }
        try requirePositive(["--steps": steps])
    }

    mutating func run() throws {
        _ = options.begin("The teacher's share")
        print(
            "Published sizes, batches of \(batch), dropout on; means of \(steps) steps, forward, backward and AdamW.\n")
        let table = Table("", "s a step", "ms teacher", "share %", "least", "most", "wanted")
        for (number, wanted) in [(1, 4), (2, 2)] where stage == nil || stage == number {
            let model = number == 1 ? AlignedStep.representation(batch: batch) : AlignedStep.captioning(batch: batch)
            let times = timed(model)
            let shares = times.map { 100 * $0.teacher / $0.step }
            let (step, teacher) = (mean(times.map(\.step)), mean(times.map(\.teacher)))
            table.row(
                ["stage \(number)", String(format: "%.2f", step), milliseconds(teacher), ratio(100 * teacher / step)]
                    + [shares.min(), shares.max()].map { ratio($0 ?? 0) } + ["\(wanted)"])
        }
    }

    private func timed(_ model: AlignedStep) -> [(step: Double, teacher: Double)] {
        var model = model
        let times = (0...steps).map { number in
            (step: seconds { model.step(number) }, teacher: seconds { model.teach(number) })
        }
        return Array(times.dropFirst())
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
}
