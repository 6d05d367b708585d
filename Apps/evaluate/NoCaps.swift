import ArgumentParser
import EvaluationMetrics
import Foundation
import JSON
import Programs

/// `evaluate nocaps`: captions by domain.
struct NoCaps: Program {
    static let configuration = CommandConfiguration(
        commandName: "nocaps", abstract: "Scores captions of NoCaps in, near and out of domain, and overall.")

    static let exampleSetting = "with NoCaps's files"

    static var examples: [String] {
        let references = "--references nocaps_val_4500_captions.json"
        return [
            "\(invocation) nocaps --predictions captions.json \(references)",
            "\(invocation) nocaps --predictions captions.json \(references) --metrics cider --bootstrap 1000",
        ]
    }

    @Option(help: "Captions to score: COCO results, [{\"image_id\": 12, \"caption\": \"a dog\"}].")
    var predictions: PathArgument

    @Option(help: "NoCaps's captions, whose images tell their domain.")
    var references: PathArgument

    @OptionGroup var scoring: CaptionScoring
    @OptionGroup var comparing: Comparing

    func run() throws {
        let evaluation = try NoCapsEvaluation(
            predictions: CaptionPredictions(contentsOf: predictions.url),
            references: CaptionReferences(contentsOf: references.url), metrics: scoring.families,
            missing: comparing.missing, bootstrap: comparing.resampling, resources: scoring.resources())
        comparing.show(evaluation.tree, evaluation.table)
    }
}
