import Foundation
import Images
import LanguageModels
import Layers
import Tensors
import TextTokenizers

/// Writes captions of pictures.
public struct Captioner: Sendable {
    /// How captions are written; the reference's settings for COCO captions unless changed.
    public struct Options: Sendable, Hashable {
        /// Beams kept for each picture.
        public var beamCount = 5
        /// The most new tokens.
        public var maximumLength = 30
        /// The least tokens, those of the prompt counted.
        public var minimumLength = 8
        /// The power of its length that a caption's score is divided by.
        public var lengthPenalty: Float = 1
        /// What scores of tokens that occurred are divided by.
        public var repetitionPenalty: Float = 1
        /// What the caption continues; nil for the prompt that the model was trained with.
        public var prompt: String?

        /// The reference's settings.
        public init() {}
    }

    /// The model.
    public let model: VisionLanguageModel
    /// The language model's tokenizer.
    public let tokenizer: BytePairTokenizer
    /// Brings pictures to the size and range that the model was trained with.
    public let processor: EvaluationProcessor
    /// The prompt that the model was trained with.
    public let prompt: String
    private let tokens: LanguageTokens

    /// A captioner of these parts.
    public init(
        model: VisionLanguageModel, tokenizer: BytePairTokenizer, processor: EvaluationProcessor, prompt: String,
        tokens: LanguageTokens
    ) {
        self.model = model
        self.tokenizer = tokenizer
        self.processor = processor
        self.prompt = prompt
        self.tokens = tokens
    }

    /// Writes a caption of the picture in a file.
    ///
    /// - Throws: `ImageError` that names the file if it is no picture; `CaptionLengthError`.
    public func caption(imageAt url: URL, options: Options = Options()) throws -> String {
        try captions(of: [processor.square(try Image(contentsOf: url))], options: options)[0]
    }

    /// Writes a caption of each picture; pictures of any size.
    ///
    /// - Throws: `CaptionLengthError` if the language model has no positions for captions of the length asked for.
    public func captions(of images: [Image], options: Options = Options()) throws -> [String] {
        if images.isEmpty { return [] }
        let start = tokenizer.encode(options.prompt ?? prompt)
        try CaptionLengthError.check(
            options.maximumLength, positionCount: model.language.positionCount,
            queryCount: model.images.queries.shape[1], promptCount: start.count)
        let pixels = processor.normalization.batch(of: images.map(processor.square))
        let prompts = MaskedTokens(
            IndexTensor(rows: [[Int32]](repeating: start, count: images.count)))
        let generation = GenerationOptions(
            beamCount: options.beamCount, maximumNewTokens: options.maximumLength,
            minimumLength: options.minimumLength, lengthPenalty: options.lengthPenalty,
            repetitionPenalty: options.repetitionPenalty, end: tokens.end, padding: tokens.padding)
        return model.generate(for: pixels, prompt: prompts, options: generation).map { texts in
            text(of: texts[0].newIDs)
        }
    }

    private func text(of ids: ArraySlice<Int32>) -> String {
        let known = ids.filter { Int($0) < tokenizer.vocabularyCount }
        return tokenizer.decode(known).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
