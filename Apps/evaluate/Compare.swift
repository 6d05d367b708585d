import ArgumentParser
import Evaluation
import EvaluationMetrics
import Foundation
import JSON
import Programs

/// `evaluate compare`: two finished runs beside each other.
struct Compare: Program {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compares two results of `evaluate run` on the same data.",
        discussion: """
            Scores are compared by the paired bootstrap: each of its samples draws pictures or questions, and takes both \
            models' scores of them. The samples on which the two differ most are named.
            """)

    static let exampleSetting = "with two finished runs"

    static var examples: [String] {
        [
            "\(invocation) compare .demo/evaluation/vqa/val .demo/evaluation/vqa-baseline/val",
            "\(invocation) compare results/pformer/test results/baseline/test --bootstrap 10000 --json",
        ]
    }

    @Argument(help: "The folder of a split of the first run, with results.json and samples.jsonl.")
    var first: PathArgument

    @Argument(help: "The folder of the second run.")
    var second: PathArgument

    @Option(help: ArgumentHelp("Samples of the bootstrap.", valueName: "samples"))
    var bootstrap = 1000

    @Option(help: "Where the random draws come from.")
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("How many of the samples that differ most are named.", valueName: "count"))
    var show = 10

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if bootstrap < 1 { throw ValidationError("--bootstrap is \(bootstrap), wanted at least 1") }
        if show < 0 { throw ValidationError("--show is \(show), wanted at least 0") }
    }

    func run() throws {
        let comparison = try RunComparison(
            first.url, second.url, bootstrap: Bootstrap(sampleCount: bootstrap, seed: seed), shownCount: show)
        print(json ? JSONWriter().text(comparison.tree) : comparison.table)
    }
}
