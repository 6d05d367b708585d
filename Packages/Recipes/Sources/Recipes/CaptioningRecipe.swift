import BLIP2
import Configuration
import Datasets
import Foundation
import LanguageModels
import Layers
import PFormer
import Tensors
import TextTokenizers
import Training

/// Stage 2 and caption fine-tuning without a P-Former: the frozen language model reads what the queries saw and writes
/// the caption.
struct CaptioningRecipe: Recipe {
    private let model: CaptioningSection
    private let data: PairsSection
    private let run: RunConfiguration

    init(from section: ConfigurationSection) throws {
        model = try section.required("model", as: PlainCaptioningSection.self).base
        data = try section.required("datasets")
        run = try section.required("run")
    }

    func prepare(in folder: URL) throws -> PreparedRun {
        let parts = try CaptioningParts(model, seed: run.seed)
        let batches = try data.sources(run) { CaptioningBatches($0, parts.tokens, prompt: model.prompt) }
        return try PreparedRun(
            CaptioningStage(module: parts.model) { parts.model.losses(on: $0.captions, $1) }, batches, run, in: folder,
            origins: parts.origins, frozenFiles: parts.frozenFiles,
            captionJudge: try parts.judge(data.validation, run.validation), finish: parts.write)
    }
}

/// Stage 2 and caption fine-tuning with a P-Former: the same, and the prompt is pulled towards the P-Former's.
struct AlignedCaptioningRecipe: Recipe {
    private let model: AlignedCaptioningSection
    private let data: PairsSection
    private let run: RunConfiguration

    init(from section: ConfigurationSection) throws {
        model = try section.required("model")
        data = try section.required("datasets")
        run = try section.required("run")
    }

    func prepare(in folder: URL) throws -> PreparedRun {
        let parts = try CaptioningParts(model.base, seed: run.seed)
        let aligned = AlignedVisionLanguageModel(
            parts.model, teacher: try PromptTransformer.open(model.teacher), weight: model.lossWeight)
        let batches = try data.sources(run) { CaptioningBatches($0, parts.tokens, prompt: model.base.prompt) }
        return try PreparedRun(
            CaptioningStage(module: aligned) { aligned.losses(on: $0, $1) }, batches, run, in: folder,
            origins: parts.origins + [("P-Former, frozen", model.teacher)],
            frozenFiles: parts.frozenFiles + [ModelDirectory(model.teacher).weightsFile],
            captionJudge: try parts.judge(data.validation, run.validation), finish: parts.write)
    }
}

/// What both forms of stage 2 ask for under `model`.
struct CaptioningSection {
    let pretrained: String
    let bert: String
    let language: String
    let freezesVision: Bool
    let prompt: String
    let textLimit: Int

    init(from section: ConfigurationSection) throws {
        _ = try section.required("arch", as: Architecture.self)
        pretrained = try section.required("pretrained")
        bert = try section.required("bert_model")
        language = try section.required("opt_model")
        freezesVision = try section.value("freeze_vit", default: true)
        prompt = try section.value("prompt", default: "")
        textLimit = try section.value("max_txt_len", default: 32)
    }
}

private struct PlainCaptioningSection: Configurable {
    let base: CaptioningSection

    init(from section: ConfigurationSection) throws { base = try CaptioningSection(from: section) }
}

private struct AlignedCaptioningSection: Configurable {
    let base: CaptioningSection
    let teacher: String
    let lossWeight: Float

    init(from section: ConfigurationSection) throws {
        base = try CaptioningSection(from: section)
        teacher = try section.required("pretrained_stage0")
        lossWeight = try section.value("loss_weight", default: 1)
    }
}

private struct CaptioningStage: Stage {
    let module: any Module
    let losses: (AlignedCaptionBatch, Context) -> Losses

    func losses(on batch: AlignedCaptionBatch, _ context: Context) -> Losses { losses(batch, context) }
}

/// Pictures with captions in both kinds of tokens.
private struct CaptioningBatches: BatchSource {
    private var pairs: PairBatches
    private let tokens: Tokens
    private let prompt: String

    init(_ pairs: PairBatches, _ tokens: Tokens, prompt: String) {
        self.pairs = pairs
        self.tokens = tokens
        self.prompt = prompt
    }

    var batchSize: Int { pairs.batchSize }
    var batchesPerEpoch: Int { pairs.batchesPerEpoch }

    mutating func takeActivity() -> SourceActivity { pairs.takeActivity() }

    mutating func batch(_ number: Int) throws -> AlignedCaptionBatch {
        let batch = try pairs.batch(number)
        return AlignedCaptionBatch(
            captions: CaptionBatch(
                pixels: batch.pixels, target: tokens.target(batch.captions, prompt: prompt)),
            sentences: tokens.sentences(batch.captions.map { $0 + "\n" }))
    }
}
