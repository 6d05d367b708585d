import BLIP2
import Foundation
import Images
import LanguageModels
import Layers
import Tensors
import TextTokenizers

/// The model of stage 2 and what belongs to it.
struct CaptioningParts {
    let model: VisionLanguageModel
    let tokens: Tokens
    let origins: [(part: String, origin: String)]
    let frozenFiles: [URL]
    private let configuration: CaptionerConfiguration
    private let prompt: String

    init(_ section: CaptioningSection, seed: Int) throws {
        let start = ModelDirectory(section.pretrained)
        let languageDirectory = ModelDirectory(section.language)
        let (language, description) = try OPT.open(languageDirectory)
        tokens = Tokens(
            sentences: try WordPieceTokenizer(directory: URL(fileURLWithPath: section.bert)),
            language: try BytePairTokenizer(directory: languageDirectory.url), limit: section.textLimit)
        prompt = section.prompt
        let weights = InitialWeights.random(RandomKey(seed: UInt64(seed)).child("weights"))
        if try start.isKind(ModelKind.captioner) {
            configuration = try start.configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
            model = VisionLanguageModel(configuration.blip2, language: language, weights: weights)
            try model.load(huggingFace: start.weights())
            origins = [
                ("image encoder, Q-Former and projection", section.pretrained), ("language model", section.language),
            ]
        } else {
            let stage1 = try start.configuration(RepresentationConfiguration.self, kind: ModelKind.representation)
            configuration = CaptionerConfiguration(
                stage1.blip2, description, imageTokenID: tokens.language.vocabularyCount)
            model = VisionLanguageModel(configuration.blip2, language: language, weights: weights)
            try model.start(fromStage1: start.weights())
            origins = [
                ("image encoder and Q-Former", section.pretrained),
                ("projection", stage1.hasProjection ? section.pretrained : "random"),
                ("language model, frozen", section.language),
            ]
        }
        if !section.freezesVision { model.images.encoder.unfreeze() }
        frozenFiles = [start.weightsFile, languageDirectory.weightsFile]
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

extension CaptionerConfiguration {
    /// The captioner that a stage-1 model and a language model make together.
    fileprivate init(_ stage1: BLIP2Configuration, _ language: LanguageDescription, imageTokenID: Int) {
        self.init(
            vision: stage1.vision, qformer: stage1.qformer, language: .opt(language.configuration),
            queryCount: stage1.queryCount, imageTokenID: imageTokenID, tokens: language.tokens)
    }
}

extension VisionLanguageModel {
    /// Takes what stage 1 has trained and stage 2 keeps: the image side, the queries' path through the Q-Former, and
    /// the projection if stage 1 had one.
    fileprivate func start(fromStage1 source: some TensorSource) throws {
        try Layers.load(
            self, from: source,
            allowing: LoadPolicy(
                missing: ["opt_model.*", "opt_proj.*"],
                unexpected: [
                    "temp", "vision_proj.*", "text_proj.*", "itm_head.*", "Qformer.cls.*",
                    "Qformer.bert.embeddings.word_embeddings.*", "Qformer.bert.embeddings.position_embeddings.*",
                    "Qformer.bert.encoder.layer.*.intermediate.*", "Qformer.bert.encoder.layer.*.output.*",
                ]))
    }
}
