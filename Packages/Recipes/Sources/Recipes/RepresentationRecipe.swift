import BERT
import BLIP2
import Configuration
import Datasets
import Foundation
import Layers
import PFormer
import QFormer
import Tensors
import TextTokenizers
import Training
import VisionEncoder

/// Stage 1 without a P-Former: contrast, matching and captioning.
struct RepresentationRecipe: Recipe {
    private let sections: RecipeSections<PlainRepresentationSection, PairsSection>

    init(from section: ConfigurationSection) throws { sections = try RecipeSections(from: section) }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let (model, data, run) = (sections.model.base, sections.data, sections.run)
        let parts = try RepresentationParts(
            model, imageSize: data.imageSize, weights: purpose.weights(seed: run.seed))
        let batches = try data.sources(run, purpose.shard) {
            RepresentationBatches($0, parts.tokens, textLimit: parts.textLimit)
        }
        return try PreparedRun(
            RepresentationStage(module: parts.model) { parts.model.losses(on: $0, $1) }, batches, run, purpose,
            origins: parts.origins, frozenFiles: parts.frozenFiles, costs: .representation(parts.model, parts.textLimit)
        ) { try parts.write(parts.model, hasProjection: false, to: $0) }
    }
}

/// Stage 1 with a P-Former: the same, and the queries' outputs are pulled towards its prompts.
struct AlignedRepresentationRecipe: Recipe {
    private let sections: RecipeSections<AlignedRepresentationSection, PairsSection>

    init(from section: ConfigurationSection) throws { sections = try RecipeSections(from: section) }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let (model, data, run) = (sections.model, sections.data, sections.run)
        let parts = try RepresentationParts(
            model.base, imageSize: data.imageSize, weights: purpose.weights(seed: run.seed))
        let teacher = try PromptTransformer.open(
            model.teacher, bert: model.base.bert, .opt, promptCount: model.base.queryCount)
        try model.base.textLimit.check(positionCount: teacher.positionCount, of: "P-Former")
        let aligned = AlignedRepresentationModel(
            parts.model, teacher: teacher, weight: model.lossWeight, weights: parts.weights)
        let batches = try data.sources(run, purpose.shard) {
            RepresentationBatches($0, parts.tokens, textLimit: parts.textLimit)
        }
        return try PreparedRun(
            RepresentationStage(module: aligned) { aligned.losses(on: $0, $1) }, batches, run, purpose,
            origins: parts.origins + [("P-Former, frozen", model.teacher)],
            frozenFiles: parts.frozenFiles + weightFiles(of: model.teacher),
            costs: .representation(parts.model, parts.textLimit) + .teacher(teacher)
        ) { try parts.write(aligned, hasProjection: true, to: $0) }
    }
}

/// What both forms of stage 1 ask for under `model`.
private struct RepresentationSection {
    let vision: String
    let bert: String
    let queryCount: Int
    let textLimit: TextLimit
    let contrastWidth: Int
    let crossAttentionInterval: Int

    init(from section: ConfigurationSection) throws {
        _ = try section.required("arch", as: Architecture.self)
        vision = try section.required("vit_model")
        bert = try section.required("bert_model")
        queryCount = try section.value("num_query_token", default: 32, in: 1...4096)
        textLimit = try TextLimit(from: section)
        contrastWidth = try section.value("embed_dim", default: 256, in: SizeLimits.width)
        crossAttentionInterval = try section.value("cross_attention_freq", default: 2, in: SizeLimits.layers)
    }
}

private struct PlainRepresentationSection: Configurable {
    let base: RepresentationSection

    init(from section: ConfigurationSection) throws { base = try RepresentationSection(from: section) }
}

private struct AlignedRepresentationSection: Configurable {
    let base: RepresentationSection
    let teacher: String
    let lossWeight: Float

    init(from section: ConfigurationSection) throws {
        base = try RepresentationSection(from: section)
        teacher = try section.required("pretrained_stage0")
        lossWeight = try section.value("loss_weight", default: 1)
    }
}

/// The model of stage 1 and what belongs to it.
private struct RepresentationParts {
    let model: RepresentationModel
    let tokens: WordPieceTokenizer
    let textLimit: Int
    let weights: InitialWeights
    let origins: [(part: String, origin: String)]
    let frozenFiles: [URL]
    private let configuration: BLIP2Configuration

    init(_ section: RepresentationSection, imageSize: Int, weights: InitialWeights) throws {
        let bert = ModelDirectory(section.bert)
        let vision = try VisionPart(section.vision, imageSize: imageSize)
        tokens = try WordPieceTokenizer(
            vocabularyFile: bert.url.appendingPathComponent("vocab.txt"), addingBeginning: "[DEC]")
        var text = try bert.configuration(BERTConfiguration.self, kind: ModelKind.bert)
        text.vocabularyCount = tokens.vocabularyCount
        try section.textLimit.check(positionCount: text.positionCount, of: "Q-Former")
        configuration = BLIP2Configuration(
            vision: vision.configuration,
            qformer: QFormerConfiguration(
                bert: text, imageWidth: vision.configuration.width,
                crossAttentionInterval: section.crossAttentionInterval),
            queryCount: section.queryCount, contrastWidth: section.contrastWidth)
        textLimit = section.textLimit.count
        self.weights = weights
        model = RepresentationModel(
            configuration, ids: try tokens.sentenceTokenIDs(of: section.bert), weights: weights)
        try vision.fill(model.images.encoder)
        try model.qformer.start(from: bert.weights())
        origins = [("image encoder, frozen", section.vision), ("Q-Former", section.bert), ("heads", "random")]
        frozenFiles = weightFiles(of: section.vision)
    }

    func write(_ module: any Module, hasProjection: Bool, to directory: URL) throws {
        try ModelDirectory(directory).write(
            RepresentationConfiguration(blip2: configuration, hasProjection: hasProjection),
            kind: ModelKind.representation, module.weights { !$0.hasPrefix("Pformer.") })
        try tokens.save(to: directory)
    }
}

private struct RepresentationStage: Stage {
    let module: any Module
    let losses: (PairBatch, Context) -> Losses

    func losses(on batch: PairBatch, _ context: Context) -> Losses { losses(batch, context) }

    /// All tokens of a sentence but the first are written.
    func labelCount(in batch: PairBatch) -> Int {
        batch.sentences.mask.scalars.reduce(-batch.sentences.batchCount) { $0 + Int($1) }
    }
}
