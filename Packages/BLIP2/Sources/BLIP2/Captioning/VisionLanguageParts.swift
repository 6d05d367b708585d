import Checkpoints
import Foundation
import Images
import LanguageModels
import Layers
import QFormer
import Tensors
import TextTokenizers

/// Where LAVIS and Hugging Face's transformers differ, whose way is followed: what the least length counts, how beams are
/// scored, and which form of GELU Flan-T5 runs with.
public enum Convention: String, Sendable, Hashable, Codable, CaseIterable {
    /// LAVIS's, as the models were trained and evaluated.
    case lavis
    /// Hugging Face's.
    case huggingFace = "hf"
}

/// A model of stage 2 with all it needs to read pictures and words: what a captioner and a question answerer are made of.
public struct VisionLanguageParts: Sendable {
    /// How texts are written.
    public struct Options: Sendable, Hashable {
        /// Beams kept for each text; 1 takes the likeliest token at each step.
        public var beamCount = 5
        /// The most new tokens.
        public var maximumLength = 30
        /// The least tokens; what counts is up to the convention.
        public var minimumLength = 8
        /// The power of its length that a text's score is divided by.
        public var lengthPenalty: Float = 1
        /// What scores of tokens that occurred are divided by.
        public var repetitionPenalty: Float = 1
        /// Runs of this many tokens do not occur twice; 0 lets them.
        public var unrepeatedRunLength = 0
        /// Texts for each picture; at most as many as beams.
        public var count = 1
        /// Draws texts from the nucleus, without beams; nil searches for the likeliest.
        public var sampling: SamplingOptions?
        /// Names the draws.
        public var seed: UInt64 = 0
        /// Whether a prompt's padding counts as part of a text. Quirk: in the reference it does, so that an answer depends
        /// on how long the other questions of its batch are.
        public var countsPadding = false

        /// The reference's settings for COCO captions.
        public init() {}

        /// How many beams programs take.
        public static let beamCounts = 1...1000
        /// How long texts may be that programs are asked for, in new tokens.
        public static let lengths = 1...10_000_000
    }

    /// The model.
    public let model: VisionLanguageModel
    /// The language model's tokenizer.
    public let tokenizer: any Tokenizer
    /// Brings pictures to the size and range that the model was trained with.
    public let processor: EvaluationProcessor
    /// The prompt that the model was trained with.
    public let prompt: String
    /// Whose way is followed where they differ.
    public let convention: Convention
    let tokens: LanguageTokens
    private let imageTokenID: Int32

    /// A model with its tokenizer and picture processor.
    ///
    /// - Parameters:
    ///   - model: of stage 2
    ///   - tokenizer: the language model's
    ///   - processor: of the size that the model reads
    ///   - prompt: that the model was trained with
    ///   - tokens: what the language model's tokens mean
    ///   - imageTokenID: stands for a picture's vectors where transformers counts them
    ///   - convention: whose way is followed
    public init(
        model: VisionLanguageModel, tokenizer: any Tokenizer, processor: EvaluationProcessor, prompt: String,
        tokens: LanguageTokens, imageTokenID: Int = 0, convention: Convention = .lavis
    ) {
        self.model = model
        self.tokenizer = tokenizer
        self.processor = processor
        self.prompt = prompt
        self.tokens = tokens
        self.imageTokenID = Int32(imageTokenID)
        self.convention = convention
    }

    /// Pictures as the queries see them, through the image encoder once for all that is done with them.
    public struct SeenPictures: Sendable {
        let memory: ImageMemory
        /// How many there are.
        public let count: Int
    }

    /// Looks at pictures of any size, at least one.
    public func look(at images: [Image]) -> SeenPictures {
        let pixels = processor.normalization.batch(of: images.map(processor.square))
        return withoutGradients { SeenPictures(memory: model.memory(of: pixels, .evaluation()), count: images.count) }
    }

    private func prefix(of pictures: SeenPictures) -> Tensor {
        withoutGradients { model.prompts(from: pictures.memory, batchCount: pictures.count, .evaluation()) }
    }

    /// Pictures as the language model reads them, read once for all texts about them.
    public struct ReadPictures: Sendable {
        fileprivate let prefix: ReadPrefix
        /// How many there are.
        public var count: Int { prefix.batchCount }
    }

    /// Reads pictures of any size, at least one.
    public func read(_ images: [Image]) -> ReadPictures {
        let prefix = prefix(of: look(at: images))
        return withoutGradients { ReadPictures(prefix: model.language.read(prefix, .evaluation())) }
    }

