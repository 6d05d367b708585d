import LanguageModels
import Layers
import QFormer
import Tensors
import VisionEncoder

/// The models of `benchmarks training`, in the sizes of Peers/training.py: width 128, 4 layers, 4 heads, 512 in the
/// feed-forward parts, batches of 32, float32, no dropout. They are the models that recipes train, with a loss on top.
enum TrainingModels {
    static let batch = 32
    static let width = 128

    private static let weights = InitialWeights.random(RandomKey(seed: 1))

    private static func noise(_ shape: Shape, _ seed: UInt64) -> Tensor {
        .normal(shape, deviation: 1, key: RandomKey(seed: seed))
    }

    private static func ids(_ shape: Shape, below end: Float, _ seed: UInt64) -> IndexTensor {
        let draws = Tensor.uniform(shape, in: 0...end, key: RandomKey(seed: seed)).scalars
        return IndexTensor(draws.map { min(Int32($0), Int32(end) - 1) }, shape: shape)
    }

    /// 64 x 64 pixels in patches of 8, cross-entropy over 10 classes from the class token.
    final class ViT: TrainingModel {
        private let encoder = VisionTransformer(.tiny, weights: weights)
        private let norm = LayerNorm(width: width, epsilon: 1e-6, weights: weights)
        private let head = Linear(inputs: width, outputs: 10, weights: weights)
        private let pixels = noise([batch, 3, 64, 64], 2)
        private let labels = ids([batch], below: 10, 3)

        var parts: KeyValuePairs<String, any ModulePart> { ["encoder": encoder, "norm": norm, "head": head] }

        func loss() -> Tensor { loss(of: pixels) }

        func loss(of pixels: Tensor) -> Tensor {
            let first = encoder(pixels).slice(axis: 1, from: 0, to: 1).reshaped(to: [batch, width])
            return head(norm(first)).crossEntropy(labels)
        }
    }

    /// 16 queries that look at 65 image vectors in every second layer; the mean of the squared result.
    final class QFormer: TrainingModel {
        private let queries: Parameter
        private let encoder: QueryEncoder
        private let image = noise([batch, 65, width], 2)

        init() {
            var sizes = QFormerConfiguration.tiny
            sizes.bert.dropoutRate = 0
            queries = weights.child("queries").normal([1, 16, width], deviation: 0.02)
            encoder = QueryEncoder(sizes, weights: weights)
        }

        var parts: KeyValuePairs<String, any ModulePart> { ["queries": queries, "encoder": encoder] }

        func loss() -> Tensor {
            let memory = encoder.memory(of: image)
            let context = Context.training(key: RandomKey(seed: 0))
            return encoder(queries.value, image: memory, batchCount: batch, context).hidden.squared().mean()
        }
    }

    /// 32 tokens of a vocabulary of 1000 that are predicted from those before them.
    final class OPT: TrainingModel {
        private let model: LanguageModels.OPT
        private let text = MaskedTokens(ids([batch, 33], below: 1000, 2))

        init() {
            var sizes = OPTConfiguration.tiny(vocabularyCount: 1000)
            sizes.dropout = 0
            model = LanguageModels.OPT(sizes, weights: weights)
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
