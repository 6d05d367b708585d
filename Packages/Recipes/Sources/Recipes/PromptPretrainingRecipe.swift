import BERT
import BLIP2
import Configuration
import Foundation
import LanguageModels
import Layers
import PFormer
import Tensors
import TextTokenizers
import Training

/// Stage 0: sentences teach the P-Former which prompt vectors make the frozen language model say them.
struct PromptPretrainingRecipe: Recipe {
    private let model: Model
    private let data: SentencesSection
    private let run: RunConfiguration

    private struct Model: Configurable {
        let bert: String
        let language: String
        let queryCount: Int
        let textLimit: Int
        let contrastWidth: Int

        init(from section: ConfigurationSection) throws {
            _ = try section.required("arch", as: Architecture.self)
            bert = try section.required("bert_model")
            language = try section.required("opt_model")
            queryCount = try section.value("num_query_token", default: 32)
            textLimit = try section.value("max_txt_len", default: 32)
            contrastWidth = try section.value("embed_dim", default: 256)
        }
    }

    init(from section: ConfigurationSection) throws {
        model = try section.required("model")
        data = try section.required("datasets")
        run = try section.required("run")
    }

    func prepare(in folder: URL) throws -> PreparedRun {
        let bert = ModelDirectory(model.bert)
        let languageDirectory = ModelDirectory(model.language)
        let language = try OPT.open(languageDirectory).model
        let tokens = Tokens(
            sentences: try WordPieceTokenizer(directory: bert.url),
            language: try BytePairTokenizer(directory: languageDirectory.url), limit: model.textLimit)
        let configuration = PFormerConfiguration(
            bert: try bert.configuration(BERTConfiguration.self, kind: ModelKind.bert),
            promptCount: model.queryCount, languageWidth: language.width, contrastWidth: model.contrastWidth)
        let pretraining = PromptPretraining(
            configuration, language: language, ids: try tokens.sentences.sentenceTokenIDs(of: model.bert),
            weights: .random(RandomKey(seed: UInt64(run.seed)).child("weights")))
        try pretraining.pformer.start(from: bert.weights())
        let batches = try data.sources(run) {
            try PromptBatches($0, tokens, batchSize: run.batchSize, seed: run.seed)
        }
        return try PreparedRun(
            PromptStage(model: pretraining), batches, run, in: folder,
            origins: [("P-Former", model.bert), ("heads", "random"), ("language model, frozen", model.language)],
            frozenFiles: [languageDirectory.weightsFile]
        ) { directory in
            try ModelDirectory(directory).write(
                configuration, kind: ModelKind.promptTransformer, pretraining.weights { $0.hasPrefix("Pformer.") })
            try tokens.sentences.save(to: directory)
        }
    }
}

private struct PromptStage: Stage {
    let model: PromptPretraining

    var module: any Module { model }

    func losses(on batch: SentenceBatch, _ context: Context) -> Losses { model.losses(on: batch, context) }
}

private struct PromptBatches: BatchSource {
    private var sentences: SentenceBatches
    private let tokens: Tokens

    init(_ configuration: SentencesConfiguration, _ tokens: Tokens, batchSize: Int, seed: Int) throws {
        sentences = try SentenceBatches(configuration, batchSize: batchSize, seed: seed)
        self.tokens = tokens
    }

    var batchSize: Int { sentences.batchSize }
    var batchesPerEpoch: Int { sentences.batchesPerEpoch }

    mutating func batch(_ number: Int) throws -> SentenceBatch {
        let texts = try sentences.batch(number)
        return SentenceBatch(sentences: tokens.sentences(texts), target: tokens.target(texts, prompt: ""))
    }
}
