import Layers
import Tensors

/// The feed-forward network of BERT: out, exact GELU, back, dropout, and the norm of the sum with the input. Its parts
/// are open because layers name them differently.
public final class BERTFeedForward: Sendable {
    /// `[feedForwardWidth, width]`
    public let expansion: Linear
    /// `[width, feedForwardWidth]`
    public let contraction: Linear
    /// Of the sum.
    public let norm: LayerNorm
    private let dropout: Dropout

    /// A network of these sizes.
    public init(_ configuration: BERTConfiguration, weights: InitialWeights) {
        let initialization = Linear.Initialization.normal(deviation: configuration.initializerRange)
        expansion = Linear(
            inputs: configuration.width, outputs: configuration.feedForwardWidth, weights: weights.child("inner"),
            initialization: initialization)
        contraction = Linear(
            inputs: configuration.feedForwardWidth, outputs: configuration.width, weights: weights.child("outer"),
            initialization: initialization)
        norm = LayerNorm(width: configuration.width, epsilon: configuration.epsilon, weights: weights)
        dropout = Dropout(rate: configuration.dropoutRate)
    }

    /// Maps `[batch, tokens, width]` to the same shape.
    public func callAsFunction(_ hidden: Tensor, _ context: Context) -> Tensor {
        norm(dropout(contraction(expansion(hidden, activation: .gelu)), context) + hidden)
    }
}