    /// Writes texts about pictures, each after a prompt of its own.
    ///
    /// - Parameters:
    ///   - images: of any size
    ///   - prompts: one for each picture
    ///   - options: how
    /// - Returns: for each picture its texts, the best first
    /// - Throws: `CaptionLengthError` if the language model has no positions for texts of the length asked for.
    public func texts(about images: [Image], after prompts: [String], options: Options) throws -> [[String]] {
        precondition(images.count == prompts.count, "\(prompts.count) prompts for \(images.count) pictures")
        if images.isEmpty { return [] }
        let prompts = try tokens(of: prompts, options)
        return write(prompts, after: prefix(of: look(at: images)), options)
    }

    /// The same about pictures that were looked at before.
    public func texts(about pictures: SeenPictures, after prompts: [String], options: Options) throws -> [[String]] {
        precondition(pictures.count == prompts.count, "\(prompts.count) prompts for \(pictures.count) pictures")
        return write(try tokens(of: prompts, options), after: prefix(of: pictures), options)
    }

    private func write(_ prompts: MaskedTokens, after prefix: Tensor, _ options: Options) -> [[String]] {
        let generated =
            if let sampling = options.sampling {
                model.language.sample(
                    prefix: prefix, prompt: prompts, options: generation(options), sampling: sampling,
                    key: RandomKey(seed: options.seed))
            } else {
                model.language.generate(prefix: prefix, prompt: prompts, options: generation(options))
            }
        return generated.map { $0.map { text(of: $0.newIDs) } }
    }

    /// Searches texts about pictures that were read, each after a prompt of its own; nothing is drawn.
    ///
    /// - Parameters:
    ///   - pictures: the pictures
    ///   - rows: which of them each prompt is about
    ///   - prompts: as many
    ///   - options: how
    /// - Returns: for each prompt its texts, the best first
    /// - Throws: `CaptionLengthError` if the language model has no positions for texts of the length asked for.
    public func texts(
        about pictures: ReadPictures, rows: [Int], after prompts: [String], options: Options
    ) throws -> [[String]] {
        precondition(rows.count == prompts.count, "\(prompts.count) prompts about \(rows.count) pictures")
        if rows.isEmpty { return [] }
        let prompts = try tokens(of: prompts, options)
        let generated = withoutGradients {
            model.language.generate(
                after: pictures.prefix.gathering(IndexTensor(rows.map(Int32.init), shape: [rows.count])),
                prompt: prompts, options: generation(options))
        }
        return generated.map { $0.map { text(of: $0.newIDs) } }
    }

    /// How many tokens the language model reads of a prompt.
    public func tokenCount(of prompt: String) -> Int { tokenizer.encode(prompt).count }

    private func tokens(of prompts: [String], _ options: Options) throws -> MaskedTokens {
        let tokens = MaskedTokens(tokenizer.batch(prompts, layout: BatchLayout(side: side)))
        try CaptionLengthError.check(
            options.maximumLength, positionCount: model.language.positionCount,
            queryCount: model.images.queries.shape[1], promptCount: tokens.tokenCount)
        return tokens
    }

    /// Prompts that a decoder continues are padded on the left.
    private var side: BatchLayout.Side { model.language is OPT ? .left : .right }

    private func generation(_ options: Options) -> GenerationOptions {
        GenerationOptions(
            beamCount: options.beamCount, maximumNewTokens: options.maximumLength,
            minimumLength: options.minimumLength, lengthPenalty: options.lengthPenalty,
            repetitionPenalty: options.repetitionPenalty, unrepeatedRunLength: options.unrepeatedRunLength,
            returnCount: options.count, end: tokens.end, padding: tokens.padding,
            convention: convention == .lavis ? .lavis : .huggingFace(imageToken: imageTokenID),
            countsPadding: options.countsPadding)
    }

    /// What Python's `strip` takes from the ends of a text; it counts the separators of ASCII in.
    private static let blanks = CharacterSet.whitespacesAndNewlines
        .union(CharacterSet(charactersIn: "\u{1C}\u{1D}\u{1E}\u{1F}"))

    private func text(of ids: ArraySlice<Int32>) -> String {
        let known = ids.filter { Int($0) < tokenizer.vocabularyCount }
        return tokenizer.decode(known).trimmingCharacters(in: Self.blanks)
    }
}

extension MaskedTokens {
    /// A tokenizer's rectangle as tensors.
    public init(_ batch: TokenBatch) {
        let shape: Shape = [batch.rowCount, batch.columnCount]
        self.init(ids: IndexTensor(batch.ids, shape: shape), mask: IndexTensor(batch.mask, shape: shape))
    }
}
