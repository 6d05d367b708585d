import BERT
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

/// Stage 0: sentences teach the P-Former which prompt vectors make the frozen language model say them.
struct PromptPretrainingRecipe: Recipe {
    private let sections: RecipeSections<Model, SentencesSection>

    private struct Model: Configurable {
        let family: PFormerConfiguration.Family
        let bert: String
        let language: String
        let queryCount: Int
        let textLimit: TextLimit
        let contrastWidth: Int

        init(from section: ConfigurationSection) throws {
            family = try section.required("arch", as: Architecture.self).languageFamily
            bert = try section.required("bert_model")
            language = try section.required("\(family.rawValue)_model")
            queryCount = try section.value("num_query_token", default: 32, in: 1...4096)
            textLimit = try TextLimit(from: section)
            contrastWidth = try section.value("embed_dim", default: 256, in: SizeLimits.width)
        }
    }

    init(from section: ConfigurationSection) throws { sections = try RecipeSections(from: section) }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let (model, data, run) = (sections.model, sections.data, sections.run)
        let bert = ModelDirectory(model.bert)
        let language = try LanguagePart(model.language, model.family)
        let tokens = Tokens(
            sentences: try WordPieceTokenizer(directory: bert.url), language: language.tokenizer,
            limit: model.textLimit.count,
            cuts: Tokens.Cuts(model.family, seed: run.seed, SplitSentence.wordCounts(inPromptPretraining:)))
        let configuration = PFormerConfiguration(
            bert: try bert.configuration(BERTConfiguration.self, kind: ModelKind.bert),
            promptCount: model.queryCount, languageWidth: language.model.width, contrastWidth: model.contrastWidth,
            family: model.family)
        try model.textLimit.check(positionCount: configuration.bert.positionCount, of: "P-Former")
        if let positionCount = language.model.positionCount {
            try model.textLimit.check(positionCount: positionCount, of: "language model", behind: model.queryCount)
        }
        let ids = try tokens.sentences.sentenceTokenIDs(of: model.bert)
        let stage = PromptStage(configuration, language.kind, ids, purpose.weights(seed: run.seed))
        try stage.pformer.start(from: bert.weights())
        let batches = try data.sources(run, purpose.shard) {
            try PromptBatches($0, tokens, batchSize: run.batchSize, seed: run.seed, $1)
        }
        return try PreparedRun(
            stage, batches, run, purpose,
            origins: [("P-Former", model.bert), ("heads", "random"), ("language model, frozen", model.language)],
            frozenFiles: weightFiles(of: model.language),
            costs: .promptPretraining(stage.pformer, language.model, textLimit: model.textLimit.count, model.queryCount)
        ) { directory in
            try ModelDirectory(directory).write(
                configuration, kind: ModelKind.promptTransformer,
                stage.module.weights { $0.hasPrefix("Pformer.") })
            try tokens.sentences.save(to: directory)
        }
    }
}

/// Stage 0 in front of either kind of language model.
private struct PromptStage: Stage {
    let module: any Module
    let pformer: PromptTransformer
    private let losses: (SentenceBatch, Context) -> Losses

    init(
        _ configuration: PFormerConfiguration, _ language: LanguagePart.Kind, _ ids: SentenceTokenIDs,
        _ weights: InitialWeights
    ) {
        switch language {
        case .opt(let language):
            let model = PromptPretraining(configuration, language: language, ids: ids, weights: weights)
            (module, pformer, losses) = (model, model.pformer, { model.losses(on: $0, $1) })
        case .t5(let language):
            let model = SplitPromptPretraining(configuration, language: language, weights: weights)
            (module, pformer, losses) = (model, model.pformer, { model.losses(on: $0, $1) })
        }
    }

    func losses(on batch: SentenceBatch, _ context: Context) -> Losses { losses(batch, context) }

    func labelCount(in batch: SentenceBatch) -> Int { batch.target.labelCount }
}

private struct PromptBatches: BatchSource {
    private var sentences: SentenceBatches
    private let tokens: Tokens

    init(_ configuration: SentencesConfiguration, _ tokens: Tokens, batchSize: Int, seed: Int, _ shard: Shard) throws {
        sentences = try SentenceBatches(configuration, batchSize: batchSize, seed: seed, shard)
        self.tokens = tokens
    }

    var batchSize: Int { sentences.batchSize }
    var batchesPerEpoch: Int { sentences.batchesPerEpoch }

    mutating func batch(_ number: Int) throws -> SentenceBatch {
        let texts = try sentences.batch(number)
        return SentenceBatch(
            sentences: tokens.sentences(texts),
            target: tokens.target(texts, prompt: "", firstSample: sentences.firstSample(ofBatch: number)))
    }
}
