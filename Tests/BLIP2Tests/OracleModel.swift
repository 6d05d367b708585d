import BERT
import BLIP2
import Checkpoints
import JSON
import LanguageModels
import Layers
import PFormer
import QFormer
import Tensors
import Testing
import VisionEncoder

/// One of our models at the sizes of a case, with the case's weights.
struct OracleModel {
    /// A batch of the original code: images, and texts in the tokens of the Q-Former and the P-Former, and of the
    /// language model.
    struct Batch {
        var pixels: Tensor?
        var sentences: MaskedTokens?
        var target: TargetText?
    }

    let module: any Module
    let losses: (Batch, Context) -> Losses
    /// Continues prompts for the batch of a case; nil where the model writes no text.
    let generate: ((Batch, MaskedTokens, GenerationOptions) -> [[GeneratedText]])?

    /// Nil for a kind of model that is not built here.
    init?(_ oracle: OracleCase) throws {
        switch try oracle.kind {
        case "PformerOPT": self = try Self.prompts(OracleSizes(oracle))
        case "PformerT5": self = try Self.splitPrompts(OracleSizes(oracle))
        case "Blip2Qformer": self = try Self.representation(OracleSizes(oracle))
        case "Blip2QformerPformer": self = try Self.alignedRepresentation(OracleSizes(oracle))
        case "Blip2OPT", "Blip2T5": self = try Self.captioning(OracleSizes(oracle))
        case "Blip2PformerOPT", "Blip2PformerT5": self = try Self.alignedCaptioning(OracleSizes(oracle))
        case "Blip2Pformer": self = try Self.alignment(OracleSizes(oracle))
        default: return nil
        }
    }

    private init(
        _ module: any Module, _ losses: @escaping (Batch, Context) -> Losses,
        generate: ((Batch, MaskedTokens, GenerationOptions) -> [[GeneratedText]])? = nil
    ) {
        self.module = module
        self.losses = losses
        self.generate = generate
    }

    private static func prompts(_ sizes: OracleSizes) throws -> OracleModel {
        let model = PromptPretraining(
            try sizes.pformer(), language: OPT(try sizes.opt(), weights: .unset), ids: sizes.ids, weights: .unset)
        try load(model, from: sizes.weights, allowing: PromptPretraining.loadPolicy)
        return OracleModel(
            model, { model.losses(on: $0.sentenceBatch, $1) },
            generate: { model.generate(from: $0.texts, prompt: $1, options: $2) })
    }

    private static func splitPrompts(_ sizes: OracleSizes) throws -> OracleModel {
        let model = SplitPromptPretraining(
            try sizes.pformer(), language: T5(try sizes.t5(), weights: .unset), weights: .unset)
        try load(model, from: sizes.weights, allowing: SplitPromptPretraining.loadPolicy)
        return OracleModel(
            model, { model.losses(on: $0.sentenceBatch, $1) },
            generate: { model.generate(from: $0.texts, beginnings: $1, options: $2) })
    }

    private static func representation(_ sizes: OracleSizes) throws -> OracleModel {
        let model = RepresentationModel(try sizes.blip2(), ids: sizes.ids, weights: .unset)
        try load(model, from: sizes.weights, allowing: RepresentationModel.loadPolicy)
        return OracleModel(
            model, { model.losses(on: $0.pair, $1) }, generate: { model.write(about: $0.images, options: $2) })
    }

    private static func alignedRepresentation(_ sizes: OracleSizes) throws -> OracleModel {
        let base = RepresentationModel(try sizes.blip2(), ids: sizes.ids, weights: .unset)
        let model = AlignedRepresentationModel(
            base, teacher: PromptTransformer(try sizes.pformer(), weights: .unset), weight: sizes.lossWeight,
            weights: .unset)
        try load(model, from: sizes.weights, allowing: AlignedRepresentationModel.loadPolicy)
        return OracleModel(
            model, { model.losses(on: $0.pair, $1) }, generate: { base.write(about: $0.images, options: $2) })
    }

    private static func captioning(_ sizes: OracleSizes) throws -> OracleModel {
        let model = try visionLanguage(sizes)
        try load(model, from: sizes.weights, allowing: VisionLanguageModel.loadPolicy)
        return OracleModel(
            model, { model.losses(on: $0.caption, $1) },
            generate: { model.generate(for: $0.images, prompt: $1, options: $2) })
    }

    private static func alignedCaptioning(_ sizes: OracleSizes) throws -> OracleModel {
        let model = AlignedVisionLanguageModel(
            try visionLanguage(sizes), teacher: PromptTransformer(try sizes.pformer(), weights: .unset),
            weight: sizes.lossWeight)
        try load(model, from: sizes.weights, allowing: AlignedVisionLanguageModel.loadPolicy)
        return OracleModel(
            model, { model.losses(on: $0.alignedCaption, $1) },
            generate: { model.base.generate(for: $0.images, prompt: $1, options: $2) })
    }

    private static func alignment(_ sizes: OracleSizes) throws -> OracleModel {
        let model = PromptAlignment(
            try visionLanguage(sizes), teacher: PromptTransformer(try sizes.pformer(), weights: .unset))
        try load(model, from: sizes.weights, allowing: PromptAlignment.loadPolicy)
        return OracleModel(
            model, { model.losses(pixels: $0.images, sentences: $0.texts, $1) },
            generate: { model.base.generate(for: $0.images, prompt: $1, options: $2) })
    }

    private static func visionLanguage(_ sizes: OracleSizes) throws -> VisionLanguageModel {
        let language: any LanguageModel =
            sizes.family == .t5 ? T5(try sizes.t5(), weights: .unset) : OPT(try sizes.opt(), weights: .unset)
        let model = VisionLanguageModel(try sizes.blip2(), language: language, weights: .unset)
        if sizes.trainsEncoder { model.images.encoder.unfreeze() }
        return model
    }
}
