import Foundation
import JSON

/// The right answers to GQA's questions.
public struct GQAAnnotations: Sendable {
    /// Where they come from, for messages.
    public var name: String
    /// Question and answer in the order of the file.
    public var answers: [(id: ImageID, answer: String)]

    /// Annotations from memory.
    public init(_ answers: [(id: ImageID, answer: String)], name: String = "annotations") {
        self.answers = answers
        self.name = name
    }

    /// Reads GQA's questions (an object whose keys are ids and whose values have an `answer`), or a list of
    /// `{"question_id", "answer"}` as LAVIS keeps them.
    ///
    /// - Throws: `JSONError` that names the file and the entry.
    public init(contentsOf url: URL) throws {
        let document = try JSONDocument(contentsOf: url)
        if document.root.kind == .array {
            answers = try document.root.array.map { entry in
                (try ImageID(entry["question_id"]), try entry["answer"].answerText)
            }
        } else {
            answers = try document.root.object.map { (ImageID($0.key), try $0.value["answer"].answerText) }
        }
        name = document.name
    }
}

/// Scores answers to GQA by exact match. Hudson and Manning, "GQA", CVPR 2019.
public struct GQAEvaluation: Sendable {
    /// The accuracy of the whole set.
    public let report: AnswerReport
    /// Whether each question was answered right, in the order of the annotations.
    public let questions: [(id: ImageID, isRight: Bool)]

    /// Scores predictions, which VQA's rules for punctuation, numbers and articles are applied to. Quirk: they are not
    /// applied to the right answers, as in LAVIS.
    ///
    /// - Throws: `EvaluationError` as `VQAEvaluation`.
    public init(
        predictions: AnswerPredictions, annotations: GQAAnnotations, missing: CaptionMatching.Policy = .error,
        bootstrap: Bootstrap? = nil
    ) throws {
        let (matching, pairs) = try CaptionMatching.checked(
            predictions.answers.map(\.id), annotations.answers.map(\.id), noun: "question",
            files: "\(predictions.name) against \(annotations.name)", missing)
        questions = pairs.map { known, predicted in
            let (id, answer) = annotations.answers[known]
            let prediction = AnswerNormalization.prediction(predictions.answers[predicted].answer)
            return (id, prediction.equalsAsInPython(answer))
        }
        report = AnswerReport(questions.map { $0.isRight ? 1 : 0 }, kinds: [], matching, bootstrap)
    }
}
