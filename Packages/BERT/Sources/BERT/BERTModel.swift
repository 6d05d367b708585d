import Layers
import Tensors

/// BERT as it is published: the encoder, and a map of its first token's state that next-sentence prediction trained.
/// Devlin et al.: BERT, 2018.
public final class BERTModel: Module {
    /// The encoder.
    public let encoder: BERTEncoder
    private let pooler: Linear

    /// A model of these sizes.
    public init(_ configuration: BERTConfiguration, weights: InitialWeights) {
        encoder = BERTEncoder(configuration, weights: weights.child("encoder"))
        pooler = Linear(
            inputs: configuration.width, outputs: configuration.width, weights: weights.child("pooler"),
            initialization: .normal(deviation: configuration.initializerRange))
    }

    /// The names of transformers' `BertModel`.
    public var parts: KeyValuePairs<String, any ModulePart> { ["": encoder, "pooler.dense": pooler] }

    /// The last hidden states of a text, `[batch, tokens, width]`, and one vector for the whole, `[batch, width]`.
    public func callAsFunction(
        _ text: MaskedTokens, types: IndexTensor? = nil, _ context: Context = .evaluation()
    ) -> (hidden: Tensor, pooled: Tensor) {
        let hidden = encoder(text, types: types, context)
        let first = hidden.slice(axis: 1, from: 0, to: 1).reshaped(to: [hidden.shape[0], hidden.shape[2]])
        return (hidden, pooler(first, activation: .tanh))
    }
}
