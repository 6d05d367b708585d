import Foundation
import JSON

/// The answers a model gave, one for each question.
public struct AnswerPredictions: Sendable {
    /// Where they come from, for messages.
    public var name: String
    /// Question and answer in the order of the file.
    public var answers: [(id: ImageID, answer: String)]

    /// Predictions from memory.
    public init(_ answers: [(id: ImageID, answer: String)], name: String = "predictions") {
        self.answers = answers
        self.name = name
    }

    /// Reads a list of objects with a question's id (`question_id` or `questionId`) and an answer (`answer`, `pred_ans` or
    /// `prediction`): the results of VQA and of GQA, and those that LAVIS writes. An answer may be a number.
    ///
    /// - Throws: `JSONError` that names the file and the entry.
    public init(contentsOf url: URL) throws {
        let document = try JSONDocument(contentsOf: url)
        guard document.root.kind == .array else {
            throw document.root.error("wanted results: [{\"question_id\": 12, \"answer\": \"red\"}, ...]")
        }
        answers = try document.root.array.map { entry in
            let id = try ImageID(entry.first(of: ["question_id", "questionId"]))
            return (id, try entry.first(of: ["answer", "pred_ans", "prediction"]).answerText)
        }
        name = document.name
    }
}

extension JSONValue {
    /// The value of the first key that is there; throws as for the first key if none is.
    func first(of keys: [String]) throws -> JSONValue {
        for key in keys { if let value = try optional(key) { return value } }
        return try self[keys[0]]
    }

    /// A string, or a whole number as it is written.
    var answerText: String {
        get throws { kind == .integer ? String(try int) : try string }
    }
}
