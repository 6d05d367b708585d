import ArgumentParser
import Evaluation
import EvaluationMetrics
import Foundation
import JSON
import Programs

/// `evaluate captions`: predictions against references.
struct Captions: Program {
    static let configuration = CommandConfiguration(
        commandName: "captions", abstract: "Scores captions: BLEU, METEOR, ROUGE-L, CIDEr-D.",
        discussion: "The captions come from a file (--predictions) or are written now (--model and --images).")

    static var examples: [String] {
        let references = "--references .demo/world/annotations/coco_karpathy_test.json"
        return [
            "\(invocation) captions --predictions .demo/pformer/predictions.json \(references)",
            "\(invocation) captions --model .demo/pformer/finetune/model --images .demo/world/images \(references)",
        ]
    }

    @Option(help: "Captions to score: COCO results, [{\"image_id\": 12, \"caption\": \"a dog\"}].")
    var predictions: PathArgument?

    @OptionGroup(title: "Captions by a model")
    var generation: Generation

    @Option(
        name: [.customLong("references"), .customLong("annotations")],
        help: "The captions people wrote: COCO's ground truth or a list as in Karpathy's split.")
    var references: PathArgument

    @Option(help: "Another system's captions, to be compared by the paired bootstrap (1,000 samples if not told).")
    var compare: PathArgument?

    @Option(help: "Where the scores of each image go, as lines of JSON.")
    var perImage: PathArgument?

    @Option(help: "Where a page about the scores goes: intervals, histograms, best and worst captions.")
    var html: PathArgument?

    @OptionGroup var scoring: CaptionScoring
    @OptionGroup var comparing: Comparing

    func validate() throws {
        if (predictions == nil) == (generation.model == nil) {
            throw ValidationError("Give either --predictions or --model.")
        }
        try generation.validateUse(showsPictures: html != nil)
    }

    func run() throws {
        // Captions may take hours: whether their files can be made is found out before.
        for path in [perImage, html].compactMap({ $0 }) { _ = try FileReplacement(of: path.url) }
        let references = try CaptionReferences(contentsOf: self.references.url)
        let predictions = try captions(for: references)
        guard let compare else {
            let evaluation = try CaptionEvaluation(
                predictions: predictions, references: references, metrics: scoring.families,
                missing: comparing.missing, bootstrap: comparing.resampling, resources: scoring.resources())
            try write(evaluation)
            return comparing.show(evaluation.report.tree, evaluation.report.table)
        }
        let comparison = try CaptionComparison(
            predictions, CaptionPredictions(contentsOf: compare.url), references: references,
            metrics: scoring.families, missing: comparing.missing,
            bootstrap: comparing.resampling ?? Bootstrap(seed: comparing.seed), resources: scoring.resources())
        try write(comparison.first, comparison)
        comparing.show(comparison.tree, comparison.table)
    }

    private func captions(for references: CaptionReferences) throws -> CaptionPredictions {
        if let predictions { return try CaptionPredictions(contentsOf: predictions.url) }
        return try generation.predictions(for: references)
    }

    private func write(_ evaluation: CaptionEvaluation, _ comparison: CaptionComparison? = nil) throws {
        if let perImage { try evaluation.writeImages(to: perImage.url) }
        if let html {
            try CaptionPage(evaluation, comparison: comparison, pictures: generation.images?.url)
                .write(to: html.url)
        }
    }
}
