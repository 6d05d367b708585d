import Foundation
import Images
import LanguageModels
import TextTokenizers

/// Writes captions of pictures.
public struct Captioner: Sendable {
    /// How captions are written; the reference's settings for COCO captions unless changed.
    @dynamicMemberLookup
    public struct Options: Sendable, Hashable {
        /// How texts are written.
        public var text = VisionLanguageParts.Options()
        /// What the caption continues; nil for the prompt that the model was trained with.
        public var prompt: String?

        /// The reference's settings.
        public init() {}

        /// The settings of `text`, without its name.
        public subscript<Value>(dynamicMember path: WritableKeyPath<VisionLanguageParts.Options, Value>) -> Value {
            get { text[keyPath: path] }
            set { text[keyPath: path] = newValue }
        }
    }

    /// The model with its tokenizer and picture processor.
    public let parts: VisionLanguageParts

    /// A captioner of these parts.
    public init(_ parts: VisionLanguageParts) { self.parts = parts }

    /// A captioner that follows LAVIS; arguments as of `VisionLanguageParts`.
    public init(
        model: VisionLanguageModel, tokenizer: any Tokenizer, processor: EvaluationProcessor, prompt: String,
        tokens: LanguageTokens
    ) {
        self.init(
            VisionLanguageParts(
                model: model, tokenizer: tokenizer, processor: processor, prompt: prompt, tokens: tokens))
    }

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

    /// Writes a caption of the picture in a file.
    ///
    /// - Throws: `ImageError` that names the file if it is no picture; `CaptionLengthError`.
    public func caption(imageAt url: URL, options: Options = Options()) throws -> String {
        try captions(of: [parts.processor.square(try Image(contentsOf: url))], options: options)[0]
    }

    /// Writes a caption of each picture; pictures of any size.
    ///
    /// - Throws: `CaptionLengthError` if the language model has no positions for captions of the length asked for.
    public func captions(of images: [Image], options: Options = Options()) throws -> [String] {
        try alternatives(for: images, options: options).map { $0[0] }
    }

    /// Writes several captions of each picture, as many as the options say, the best first.
    ///
    /// - Throws: `CaptionLengthError` if the language model has no positions for captions of the length asked for.
    public func alternatives(for images: [Image], options: Options = Options()) throws -> [[String]] {
        let prompt = options.prompt ?? parts.prompt
        return try parts.texts(
            about: images, after: Array(repeating: prompt, count: images.count), options: options.text)
    }

    /// The same of pictures that were looked at before.
    public func alternatives(
        for pictures: VisionLanguageParts.SeenPictures, options: Options = Options()
    ) throws -> [[String]] {
        let prompt = options.prompt ?? parts.prompt
        return try parts.texts(
            about: pictures, after: Array(repeating: prompt, count: pictures.count), options: options.text)
    }
}
