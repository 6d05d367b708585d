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
    private let sections: RecipeSections<PlainCaptioningSection, PairsSection>

    init(from section: ConfigurationSection) throws { sections = try RecipeSections(from: section) }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let (model, data, run) = (sections.model.base, sections.data, sections.run)
        let parts = try CaptioningParts(
            model, imageSize: data.imageSize, run: run, weights: purpose.weights(seed: run.seed))
        try model.textLimit.check(parts.model)
        let batches = try data.sources(run, purpose.shard) { CaptioningBatches($0, parts.tokens, prompt: model.prompt) }
        return try PreparedRun(
            CaptioningStage(module: parts.model) { parts.model.losses(on: $0.captions, model.context($1)) }, batches,
            run, purpose, origins: parts.origins, frozenFiles: parts.frozenFiles,
            costs: .captioning(parts.model, model, asksLanguage: true),
            captionJudge: try parts.judge(data.validation, run.validation), finish: parts.write)
    }
}

/// Stage 2 and caption fine-tuning with a P-Former: the same, and the prompt is pulled towards the P-Former's.
struct AlignedCaptioningRecipe: Recipe {
    private let sections: RecipeSections<AlignedCaptioningSection, PairsSection>

    init(from section: ConfigurationSection) throws { sections = try RecipeSections(from: section) }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let section = sections.model
        return try sections.prepare(purpose, asksLanguage: true) { model, teacher in
            let aligned = AlignedVisionLanguageModel(model, teacher: teacher, weight: section.lossWeight)
            return CaptioningStage(module: aligned) { aligned.losses(on: $0, section.base.context($1)) }
        }
    }
}

/// Stage 2 by alignment alone, an ablation: the language model is not asked.
struct PromptAlignmentRecipe: Recipe {
    private let sections: RecipeSections<AlignedCaptioningSection, PairsSection>

    init(from section: ConfigurationSection) throws { sections = try RecipeSections(from: section) }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let section = sections.model
        return try sections.prepare(purpose, asksLanguage: false) { model, teacher in
            let aligned = PromptAlignment(model, teacher: teacher)
            return CaptioningStage(module: aligned) {
                aligned.losses(pixels: $0.captions.pixels, sentences: $0.sentences, section.base.context($1))
            }
        }
    }
}

extension RecipeSections<AlignedCaptioningSection, PairsSection> {
    /// The run of a stage that a P-Former teaches.
    ///
    /// - Parameters:
    ///   - asksLanguage: whether the language model takes part in a step
    ///   - stage: made of the model and the P-Former
    fileprivate func prepare(
        _ purpose: RunPurpose, asksLanguage: Bool,
        _ stage: (VisionLanguageModel, PromptTransformer) -> CaptioningStage
    ) throws -> PreparedRun {
        let parts = try CaptioningParts(
            model.base, imageSize: data.imageSize, run: run, weights: purpose.weights(seed: run.seed))
        let teacher = try PromptTransformer.open(
            model.teacher, bert: model.base.bert, model.base.family,
            promptCount: parts.model.images.queries.shape[1], languageWidth: parts.model.language.width)
        try model.base.textLimit.check(positionCount: teacher.positionCount, of: "P-Former")
        if asksLanguage { try model.base.textLimit.check(parts.model) }
        let batches = try data.sources(run, purpose.shard) {
            CaptioningBatches($0, parts.tokens, prompt: model.base.prompt)
        }
        return try PreparedRun(
            stage(parts.model, teacher), batches, run, purpose,
            origins: parts.origins + [("P-Former, frozen", model.teacher)],
            frozenFiles: parts.frozenFiles + weightFiles(of: model.teacher),
            costs: .captioning(parts.model, model.base, asksLanguage: asksLanguage) + .teacher(teacher),
            captionJudge: try parts.judge(data.validation, run.validation), finish: parts.write)
    }
}

extension TextLimit {
    /// Throws `ConfigurationError` if the language model has no positions for the queries' vectors and a text behind them.
    fileprivate func check(_ model: VisionLanguageModel) throws {
        guard let positionCount = model.language.positionCount else { return }
        try check(
            positionCount: positionCount, of: "language model", behind: model.images.queries.shape[1])
    }
}

private struct CaptioningStage: Stage {
    let module: any Module
    let losses: (AlignedCaptionBatch, Context) -> Losses

    func losses(on batch: AlignedCaptionBatch, _ context: Context) -> Losses { losses(batch, context) }

    func labelCount(in batch: AlignedCaptionBatch) -> Int { batch.captions.target.labelCount }
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
                pixels: batch.pixels,
                target: tokens.target(batch.captions, prompt: prompt, firstSample: pairs.firstSample(ofBatch: number))),
            sentences: tokens.sentences(batch.captions.map { $0 + "\n" }))
    }
}
