import Layers
import Tensors

/// A pre-norm transformer block: attention and a feed-forward part, each added to what comes in.
public final class ViTBlock: Module {
    private let norm1: LayerNorm
    private let attention: ViTAttention
    private let norm2: LayerNorm
    private let expansion: Linear
    private let contraction: Linear

    init(_ configuration: ViTConfiguration, index: Int, _ weights: InitialWeights) {
        let width = configuration.width
        let deviation = configuration.initializerRange
        norm1 = LayerNorm(width: width, epsilon: configuration.epsilon, weights: weights)
        attention = ViTAttention(configuration, block: index, weights.child("attn"))
        norm2 = LayerNorm(width: width, epsilon: configuration.epsilon, weights: weights)
        expansion = Linear(
            inputs: width, outputs: configuration.feedForwardWidth, weights: weights.child("fc1"),
            initialization: .truncatedNormal(deviation: deviation))
        contraction = Linear(
            inputs: configuration.feedForwardWidth, outputs: width, weights: weights.child("fc2"),
            initialization: .truncatedNormal(deviation: deviation / Float(2 * (index + 1)).squareRoot()))
    }

    /// The parts in the reference's order.
    public var parts: KeyValuePairs<String, any ModulePart> {
        ["norm1": norm1, "attn": attention, "norm2": norm2, "mlp.fc1": expansion, "mlp.fc2": contraction]
    }

    /// Maps `[batch, tokens, width]` to the same shape.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        let attended = input + attention(norm1(input))
        return attended + contraction(expansion(norm2(attended), activation: .gelu))
    }
}
