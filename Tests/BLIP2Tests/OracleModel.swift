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
    /// A batch of the original code: images, and texts in both kinds of tokens.
    struct Batch {
        var pixels: Tensor?
        var sentences: MaskedTokens
        var target: MaskedTokens?
    }

    let module: any Module
    let losses: (Batch, Context) -> Losses
    /// Continues prompts for the batch of a case; nil where the model writes no text.
    let generate: ((Batch, MaskedTokens, GenerationOptions) -> [[GeneratedText]])?

    /// Nil for a kind of model that is not built here.
    init?(_ oracle: OracleCase) throws {
        switch try oracle.kind {
        case "PformerOPT": self = try Self.prompts(OracleSizes(oracle), oracle)
        case "Blip2Qformer": self = try Self.representation(OracleSizes(oracle))
        case "Blip2QformerPformer": self = try Self.alignedRepresentation(OracleSizes(oracle))
        case "Blip2OPT": self = try Self.captioning(OracleSizes(oracle), oracle)
        case "Blip2PformerOPT": self = try Self.alignedCaptioning(OracleSizes(oracle), oracle)
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

    private static func prompts(_ sizes: OracleSizes, _ oracle: OracleCase) throws -> OracleModel {
        let model = PromptPretraining(
            try sizes.pformer(), language: OPT(try sizes.opt(), weights: .unset), ids: sizes.ids, weights: .unset)
        try load(model, from: sizes.weights, allowing: PromptPretraining.loadPolicy)
        let promptTokenCount = try sizes.promptTokenCount(oracle)
        return OracleModel(
            model,
            { batch, context in
                model.losses(
                    on: SentenceBatch(
                        sentences: batch.sentences,
                        target: TargetText(batch.target ?? batch.sentences, promptTokenCount: promptTokenCount)),
                    context)
            },
            generate: { model.generate(from: $0.sentences, prompt: $1, options: $2) })
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

    private static func captioning(_ sizes: OracleSizes, _ oracle: OracleCase) throws -> OracleModel {
        let model = try visionLanguage(sizes)
        if try oracle.argument("freeze_vit")?.bool == false { model.images.encoder.unfreeze() }
        try load(model, from: sizes.weights, allowing: VisionLanguageModel.loadPolicy)
        let promptTokenCount = try sizes.promptTokenCount(oracle)
        return OracleModel(
            model, { model.losses(on: $0.caption(promptTokenCount), $1) },
            generate: { model.generate(for: $0.images, prompt: $1, options: $2) })
    }

    private static func alignedCaptioning(_ sizes: OracleSizes, _ oracle: OracleCase) throws -> OracleModel {
        let model = try alignedVisionLanguage(sizes, weight: sizes.lossWeight)
        let promptTokenCount = try sizes.promptTokenCount(oracle)
        return OracleModel(
            model, { model.losses(on: $0.alignedCaption(promptTokenCount), $1) },
            generate: { model.base.generate(for: $0.images, prompt: $1, options: $2) })
    }

    /// Only the alignment, unweighted: an ablation of the original code.
    private static func alignment(_ sizes: OracleSizes) throws -> OracleModel {
        let model = try alignedVisionLanguage(sizes, weight: 1)
        return OracleModel(
            model,
            { batch, context in
                let losses = model.losses(on: batch.alignedCaption(0), context)
                return Losses(losses.terms.filter { $0.name == "loss_align" })
            })
    }

    private static func visionLanguage(_ sizes: OracleSizes) throws -> VisionLanguageModel {
        VisionLanguageModel(try sizes.blip2(), language: OPT(try sizes.opt(), weights: .unset), weights: .unset)
    }

    private static func alignedVisionLanguage(
        _ sizes: OracleSizes, weight: Float
    ) throws -> AlignedVisionLanguageModel {
        let teacher = PromptTransformer(try sizes.pformer(), weights: .unset)
        let model = AlignedVisionLanguageModel(try visionLanguage(sizes), teacher: teacher, weight: weight)
        try load(model, from: sizes.weights, allowing: AlignedVisionLanguageModel.loadPolicy)
        return model
    }
}

extension OracleModel.Batch {
    var images: Tensor { pixels ?? Tensor(zeros: [0]) }

    var pair: PairBatch { PairBatch(pixels: images, sentences: sentences) }

    func caption(_ promptTokenCount: Int) -> CaptionBatch {
        CaptionBatch(pixels: images, target: TargetText(target ?? sentences, promptTokenCount: promptTokenCount))
    }

    func alignedCaption(_ promptTokenCount: Int) -> AlignedCaptionBatch {
        AlignedCaptionBatch(captions: caption(promptTokenCount), sentences: sentences)
    }
}

/// The sizes of a case's models, read off its settings and the shapes of its weights.
struct OracleSizes {
    let weights: SafetensorsFile
    let ids: SentenceTokenIDs
    let lossWeight: Float
    private let oracle: OracleCase
    private let queryCount: Int

    init(_ oracle: OracleCase) throws {
        self.oracle = oracle
        weights = try oracle.weights()
        ids = try Self.ids(oracle)
        lossWeight = Float(try oracle.argument("loss_weight")?.double ?? 1)
        queryCount = try oracle.argument("num_query_token")?.int ?? oracle.size("nq")
    }

    /// How many tokens of a text are the prompt that the model was made with.
    func promptTokenCount(_ oracle: OracleCase) throws -> Int {
        let prompt = try oracle.prompt
        return prompt.isEmpty ? 0 : try OracleTokenizers(oracle).opt.encode(prompt).count
    }

    private static func ids(_ oracle: OracleCase) throws -> SentenceTokenIDs {
        guard let ids = try oracle.meta.optional("sentence_ids") else {
            return SentenceTokenIDs(
                padding: 0, classification: 101, separator: 102, mask: 103,
                decoding: try OracleTokenizers(oracle).bert.specialTokens.beginning ?? 0)
        }
        func id(_ name: String) throws -> Int32 { Int32(clamping: try ids[name].int) }
        return SentenceTokenIDs(
            padding: try id("padding"), classification: try id("classification"), separator: try id("separator"),
            mask: try id("mask"), decoding: try id("decoding"))
    }

    func opt() throws -> OPTConfiguration {
        let table = try shape("opt_model.model.decoder.embed_tokens.weight")
        return OPTConfiguration(
            vocabularyCount: table[0], width: try oracle.size("oh"), layerCount: try oracle.size("olayers"),
            headCount: try oracle.size("oheads"), hiddenWidth: try oracle.size("offn"),
            positionCount: try oracle.size("opos"))
    }

    private func bert(vocabularyCount: Int) throws -> BERTConfiguration {
        BERTConfiguration(
            vocabularyCount: vocabularyCount, width: try oracle.size("h"), layerCount: try oracle.size("layers"),
            headCount: try oracle.size("heads"), feedForwardWidth: try oracle.size("inter"),
            positionCount: try weights.shape(of: "Qformer.bert.embeddings.position_ids")?[1]
                ?? shape("Pformer.embeddings.position_ids")[1])
    }

    func pformer() throws -> PFormerConfiguration {
        PFormerConfiguration(
            bert: try bert(vocabularyCount: shape("Pformer.embeddings.word_embeddings.weight")[0]),
            promptCount: queryCount, languageWidth: try shape("Pformer.opt_proj.weight")[0],
            contrastWidth: weights.shape(of: "Pformer.text_proj.weight")?[0] ?? 256)
    }

    func blip2() throws -> BLIP2Configuration {
        let patch = try shape("visual_encoder.patch_embed.proj.weight")
        let inner = try shape("visual_encoder.blocks.0.mlp.fc1.weight")
        let vision = ViTConfiguration(
            imageSize: try oracle.argument("img_size")?.int ?? oracle.size("img"), patchSize: patch[2], width: patch[0],
            layerCount: try oracle.size("vdepth"), headCount: try oracle.size("vheads"), hiddenWidth: inner[0])
        let words = weights.shape(of: "Qformer.bert.embeddings.word_embeddings.weight")?[0] ?? 0
        return BLIP2Configuration(
            vision: vision,
            qformer: QFormerConfiguration(bert: try bert(vocabularyCount: words), imageWidth: vision.width),
            queryCount: queryCount, contrastWidth: try oracle.argument("embed_dim")?.int ?? 256)
    }

    private func shape(_ name: String) throws -> Shape {
        try #require(weights.shape(of: name), "\(weights.origin) has no \(name)")
    }
}
