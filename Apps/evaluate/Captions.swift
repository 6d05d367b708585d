import ArgumentParser
import EvaluationMetrics
import Foundation
import JSON
import Programs

/// `evaluate captions`: predictions against references.
struct Captions: Program {
    static let configuration = CommandConfiguration(
        commandName: "captions", abstract: "Scores captions: BLEU, ROUGE-L, CIDEr-D.",
        discussion: "The captions come from a file (--predictions) or are written now (--model and --images).")

    static var examples: [String] {
        let references = "--references .demo/world/annotations/coco_karpathy_test.json"
        return [
            "\(invocation) captions --predictions .demo/pformer/predictions.json \(references)",
            "\(invocation) captions --model .demo/pformer/finetune/model --images .demo/world/images \(references)",
        ]
    }

    @Option(help: "Captions to score: COCO results, [{\"image_id\": 12, \"caption\": \"a dog\"}].")
    var predictions: String?

    @OptionGroup(title: "Captions by a model")
    var generation: Generation

    @Option(
        name: [.customLong("references"), .customLong("annotations")],
        help: "The captions people wrote: COCO's ground truth or a list as in Karpathy's split.")
    var references: String

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if (predictions == nil) == (generation.model == nil) {
            throw ValidationError("Give either --predictions or --model.")
        }
        try generation.validateUse()
    }

    func run() throws {
        let references = try CaptionReferences(contentsOf: URL(fileURLWithPath: self.references))
        let evaluation = try CaptionEvaluation(predictions: captions(for: references), references: references)
        print(json ? JSONWriter().text(evaluation.report.tree) : evaluation.report.table)
    }

    private func captions(for references: CaptionReferences) throws -> CaptionPredictions {
        if let predictions { return try CaptionPredictions(contentsOf: URL(fileURLWithPath: predictions)) }
        return try generation.predictions(for: references)
    }
}
