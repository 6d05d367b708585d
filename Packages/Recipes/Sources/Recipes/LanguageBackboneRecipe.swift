import BLIP2
import Configuration
import Datasets
import Foundation
import LanguageModels
import Layers
import Tensors
import TextTokenizers
import Training

/// Makes a small OPT for the small world from sentences. It stands in for the published OPT models.
///
/// Documents of consecutive sentences are packed one after the other into blocks of equal length, as OPT was trained: so
/// every position that image vectors will later push text to has been trained, and what stands in front of a sentence
/// has been worth reading.
struct LanguageBackboneRecipe: Recipe {
    private let sections: RecipeSections<Model, SentencesSection>

    private struct Model: Configurable {
        let base: LanguageBackboneModelSection<LanguageSection>

        init(from section: ConfigurationSection) throws {
            base = try LanguageBackboneModelSection(from: section, leastLength: 2)
            let positionCount = base.sizes.configuration.positionCount
            if base.blockLength > positionCount {
                throw section.error("block_length", "is \(base.blockLength), wanted at most \(positionCount)")
            }
        }
    }

    init(from section: ConfigurationSection) throws { sections = try RecipeSections(from: section) }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let (model, run) = (sections.model.base, sections.run)
        let tokenizer = try BytePairTokenizer(directory: URL(fileURLWithPath: model.tokenizer))
        var configuration = model.sizes.configuration
        configuration.vocabularyCount = tokenizer.tableRowCount
        let description = OPTDescription(configuration, try tokenizer.languageTokens(of: model.tokenizer))
        let stage = SentenceModeling(configuration, weights: purpose.weights(seed: run.seed))
        let batches = try sections.data.sources(run, purpose.shard) {
            try PackedBatches(
                $0, tokenizer, blockLength: model.blockLength, batchSize: run.batchSize, seed: run.seed, $1)
        }
        return try PreparedRun(
            stage, batches, run, purpose, origins: [("language model", "random")],
            costs: .languageBackbone(
                stage.model, vocabularyCount: configuration.vocabularyCount, model.blockLength)
        ) { directory in
            try ModelDirectory(directory).write(
                description, kind: ModelKind.opt, stage.model.weights { _ in true })
            try tokenizer.save(to: directory)
        }
    }
}

/// A language model that learns to write blocks of text.
final class SentenceModeling: Stage {
    let model: OPT

    init(_ configuration: OPTConfiguration, weights: InitialWeights) {
        model = OPT(configuration, weights: weights)
    }

    var module: any Module { model }

    func losses(on batch: IndexTensor, _ context: Context) -> Losses {
        let text = MaskedTokens(batch)
        return Losses([("loss_lm", model.loss(prefix: nil, text: text, labels: text.labels(), context))])
    }
}

/// Blocks of sentences, each begun and ended as in the later stages, one after the other without padding. Documents come
/// in random order, their sentences in the file's.
struct PackedBatches: BatchSource {
    private let blocks: [[Int32]]
    private var order: BatchOrder

    init(
        _ configuration: SentencesConfiguration, _ tokenizer: BytePairTokenizer, blockLength: Int, batchSize: Int,
        seed: Int, _ shard: Shard
    ) throws {
        let sentences = try Sentences(contentsOf: URL(fileURLWithPath: configuration.file))
        let length = configuration.sentencesPerDocument
        let documents = SampleOrder(
            sampleCount: (sentences.count + length - 1) / length,
            key: RandomKey(seed: UInt64(seed)).child("documents"))
        var stream: [Int32] = []
        for document in documents.epoch(0) {
            for number in document * length..<min((document + 1) * length, sentences.count) {
                let text = try sentences.sentence(number)
                stream += tokenizer.encode((configuration.text?(text) ?? text) + "\n")
            }
        }
        blocks = stride(from: 0, through: stream.count - blockLength, by: blockLength).map {
            Array(stream[$0..<$0 + blockLength])
        }
        try requireSamples(
            blocks.count, "blocks of \(blockLength) tokens", batchSize * shard.count, configuration.file)
        order = BatchOrder(
            SampleOrder(sampleCount: blocks.count, key: RandomKey(seed: UInt64(seed)).child("blocks")),
            batchSize: batchSize, shard: shard)
    }

    var batchSize: Int { order.batchSize }
    var batchesPerEpoch: Int { order.batchesPerEpoch }

    mutating func batch(_ number: Int) -> IndexTensor {
        IndexTensor(rows: order.samples(ofBatch: number).map { blocks[$0] })
    }
}
