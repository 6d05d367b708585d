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
}
