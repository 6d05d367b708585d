import BERT
import LanguageModels
import Layers
import QFormer
import Tensors
import VisionEncoder

/// The models of `benchmarks training`, which are those of Peers/training.py: float32, no dropout. They are the models that
/// recipes train, with a loss on top.
enum TrainingModels {
    private static let weights = InitialWeights.random(RandomKey(seed: 1))

    private static func noise(_ shape: Shape, _ seed: UInt64) -> Tensor {
        .normal(shape, deviation: 1, key: RandomKey(seed: seed))
    }

    private static func ids(_ shape: Shape, below end: Int, _ seed: UInt64) -> IndexTensor {
        let draws = Tensor.uniform(shape, in: 0...Float(end), key: RandomKey(seed: seed)).scalars
        return IndexTensor(draws.map { min(Int32($0), Int32(end) - 1) }, shape: shape)
    }

    /// Square pictures in patches, cross-entropy over 10 classes from the class token.
    final class ViT: TrainingModel {
        private let encoder: VisionTransformer
        private let norm: LayerNorm
        private let head: Linear
        private let pixels: Tensor
        private let labels: IndexTensor

        init(_ sizes: TrainingSizes.ViT = TrainingSizes.small.vit) {
            encoder = VisionTransformer(
                ViTConfiguration(
                    imageSize: sizes.image, patchSize: sizes.patch, width: sizes.width, layerCount: sizes.layers,
                    headCount: sizes.heads, feedForwardWidth: 4 * sizes.width), weights: weights)
            norm = LayerNorm(width: sizes.width, epsilon: 1e-6, weights: weights)
            head = Linear(inputs: sizes.width, outputs: 10, weights: weights)
            pixels = noise([sizes.batch, 3, sizes.image, sizes.image], 2)
            labels = ids([sizes.batch], below: 10, 3)
        }

        var parts: KeyValuePairs<String, any ModulePart> { ["encoder": encoder, "norm": norm, "head": head] }

        func loss() -> Tensor { loss(of: pixels) }

        func loss(of pixels: Tensor) -> Tensor {
            let first = encoder(pixels).slice(axis: 1, from: 0, to: 1)
            return head(norm(first.reshaped(to: [first.shape[0], first.shape[2]]))).crossEntropy(labels)
        }
    }

    /// Queries that look at image vectors in every second layer; the mean of the squared result.
    final class QFormer: TrainingModel {
        private let queries: Parameter
        private let encoder: QueryEncoder
        private let image: Tensor

        init(_ sizes: TrainingSizes.QFormer) {
            let bert = BERTConfiguration(
                vocabularyCount: 1000, width: sizes.width, layerCount: sizes.layers, headCount: sizes.heads,
                feedForwardWidth: 4 * sizes.width, dropoutRate: 0)
            queries = weights.child("queries").normal([1, sizes.queries, sizes.width], deviation: 0.02)
            encoder = QueryEncoder(QFormerConfiguration(bert: bert, imageWidth: sizes.imageWidth), weights: weights)
            image = noise([sizes.batch, sizes.vectors, sizes.imageWidth], 2)
        }

        var parts: KeyValuePairs<String, any ModulePart> { ["queries": queries, "encoder": encoder] }

        func loss() -> Tensor {
            let memory = encoder.memory(of: image)
            let context = Context.training(key: RandomKey(seed: 0))
            return encoder(queries.value, image: memory, batchCount: image.shape[0], context).hidden.squared().mean()
        }
    }

    /// Tokens that are predicted from those before them.
    final class OPT: TrainingModel {
        private let model: LanguageModels.OPT
        private let text: MaskedTokens

        init(_ sizes: TrainingSizes.OPT) {
            model = LanguageModels.OPT(
                OPTConfiguration(
                    vocabularyCount: sizes.vocabulary, width: sizes.width, layerCount: sizes.layers,
                    headCount: sizes.heads, feedForwardWidth: 4 * sizes.width, positionCount: 128, dropoutRate: 0),
                weights: weights)
            text = MaskedTokens(ids([sizes.batch, sizes.tokens + 1], below: sizes.vocabulary, 2))
        }

        var parts: KeyValuePairs<String, any ModulePart> { ["model": model] }

        func loss() -> Tensor {
            model.loss(prefix: nil, text: text, labels: text.ids, .training(key: RandomKey(seed: 0)))
        }
    }
}

/// A model with the batch it is trained on.
protocol TrainingModel: Module {
    func loss() -> Tensor
}
