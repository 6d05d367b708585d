import BERT
import BLIP2
import Foundation
import Images
import JSON
import LanguageModels
import Layers
import PFormer
import QFormer
import Tensors
import TextTokenizers
import VisionEncoder

/// The model of stage 2 and what belongs to it.
struct CaptioningParts {
    let model: VisionLanguageModel
    let tokens: Tokens
    let origins: [(part: String, origin: String)]
    let frozenFiles: [URL]
    private let configuration: CaptionerConfiguration
    private let prompt: String

    init(_ section: CaptioningSection, imageSize: Int, run: RunConfiguration, weights: InitialWeights) throws {
        let language = try LanguagePart(section.language, section.family)
        tokens = Tokens(
            sentences: try WordPieceTokenizer(directory: URL(fileURLWithPath: section.bert)),
            language: language.tokenizer, limit: section.textLimit.count,
            cuts: Tokens.Cuts(section.family, seed: run.seed, SplitSentence.wordCounts(inCaptioning:)))
        prompt = section.prompt
        let start = try CaptioningStart.open(section, language, imageSize: imageSize, weights: weights)
        (model, configuration) = (start.model, start.configuration)
        origins = start.origins + [("language model, frozen", section.language)]
        frozenFiles = start.files + weightFiles(of: section.language)
        // Weights in 16 bits are widened when training starts: nothing is read for a description.
        if !section.freezesVision {
            for (_, parameter) in model.images.encoder.namedParameters { parameter.isFrozen = false }
        }
    }

    private var parts: VisionLanguageParts {
        VisionLanguageParts(
            model: model, tokenizer: tokens.language,
            processor: EvaluationProcessor(size: configuration.vision.imageSize), prompt: prompt,
            tokens: configuration.tokens, imageTokenID: configuration.imageTokenID)
    }

    /// Writes a captioner's folder.
    func write(_ directory: URL) throws { try parts.write(to: directory, configuration) }

    /// What judges the model by its captions of some of the pictures of a list; nil if that is not wanted.
    func judge(_ list: EvaluationListSection?, _ validation: ValidationConfiguration) throws -> CaptionJudge? {
        guard let list, let count = validation.captionCount else { return nil }
        return try CaptionJudge(Captioner(parts), list, count: count, options: validation.writing)
    }
}

/// What stage 2 begins with: a captioner, a folder of stage 1, or a checkpoint of stage 1 or 2 under LAVIS's names.
private struct CaptioningStart {
    let model: VisionLanguageModel
    let configuration: CaptionerConfiguration
    let origins: [(part: String, origin: String)]
    let files: [URL]

    static func open(
        _ section: CaptioningSection, _ language: LanguagePart, imageSize: Int, weights: InitialWeights
    ) throws -> CaptioningStart {
        let path = section.pretrained
        if !isFolder(path) { return try checkpoint(section, language, imageSize: imageSize, weights: weights) }
        let isCaptioner = try ModelDirectory(path).isKind(ModelKind.captioner)
        return isCaptioner
            ? try captioner(path, language, imageSize: imageSize, weights: weights)
            : try stage1(path, language, imageSize: imageSize, weights: weights)
    }

    private static func captioner(
        _ path: String, _ language: LanguagePart, imageSize: Int, weights: InitialWeights
    ) throws -> CaptioningStart {
        let folder = ModelDirectory(path)
        var sizes = try folder.configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
        try sizes.vision.take(imageSize: imageSize, of: path)
        let model = VisionLanguageModel(sizes.blip2, language: language.model, weights: weights)
        try model.load(huggingFace: folder.weights())
        return CaptioningStart(
            model: model, configuration: sizes, origins: [("image encoder, Q-Former and projection", path)],
            files: weightFiles(of: path))
    }

