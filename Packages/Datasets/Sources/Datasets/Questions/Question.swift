import Foundation
import JSON

/// A question about a picture.
public struct Question: Hashable, Sendable {
    /// The picture.
    public var picture: PictureFile
    /// The question as it stands in the file.
    public var text: String
    /// What results call the question.
    public var id: Int
    /// The answers people gave, ten in VQAv2 and OK-VQA, one in GQA; none in files that keep them apart.
    public var answers: [String]
}

/// A list of questions about pictures, in the reference's formats for VQAv2, OK-VQA and GQA: records of `image`,
/// `question`, `question_id` and, where answers are known, `answer`, which is a text or a list of them.
public struct Questions: Sendable {
    /// The folder that the pictures' paths start from.
    public let folder: URL
    private let records: RecordFile

    /// Opens a list. Throws an error that names the file, also if it holds no record or the first is of another kind.
    public init(contentsOf file: URL, imagesIn folder: URL) throws {
        self.folder = folder
        records = try RecordFile(contentsOf: file)
        if records.count == 0 { throw FileError(file: file.path, problem: "holds no question") }
        _ = try question(0)
    }

    /// The number of questions.
    public var count: Int { records.count }

    /// A question. Throws an error that names the file and the record.
    public func question(_ number: Int) throws -> Question {
        let record = try records.record(number)
        return Question(
            picture: PictureFile(folder.appendingPathComponent(try record["image"].string)),
            text: try record["question"].string, id: try record["question_id"].number,
            answers: try record.optional("answer").map { try $0.texts } ?? [])
    }
}

/// The answers that a model chooses from when it ranks them: a JSON array of strings, `answer_list.json`.
public struct AnswerList: Sendable {
    /// The answers in the file's order.
    public let answers: [String]

    /// Reads a list. Throws an error that names the file and the element.
    public init(contentsOf file: URL) throws {
        answers = try JSONDocument(contentsOf: file).root.array.map { try $0.string }
        if answers.isEmpty { throw FileError(file: file.path, problem: "holds no answer") }
    }
}

/// What people answered, from VQA's official annotations: an object with `annotations`, each of `question_id`,
/// `answers` of `{"answer"}`, and the types of question and answer.
public struct AnswerAnnotations: Sendable {
    /// What people answered to a question.
    public struct Annotation: Hashable, Sendable {
        /// What results call the question.
        public var questionID: Int
        /// The answers, ten as a rule.
        public var answers: [String]
        /// The first words of the question, such as `how many`.
        public var questionType: String
        /// `yes/no`, `number` or `other`.
        public var answerType: String
    }

    /// The annotations in the file's order.
    public let annotations: [Annotation]

    /// Reads annotations. Throws an error that names the file and the record.
    public init(contentsOf file: URL) throws {
        annotations = try JSONDocument(contentsOf: file).root["annotations"].array.map { record in
            Annotation(
                questionID: try record["question_id"].number,
                answers: try record["answers"].array.map { try $0["answer"].string },
                questionType: try record["question_type"].string, answerType: try record["answer_type"].string)
        }
        if annotations.isEmpty { throw FileError(file: file.path, problem: "holds no annotation") }
    }
}

extension JSONValue {
    /// An integer, also one in quotes, as GQA's own files write it.
    var number: Int {
        get throws {
            guard kind == .string else { return try int }
            guard let number = Int(try string) else { throw error("is \"\(try string)\", wanted an integer") }
            return number
        }
    }

    /// A text, or a list of texts.
    var texts: [String] {
        get throws { kind == .array ? try array.map { try $0.string } : [try string] }
    }
}
