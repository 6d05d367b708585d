import ArgumentParser
import EvaluationMetrics
import Foundation
import JSON
import Programs

/// Scores a file of answers against a file of annotations.
protocol AnswerScoring: Program {
    /// An example of a file of annotations.
    static var exampleAnnotations: String { get }

    var predictions: PathArgument { get }
    var annotations: PathArgument { get }
    var comparing: Comparing { get }

    /// The report of answers and of the annotations in a file.
    func report(_ predictions: AnswerPredictions, _ annotations: URL) throws -> AnswerReport
}

extension AnswerScoring {
    static var examples: [String] {
        let start = "\(invocation) \(configuration.commandName ?? "") --predictions answers.json"
        return [
            "\(start) --annotations \(exampleAnnotations)",
            "\(start) --annotations \(exampleAnnotations) --bootstrap 1000 --json",
        ]
    }

    func run() throws {
        let report = try report(AnswerPredictions(contentsOf: predictions.url), annotations.url)
        comparing.show(report.tree, report.table)
    }
}

/// `evaluate vqa`: answers against those of ten people.
struct VQA: AnswerScoring {
    static let configuration = CommandConfiguration(
        commandName: "vqa", abstract: "Scores answers to VQAv2 or OK-VQA, by answer type and question type.")

    static let exampleSetting = "with VQA's files"
    static let exampleAnnotations = "v2_mscoco_val2014_annotations.json"

    @Option(help: "Answers to score: [{\"question_id\": 12, \"answer\": \"red\"}].")
    var predictions: PathArgument

    @Option(help: "VQA's annotations, or a list as LAVIS keeps it.")
    var annotations: PathArgument

    @OptionGroup var comparing: Comparing

    func report(_ predictions: AnswerPredictions, _ annotations: URL) throws -> AnswerReport {
        try VQAEvaluation(
            predictions: predictions, annotations: VQAAnnotations(contentsOf: annotations),
            missing: comparing.missing, bootstrap: comparing.resampling
        ).report
    }
}

/// `evaluate gqa`: answers against the right ones.
struct GQA: AnswerScoring {
    static let configuration = CommandConfiguration(
        commandName: "gqa", abstract: "Scores answers to GQA by exact match.")

    static let exampleSetting = "with GQA's files"
    static let exampleAnnotations = "testdev_balanced_questions.json"

    @Option(help: "Answers to score: [{\"question_id\": 12, \"answer\": \"red\"}], or GQA's results.")
    var predictions: PathArgument

    @Option(help: "GQA's questions with their answers, or a list as LAVIS keeps it.")
    var annotations: PathArgument

    @OptionGroup var comparing: Comparing

    func report(_ predictions: AnswerPredictions, _ annotations: URL) throws -> AnswerReport {
        try GQAEvaluation(
            predictions: predictions, annotations: GQAAnnotations(contentsOf: annotations),
            missing: comparing.missing, bootstrap: comparing.resampling
        ).report
    }
}