    private static func stage1(
        _ path: String, _ language: LanguagePart, imageSize: Int, weights: InitialWeights
    ) throws -> CaptioningStart {
        let folder = ModelDirectory(path)
        var sizes = try folder.configuration(RepresentationConfiguration.self, kind: ModelKind.representation).blip2
        try sizes.vision.take(imageSize: imageSize, of: path)
        let model = VisionLanguageModel(sizes, language: language.model, weights: weights)
        let source = FittedPositions(try folder.weights(), gridSize: sizes.vision.gridSize)
        try model.start(from: source, isWhole: true)
        return CaptioningStart(
            model: model, configuration: CaptionerConfiguration(sizes, language),
            origins: [("image encoder and Q-Former", path), model.projectionOrigin(in: source, path)],
            files: weightFiles(of: path))
    }

    /// A checkpoint holds what was trained; frozen parts come from files of their own.
    private static func checkpoint(
        _ section: CaptioningSection, _ language: LanguagePart, imageSize: Int, weights: InitialWeights
    ) throws -> CaptioningStart {
        let path = section.pretrained
        guard let visionPath = section.vision else {
            throw FileError(
                file: path, problem: "is a checkpoint without the frozen parts; wanted model.vit_model as well")
        }
        let vision = try VisionPart(visionPath, imageSize: imageSize)
        let source = FittedPositions(try openWeights(path), gridSize: vision.configuration.gridSize)
        guard let queries = source.shape(of: "query_tokens"), queries.rank == 3, (1...4096).contains(queries[1]) else {
            throw FileError(
                file: path,
                problem: "holds no query_tokens [1, queries, width] of up to 4096 queries, as stages 1 and 2 have them")
        }
        let bert = try ModelDirectory(section.bert).configuration(BERTConfiguration.self, kind: ModelKind.bert)
        let sizes = BLIP2Configuration(
            vision: vision.configuration,
            qformer: QFormerConfiguration(bert: bert, imageWidth: vision.configuration.width), queryCount: queries[1])
        let model = VisionLanguageModel(sizes, language: language.model, weights: weights)
        try model.start(from: source, isWhole: false)
        let isTuned = source.shape(of: "visual_encoder.cls_token") != nil
        if !isTuned { try vision.fill(model.images.encoder) }
        return CaptioningStart(
            model: model, configuration: CaptionerConfiguration(sizes, language),
            origins: [
                ("image encoder", isTuned ? path : visionPath), ("Q-Former", path),
                model.projectionOrigin(in: source, path),
            ], files: weightFiles(of: path) + weightFiles(of: visionPath))
    }
}

extension CaptionerConfiguration {
    /// The captioner that an image side and a language model make together.
    fileprivate init(_ sizes: BLIP2Configuration, _ language: LanguagePart) {
        self.init(
            vision: sizes.vision, qformer: sizes.qformer, language: language.configuration,
            queryCount: sizes.queryCount,
            imageTokenID: min(language.tokenizer.vocabularyCount, language.configuration.vocabularyCount - 1),
            tokens: language.tokens)
    }
}

extension VisionLanguageModel {
    /// Takes what an earlier stage has trained and this one keeps: the image side, the queries' path through the
    /// Q-Former, and the projection if it is there; a checkpoint that is not whole lacks the image encoder.
    fileprivate func start(from source: some TensorSource, isWhole: Bool) throws {
        try Layers.load(
            self, from: source,
            allowing: LoadPolicy(
                missing: ["\(language.family)_model.*", "\(language.family)_proj.*"]
                    + (isWhole ? [] : ["visual_encoder.*"]),
                unexpected: Self.loadPolicy.unexpected + [
                    "opt_proj.*", "t5_proj.*", "temp", "vision_proj.*", "text_proj.*", "itm_head.*", "Qformer.cls.*",
                    "Qformer.bert.embeddings.word_embeddings.*", "Qformer.bert.embeddings.position_embeddings.*",
                    "Qformer.bert.encoder.layer.*.intermediate.*", "Qformer.bert.encoder.layer.*.output.*",
                    "Pformer.*",
                ]))
    }

    fileprivate func projectionOrigin(in source: some TensorSource, _ path: String) -> (part: String, origin: String) {
        ("projection", source.shape(of: "\(language.family)_proj.weight") == nil ? "random" : path)
    }
}
