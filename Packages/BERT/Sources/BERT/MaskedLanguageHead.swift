import Layers
import Tensors

/// BERT's prediction of tokens from hidden states: a map with GELU and a norm, then the product with the table of
/// token vectors, which is tied to the embeddings, plus a bias.
public final class MaskedLanguageHead: Module {
    private let bias: Parameter
    private let transform: Linear
    private let norm: LayerNorm

    /// A head of these sizes.
    public init(_ configuration: BERTConfiguration, weights: InitialWeights) {
        bias = weights.constant(0, [configuration.vocabularyCount])
        transform = Linear(
            inputs: configuration.width, outputs: configuration.width, weights: weights.child("transform"),
            initialization: .normal(deviation: configuration.initializerRange))
        norm = LayerNorm(width: configuration.width, epsilon: configuration.epsilon, weights: weights)
    }

    /// The names of transformers' `BertLMPredictionHead`, but for the tied matrix.
    public var parts: KeyValuePairs<String, any ModulePart> {
        ["bias": bias, "transform.dense": transform, "transform.LayerNorm": norm]
    }

    /// Logits of all tokens: `[..., width]` to `[..., vocabulary]`.
    ///
    /// - Parameters:
    ///   - hidden: `[..., width]`
    ///   - words: the table of token vectors, `[vocabulary, width]`
    public func callAsFunction(_ hidden: Tensor, words: Parameter) -> Tensor {
        linear(norm(transform(hidden, activation: .gelu)), words, bias: bias)
    }
}
