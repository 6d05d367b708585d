import BLIP2
import Configuration
import Foundation
import LanguageModels
import Layers
import Tensors
import TextTokenizers
import Training

/// Makes a small T5 for the small world from sentences. It stands in for Flan-T5.
///
/// It learns T5's task, to write the runs of tokens that were taken out of a text, and to go on where a text stops: later
/// stages ask it for the rest of a sentence whose beginning it reads behind image vectors.
struct EncoderDecoderBackboneRecipe: Recipe {
    private let model: Model
    private let data: SentencesSection
    private let run: RunConfiguration

    private struct Model: Configurable {
        let language: T5Configuration
        let tokenizer: String
        let textLimit: Int
        let continuationShare: Double

        init(from section: ConfigurationSection) throws {
            _ = try section.required("arch", as: Architecture.self)
            tokenizer = try section.required("tokenizer")
            textLimit = try section.value("block_length", default: 64)
            continuationShare = try section.value("continuation_share", default: 0.5)
            language = try section.part("language", as: EncoderDecoderSection.self).configuration
            if textLimit < 4 { throw section.error("block_length", "is \(textLimit), wanted at least 4") }
            if !(0...1 ~= continuationShare) {
                throw section.error("continuation_share", "is \(continuationShare), wanted 0 to 1")
            }
        }
    }

    init(from section: ConfigurationSection) throws {
        model = try section.required("model")
        data = try section.required("datasets")
        run = try section.required("run")
    }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let tokenizer = try SentencePieceTokenizer(directory: URL(fileURLWithPath: model.tokenizer))
        var configuration = model.language
        // At least one row without a token: captioners put query vectors where its id stands.
        configuration.vocabularyCount = (tokenizer.vocabularyCount + 8) / 8 * 8
        configuration.start = try tokenizer.paddingID(in: model.tokenizer)
        let stage = TextDenoising(configuration, weights: purpose.weights(seed: run.seed))
        let task = try DenoisingTask(
            tokenizer, folder: model.tokenizer, textLimit: model.textLimit, continuationShare: model.continuationShare)
        let batches = try data.sources(run, purpose.shard) {
            try DenoisingBatches($0, task, batchSize: run.batchSize, seed: run.seed, $1)
        }
        let sizes = configuration
        return try PreparedRun(
            stage, batches, run, purpose, origins: [("language model", "random")],
            costs: .languageBackbone(stage.model, model.textLimit)
        ) { directory in
            try ModelDirectory(directory).write(sizes, kind: ModelKind.t5, stage.model.weights { _ in true })
            try tokenizer.save(to: directory)
        }
    }
}

/// The section `language`: the sizes of a T5 that is made from nothing. The vocabulary is the tokenizer's.
private struct EncoderDecoderSection: Configurable {
    let configuration: T5Configuration

    init(from section: ConfigurationSection) throws {
        let standard = T5Configuration.tiny(vocabularyCount: 1)
        let layerCount = try section.value("layers", default: standard.encoderLayerCount)
        configuration = T5Configuration(
            vocabularyCount: standard.vocabularyCount,
            width: try section.value("width", default: standard.width),
            headWidth: try section.value("head_width", default: standard.headWidth),
            hiddenWidth: try section.value("hidden_width", default: standard.hiddenWidth),
            encoderLayerCount: layerCount,
            decoderLayerCount: try section.value("decoder_layers", default: layerCount),
            headCount: try section.value("heads", default: standard.headCount),
            dropout: try section.value("dropout", default: standard.dropout),
            // As LAVIS runs Flan-T5, and so as the later stages do.
            activation: .gelu)
        for (key, value) in [
            ("layers", layerCount), ("decoder_layers", configuration.decoderLayerCount),
            ("width", configuration.width), ("head_width", configuration.headWidth),
            ("hidden_width", configuration.hiddenWidth), ("heads", configuration.headCount),
        ] where value < 1 { throw section.error(key, "is \(value), wanted at least 1") }
    }
}

/// A language model that learns to write what a text lacks.
final class TextDenoising: Stage {
    let model: T5

    init(_ configuration: T5Configuration, weights: InitialWeights) { model = T5(configuration, weights: weights) }

    var module: any Module { model }

    func losses(on batch: TargetText, _ context: Context) -> Losses {
        let loss = model.loss(prefix: nil, text: batch.tokens, labels: batch.labels, context)
        return Losses(["loss_lm": context.weighted(loss)])
    }

    func labelCount(in batch: TargetText) -> Int { batch.labelCount }
}
