import BERT
import Checkpoints
import Foundation
import Images
import JSON
import Layers
import QFormer
import Tensors
import TextTokenizers
import VisionEncoder

/// A model of stage 1 with all it needs to read pictures and sentences: what a matcher and a feature extractor are made
/// of.
public struct ImageTextParts: Sendable {
    /// The model.
    public let model: RepresentationModel
    /// The Q-Former's tokenizer.
    public let tokenizer: WordPieceTokenizer
    /// Brings pictures to the size and range that the model was trained with.
    public let processor: EvaluationProcessor
    /// The most tokens of a sentence that are read.
    public let textLimit: Int

    /// A model with its tokenizer and picture processor; of a sentence no more tokens are read than have a position.
    public init(
        model: RepresentationModel, tokenizer: WordPieceTokenizer, processor: EvaluationProcessor, textLimit: Int = 32
    ) {
        self.model = model
        self.tokenizer = tokenizer
        self.processor = processor
        self.textLimit = min(textLimit, model.qformer.positionCount)
    }

    /// Opens the folder of a stage-1 model, or of transformers' `Blip2ForImageTextRetrieval`, with its tokenizer files.
    ///
    /// - Parameters:
    ///   - directory: the folder
    ///   - imageSize: pixels to a side of the pictures, to whose grid the position table is fitted; nil for the size
    ///     that the model was trained with
    ///   - formats: the types that weights are kept in; brought to them as they are read
    /// - Throws: an error that names the file and the key that are missing or wrong.
    public init(directory: URL, imageSize: Int? = nil, formats: WeightFormats = .stored) throws {
        let folder = ModelDirectory(directory)
        let tokenizer = try WordPieceTokenizer(directory: directory)
        let ids = try tokenizer.sentenceTokenIDs(of: directory.path)
        let isOwn = try folder.isKind(ModelKind.representation)
        var configuration =
            isOwn
            ? try folder.configuration(RepresentationConfiguration.self, kind: ModelKind.representation).blip2
            : try folder.configuration(RetrievalConfiguration.self, kind: ModelKind.captioner).blip2
        try configuration.vision.take(imageSize: imageSize, of: directory.path)
        let model = RepresentationModel(configuration, ids: ids, weights: .unset)
        model.freeze()
        if isOwn {
            let fitted = FittedPositions(try folder.weights(), gridSize: configuration.vision.gridSize)
            let unexpected = RepresentationModel.loadPolicy.unexpected + ["opt_proj.*", "t5_proj.*"]
            try load(
                model, from: fitted, allowing: LoadPolicy(unexpected: unexpected), storing: formats.format)
        } else {
            try model.load(huggingFace: folder.weights(), formats: formats)
        }
        self.init(
            model: model, tokenizer: tokenizer,
            processor: try folder.processor(size: configuration.vision.imageSize))
    }

    /// Pictures of any size as the model reads them, `[images, 3, size, size]`.
    func pixels(_ images: [Image]) -> Tensor { processor.normalization.batch(of: images.map(processor.square)) }

    /// Sentences as the model reads them.
    func tokens(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(tokenizer.batch(texts, layout: BatchLayout(limit: textLimit)))
    }
}

extension RepresentationModel {
    /// Fills the weights from a checkpoint with the names of transformers' `Blip2ForImageTextRetrieval`. It lacks the head
    /// that writes texts and the temperature of contrast, which stay as they are. Frozen matrices are brought to the types
    /// of `formats`.
    ///
    /// - Throws: `LoadError` with every key that is missing, unexpected or of another shape, in LAVIS's names.
    public func load(huggingFace source: some TensorSource, formats: WeightFormats = .stored) throws {
        let renamed = try KeyBiasFreeSource(source).renamed(by: HuggingFaceKeys.retrieval.inverted)
        let fitted = FittedPositions(renamed, gridSize: images.encoder.configuration.gridSize)
        try Layers.load(
            self, from: fitted, allowing: LoadPolicy(missing: ["temp", "Qformer.cls.predictions.*"]),
            storing: formats.format)
    }
}

/// `config.json` of a stage-1 folder.
public struct RepresentationConfiguration: Codable, Hashable, Sendable {
    /// The sizes.
    public var blip2: BLIP2Configuration
    /// Whether the model was trained with a P-Former and has a projection to a language model's width.
    public var hasProjection: Bool

    /// Sizes of a stage-1 model.
    public init(blip2: BLIP2Configuration, hasProjection: Bool) {
        self.blip2 = blip2
        self.hasProjection = hasProjection
    }

    private enum CodingKeys: String, CodingKey {
        case blip2 = "blip2_config"
        case hasProjection = "has_opt_proj"
    }
}
