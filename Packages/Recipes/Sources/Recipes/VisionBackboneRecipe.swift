import BERT
import BLIP2
import Checkpoints
import Configuration
import Datasets
import Foundation
import Layers
import Tensors
import TextTokenizers
import Training
import VisionEncoder

/// Makes a small image encoder for the small world, and a small BERT with it: pictures and captions are brought
/// together by contrast, and the encoder names the words of the caption. Radford et al.: Learning Transferable Visual
/// Models From Natural Language Supervision, 2021; Joulin et al.: Learning Visual Features from Large Weakly Supervised
/// Data, 2016. Contrast alone is content with colours and places, which tell most pictures of a batch apart, and takes
/// many times longer to see forms.
///
/// It stands in for EVA's ViT-g/14 and for bert-base-uncased, which the published recipes start from.
struct VisionBackboneRecipe: Recipe {
    private let sections: RecipeSections<Model, PairsSection>

    private struct Model: Configurable {
        let vision: ViTConfiguration
        let text: BERTConfiguration
        let contrastWidth: Int
        let tokenizer: String
        let textLimit: TextLimit

        init(from section: ConfigurationSection) throws {
            _ = try section.required("arch", as: Architecture.self)
            tokenizer = try section.required("tokenizer")
            textLimit = try TextLimit(from: section)
            contrastWidth = try section.value("embed_dim", default: 64, in: SizeLimits.width)
            vision = try section.part("vision", as: VisionSection.self).configuration
            text = try section.part("text", as: TextSection.self).configuration
            try textLimit.check(positionCount: text.positionCount, of: "text encoder")
        }
    }

    init(from section: ConfigurationSection) throws { sections = try RecipeSections(from: section) }

    func prepare(_ purpose: RunPurpose) throws -> PreparedRun {
        let (model, data, run) = (sections.model, sections.data, sections.run)
        let size = model.vision.imageSize
        if size != data.imageSize { throw data.imageSizeError("is \(data.imageSize), model.vision.image_size \(size)") }
        let tokenizer = try WordPieceTokenizer(directory: URL(fileURLWithPath: model.tokenizer))
        var textConfiguration = model.text
        textConfiguration.vocabularyCount = tokenizer.vocabularyCount
        let stage = VisionContrast(
            model.vision, textConfiguration, contrastWidth: model.contrastWidth, tokenizer: tokenizer,
            textLimit: model.textLimit.count, weights: purpose.weights(seed: run.seed))
        let batches = try data.sources(run, purpose.shard) { $0 }
        return try PreparedRun(
            stage, batches, run, purpose, origins: [("vision and text", "random")],
            costs: .visionBackbone(stage, model.vision, textLimit: model.textLimit.count)
        ) { directory in
            try ModelDirectory(directory.appendingPathComponent("vision"))
                .write(model.vision, kind: ModelKind.vision, stage.weights { $0.hasPrefix("visual_encoder.") })
            let bert = directory.appendingPathComponent("bert")
            try ModelDirectory(bert).write(textConfiguration, kind: ModelKind.bert, stage.text.weights { _ in true })
            try tokenizer.save(to: bert)
        }
    }
}

/// An image encoder and a text encoder whose outputs for a picture and its caption are made alike.
final class VisionContrast: Module, Stage {
    let encoder: VisionTransformer
    let text: BERTEncoder
    private let visionProjection: Linear
    private let textProjection: Linear
    private let wordHead: Linear
    private let temperature: Parameter
    private let tokenizer: WordPieceTokenizer
    private let textLimit: Int

    init(
        _ vision: ViTConfiguration, _ bert: BERTConfiguration, contrastWidth: Int, tokenizer: WordPieceTokenizer,
        textLimit: Int, weights: InitialWeights
    ) {
        encoder = VisionTransformer(vision, weights: weights.child("visual_encoder"))
        text = BERTEncoder(bert, weights: weights.child("text_encoder"))
        visionProjection = Linear(inputs: vision.width, outputs: contrastWidth, weights: weights.child("vision_proj"))
        textProjection = Linear(inputs: bert.width, outputs: contrastWidth, weights: weights.child("text_proj"))
        wordHead = Linear(inputs: vision.width, outputs: bert.vocabularyCount, weights: weights.child("word_head"))
        temperature = weights.constant(0.07, [])
        self.tokenizer = tokenizer
        self.textLimit = textLimit
    }

    var parts: KeyValuePairs<String, any ModulePart> {
        [
            "visual_encoder": encoder, "text_encoder": text, "vision_proj": visionProjection,
            "text_proj": textProjection, "word_head": wordHead, "temp": temperature,
        ]
    }

    var module: any Module { self }

    func losses(on batch: CaptionedPictureBatch, _ context: Context) -> Losses {
        let seen = encoder(batch.pixels, context).mean(axis: 1)
        let tokens = tokens(of: batch)
        return Losses(["loss_itc": contrast(seen, tokens, context), "loss_words": wordLoss(seen, tokens, context)])
    }

    func labelCount(in batch: CaptionedPictureBatch) -> Int {
        tokens(of: batch).mask.scalars.reduce(0) { $0 + Int($1) }
    }

    private func tokens(of batch: CaptionedPictureBatch) -> MaskedTokens {
        MaskedTokens(tokenizer.batch(batch.captions, layout: BatchLayout(length: .longest, limit: textLimit)))
    }

    private func contrast(_ seen: Tensor, _ tokens: MaskedTokens, _ context: Context) -> Tensor {
        let images = visionProjection(seen).l2Normalized()
        let first = text(tokens, context).slice(axis: 1, from: 0, to: 1)
        let captions = textProjection(first.reshaped(to: [first.shape[0], first.shape[2]])).l2Normalized()
        let toCaptions = images.matrixProduct(context.gathered(captions), transposingOther: true) / temperature.value
        // Alone, the same table tells how images and captions go together both ways.
        let toImages =
            context.peers == nil
            ? toCaptions.transposed([1, 0])
            : captions.matrixProduct(context.gathered(images), transposingOther: true) / temperature.value
        let start = context.firstRow(ofRows: tokens.batchCount)
        let own = IndexTensor((start..<start + tokens.batchCount).map { Int32($0) }, shape: [tokens.batchCount])
        return (toCaptions.crossEntropy(own) + toImages.crossEntropy(own)) * 0.5
    }

    /// The cross-entropy of each token of the caption, in no order, after what is seen, `[batch, width]`.
    private func wordLoss(_ seen: Tensor, _ tokens: MaskedTokens, _ context: Context) -> Tensor {
        let row = (0..<Int32(tokens.batchCount)).flatMap { Array(repeating: $0, count: tokens.tokenCount) }
        let labels = tokens.labels()
        let loss = wordHead(seen).gathering(IndexTensor(row, shape: tokens.ids.shape)).crossEntropy(labels)
        return context.weighted(loss)
    }
}
