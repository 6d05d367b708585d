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
/// It learns to go on where a text stops: later stages ask it for the rest of a sentence whose beginning it reads behind
/// image vectors. What it reads in front of the beginning are other sentences about the same matter, so that it has
/// reason to look at what stands there. Some sentences are questions; their answers are asked for as in Flan-T5. The rest
/// is T5's own task, to write the runs of tokens that were taken out of a text.
///
/// Raffel et al.: Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer, 2020, sections 3.1.4
/// and 3.2.3 (prefix language model); Chung et al.: Scaling Instruction-Finetuned Language Models, 2022.
struct EncoderDecoderBackboneRecipe: Recipe {
    private let sections: RecipeSections<Model, SentencesSection>

    private struct Model: Configurable {
        let base: LanguageBackboneModelSection<EncoderDecoderSection>
        let tasks: DenoisingTask.Options

        init(from section: ConfigurationSection) throws {
            base = try LanguageBackboneModelSection(from: section, leastLength: 4)
            tasks = try DenoisingTask.Options(from: section)
        }
    }

    init(from section: ConfigurationSection) throws { sections = try RecipeSections(from: section) }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let (model, run) = (sections.model.base, sections.run)
        let tokenizer = try SentencePieceTokenizer(directory: URL(fileURLWithPath: model.tokenizer))
        var configuration = model.sizes.configuration
        configuration.vocabularyCount = tokenizer.tableRowCount
        configuration.start = try tokenizer.paddingID(in: model.tokenizer)
        let stage = TextDenoising(configuration, weights: purpose.weights(seed: run.seed))
        let task = try DenoisingTask(
            tokenizer, folder: model.tokenizer, textLimit: model.blockLength, options: sections.model.tasks)
        let batches = try sections.data.sources(run, purpose.shard) {
            try DenoisingBatches($0, task, batchSize: run.batchSize, seed: run.seed, $1)
        }
        let sizes = configuration
        return try PreparedRun(
            stage, batches, run, purpose, origins: [("language model", "random")],
            costs: .languageBackbone(stage.model, model.blockLength)
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
        let layerCount = try section.value("layers", default: standard.encoderLayerCount, in: SizeLimits.layers)
        configuration = T5Configuration(
            vocabularyCount: standard.vocabularyCount,
            width: try section.value("width", default: standard.width, in: SizeLimits.width),
            headWidth: try section.value("head_width", default: standard.headWidth, in: SizeLimits.width),
            feedForwardWidth: try section.value(
                "hidden_width", default: standard.feedForwardWidth, in: SizeLimits.feedForwardWidth),
            encoderLayerCount: layerCount,
            decoderLayerCount: try section.value("decoder_layers", default: layerCount, in: SizeLimits.layers),
            headCount: try section.value("heads", default: standard.headCount, in: SizeLimits.heads),
            dropoutRate: try section.rate("dropout", default: standard.dropoutRate),
            // As LAVIS runs Flan-T5, and so as the later stages do.
            activation: .gelu)
    }
}

/// A language model that learns to write what a text lacks.
final class TextDenoising: Stage {
    let model: T5

    init(_ configuration: T5Configuration, weights: InitialWeights) { model = T5(configuration, weights: weights) }

    var module: any Module { model }

    /// The mean over all labels, as the sum of what each task adds to it.
    func losses(on batch: DenoisingBatch, _ context: Context) -> Losses {
        let count = Float(batch.labelCount)
        return Losses(
            batch.texts.map { name, text in
                guard let text else { return (name, Tensor(repeating: 0, shape: [])) }
                let loss = model.loss(prefix: nil, text: text.tokens, labels: text.labels, context)
                return (name, context.weighted(loss) * (Float(text.labelCount) / count))
            })
    }

    func labelCount(in batch: DenoisingBatch) -> Int { batch.labelCount }
}
