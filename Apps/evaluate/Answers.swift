import ArgumentParser
import EvaluationMetrics
import Foundation
import JSON
import Programs

/// `evaluate vqa`: answers against those of ten people.
struct VQA: Program {
    static let configuration = CommandConfiguration(
        commandName: "vqa", abstract: "Scores answers to VQAv2 or OK-VQA, by answer type and question type.")

    static let exampleSetting = "with VQA's files"

    static var examples: [String] {
        let annotations = "--annotations v2_mscoco_val2014_annotations.json"
        return [
            "\(invocation) vqa --predictions answers.json \(annotations)",
            "\(invocation) vqa --predictions answers.json \(annotations) --bootstrap 1000 --json",
        ]
    }

    @Option(help: "Answers to score: [{\"question_id\": 12, \"answer\": \"red\"}].")
    var predictions: String

    @Option(help: "VQA's annotations, or a list as LAVIS keeps it.")
    var annotations: String

    @OptionGroup var comparing: Comparing

    func run() throws {
        let report = try VQAEvaluation(
            predictions: AnswerPredictions(contentsOf: file(predictions)),
            annotations: VQAAnnotations(contentsOf: file(annotations)), missing: comparing.missing,
            bootstrap: comparing.resampling
        ).report
        comparing.show(report.tree, report.table)
    }
}

/// `evaluate gqa`: answers against the right ones.
struct GQA: Program {
    static let configuration = CommandConfiguration(
        commandName: "gqa", abstract: "Scores answers to GQA by exact match.")

    static let exampleSetting = "with GQA's files"

    static var examples: [String] {
        let annotations = "--annotations testdev_balanced_questions.json"
        return [
            "\(invocation) gqa --predictions answers.json \(annotations)",
            "\(invocation) gqa --predictions answers.json \(annotations) --missing skip",
        ]
    }

    @Option(help: "Answers to score: [{\"question_id\": 12, \"answer\": \"red\"}], or GQA's results.")
    var predictions: String

    @Option(help: "GQA's questions with their answers, or a list as LAVIS keeps it.")
    var annotations: String

    @OptionGroup var comparing: Comparing

    func run() throws {
        let report = try GQAEvaluation(
            predictions: AnswerPredictions(contentsOf: file(predictions)),
            annotations: GQAAnnotations(contentsOf: file(annotations)), missing: comparing.missing,
            bootstrap: comparing.resampling
        ).report
        comparing.show(report.tree, report.table)
    }
}

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
    var predictions: String

    @Option(help: "NoCaps's captions, whose images tell their domain.")
    var references: String

    @OptionGroup var scoring: CaptionScoring
    @OptionGroup var comparing: Comparing

    func run() throws {
        let evaluation = try NoCapsEvaluation(
            predictions: CaptionPredictions(contentsOf: file(predictions)),
            references: CaptionReferences(contentsOf: file(references)), metrics: scoring.families,
            missing: comparing.missing, bootstrap: comparing.resampling, resources: scoring.resources())
        comparing.show(evaluation.tree, evaluation.table)
    }
}
