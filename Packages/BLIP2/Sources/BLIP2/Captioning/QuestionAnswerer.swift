import Foundation
import Images
import LanguageModels
import TextTokenizers

/// Answers questions about pictures.
public struct QuestionAnswerer: Sendable {
    /// How answers are written; the settings of the reference's evaluations unless changed.
    @dynamicMemberLookup
    public struct Options: Sendable, Hashable {
        /// How texts are written: at most 10 tokens, short answers first.
        public var text = VisionLanguageParts.Options()
        /// What the model is given; `{}` stands for the question.
        public var template = "Question: {} Short answer:"

        /// The settings of the reference's evaluations on VQAv2, OK-VQA and GQA.
        public init() {
            text.maximumLength = 10
            text.minimumLength = 1
            text.lengthPenalty = -1
        }

        /// The settings of `text`, without its name.
        public subscript<Value>(dynamicMember path: WritableKeyPath<VisionLanguageParts.Options, Value>) -> Value {
            get { text[keyPath: path] }
            set { text[keyPath: path] = newValue }
        }

        /// The prompt for a question; a template without `{}` is the prompt itself.
        func prompt(for question: String) -> String {
            template.isEmpty ? question : template.replacingOccurrences(of: "{}", with: question)
        }
    }

    /// The model with its tokenizer and picture processor.
    public let parts: VisionLanguageParts

    /// An answerer of these parts.
    public init(_ parts: VisionLanguageParts) { self.parts = parts }

    /// Opens a captioner's folder; arguments as of `VisionLanguageParts`.
    ///
    /// - Throws: an error that names the file and the key that are missing or wrong.
    public init(
        directory: URL, convention: Convention? = nil, imageSize: Int? = nil, formats: WeightFormats = .stored
    ) throws {
        self.init(
            try VisionLanguageParts(
                directory: directory, convention: convention, imageSize: imageSize, formats: formats))
    }

    /// Answers a question about the picture in a file.
    ///
    /// - Throws: `ImageError` that names the file if it is no picture; `CaptionLengthError`.
    public func answer(_ question: String, imageAt url: URL, options: Options = Options()) throws -> String {
        try answers(to: [question], about: [parts.processor.square(try Image(contentsOf: url))], options: options)[0]
    }

    /// Answers a question about each picture; pictures of any size.
    ///
    /// - Throws: `CaptionLengthError` if the language model has no positions for answers of the length asked for.
    public func answers(to questions: [String], about images: [Image], options: Options = Options()) throws -> [String]
    {
        try parts.texts(about: images, after: questions.map(options.prompt), options: options.text).map { $0[0] }
    }

    /// The same about pictures that were looked at before.
    public func answers(
        to questions: [String], about pictures: VisionLanguageParts.SeenPictures, options: Options = Options()
    ) throws -> [String] {
        try parts.texts(about: pictures, after: questions.map(options.prompt), options: options.text).map { $0[0] }
    }

    /// Answers questions of which several are about one picture, which is read once. Questions of about one length are
    /// answered together; an answer depends on neither the others nor the batch, but for rounding.
    ///
    /// - Parameters:
    ///   - questions: each with the number of its picture
    ///   - images: the pictures, of any size
    ///   - batchSize: how many questions are answered together at most
    ///   - options: how answers are written; none is drawn
    /// - Returns: an answer to each question
    /// - Throws: `CaptionLengthError` if the language model has no positions for answers of the length asked for.
    public func answers(
        to questions: [(text: String, image: Int)], about images: [Image], batchSize: Int, options: Options = Options()
    ) throws -> [String] {
        precondition(batchSize > 0, "a batch of \(batchSize) questions")
        if questions.isEmpty { return [] }
        let pictures = parts.read(images)
        let prompts = questions.map { options.prompt(for: $0.text) }
        let lengths = prompts.map(parts.tokenCount)
        let order = questions.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
        var answers = [String](repeating: "", count: questions.count)
        let groupCount = (questions.count + batchSize - 1) / batchSize
        for group in 0..<groupCount {
            let members = order[group * order.count / groupCount..<(group + 1) * order.count / groupCount]
            let texts = try parts.texts(
                about: pictures, rows: members.map { questions[$0].image }, after: members.map { prompts[$0] },
                options: options.text)
            for (question, found) in zip(members, texts) { answers[question] = found[0] }
        }
        return answers
    }
}
