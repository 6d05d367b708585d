import Foundation
import JSON

/// The answers that people gave to questions, ten to each in VQAv2 and OK-VQA.
public struct VQAAnnotations: Sendable {
    /// One question's answers.
    public struct Question: Sendable {
        /// The question's id.
        public var id: ImageID
        /// The words it begins with, as the data set sorts questions; empty if it does not.
        public var questionType: String
        /// `yes/no`, `number` or `other`; empty if the data set does not say.
        public var answerType: String
        /// The answers as they were given.
        public var answers: [String]
        /// For each answer what else tells it from the others: VQAEval compares an answer with those that differ from it
        /// in anything.
        var marks: [Int]

        /// A question and its answers.
        public init(id: ImageID, questionType: String = "", answerType: String = "", answers: [String]) {
            self.id = id
            self.questionType = questionType
            self.answerType = answerType
            self.answers = answers
            marks = Array(answers.indices)
        }
    }

    /// Where they come from, for messages.
    public var name: String
    /// In the order of the file.
    public var questions: [Question]

    /// Annotations from memory.
    public init(_ questions: [Question], name: String = "annotations") {
        self.questions = questions
        self.name = name
    }

    /// Reads VQA's annotations: `{"annotations": [{"question_id", "question_type", "answer_type", "answers":
    /// [{"answer", "answer_id"}]}]}`, or a list of `{"question_id", "answer": ["red", ...]}` as LAVIS keeps them.
    ///
    /// - Throws: `JSONError` that names the file and the entry.
    public init(contentsOf url: URL) throws {
        let map = BatchedMap(VQAAnnotations.question)
        do {
            try JSONDocument.forEachElement(of: "annotations", in: url) { map.append($0) }
        } catch {
            // What is wrong with an earlier question comes first.
            _ = try map.finish()
            throw error
        }
        questions = try map.finish()
        name = url.path
    }

    @Sendable private static func question(_ entry: JSONValue) throws -> Question {
        let answers = try entry.first(of: ["answers", "answer"])
        guard answers.kind == .array, !(try answers.array.isEmpty) else {
            throw answers.error("wanted the list of people's answers")
        }
        var question = Question(
            id: try ImageID(entry["question_id"]), questionType: try entry.optional("question_type")?.string ?? "",
            answerType: try entry.optional("answer_type")?.string ?? "", answers: [])
        question.answers.reserveCapacity(10)
        for (place, answer) in try answers.array.enumerated() {
            guard answer.kind == .object else {
                question.answers.append(try answer.answerText)
                question.marks.append(place)
                continue
            }
            question.answers.append(try answer["answer"].answerText)
            question.marks.append(try answer.optional("answer_id").map { try $0.int } ?? place)
        }
        return question
    }
}
