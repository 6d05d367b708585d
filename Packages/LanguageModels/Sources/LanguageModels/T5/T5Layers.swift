import Layers
import Tensors

// The layers that the blocks of encoder and decoder are made of. Each norms what comes in, and adds what it makes of it.

/// Tokens look at each other.
final class T5SelfAttentionLayer: Module {
    private let attention: T5Attention
    /// The first block's table of distances, which all blocks share; nil in the others.
    let positions: RelativePositions?
    private let norm: RMSNorm
    private let dropout: Dropout

    init(_ configuration: T5Configuration, positions: RelativePositions?, _ weights: InitialWeights) {
        attention = T5Attention(configuration, weights.child("SelfAttention"))
        self.positions = positions
        norm = RMSNorm(width: configuration.width, epsilon: configuration.epsilon, weights: weights)
        dropout = Dropout(rate: configuration.dropoutRate)
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> {
        ["SelfAttention": attention, "SelfAttention.relative_attention_bias": positions, "layer_norm": norm]
    }

    /// Maps `[batch, tokens, width]` to the same shape.
    func callAsFunction(_ input: Tensor, bias: Tensor?, _ context: Context) -> Tensor {
        var noCache: KeyValueCache?
        return self(input, bias: bias, cache: &noCache, layer: 0, context)
    }

    /// The same for tokens that are new; they see what the cache holds as well.
    func callAsFunction(
        _ input: Tensor, bias: Tensor?, cache: inout KeyValueCache?, layer: Int, _ context: Context
    ) -> Tensor {
        input + dropout(attention(norm(input), cache: &cache, layer: layer, bias: bias, context), context)
    }
}

/// The decoder's tokens look at the encoder's output.
final class T5CrossAttentionLayer: Module {
    private let attention: T5Attention
    private let norm: RMSNorm
    private let dropout: Dropout

    init(_ configuration: T5Configuration, _ weights: InitialWeights) {
        attention = T5Attention(configuration, weights.child("EncDecAttention"))
        norm = RMSNorm(width: configuration.width, epsilon: configuration.epsilon, weights: weights)
        dropout = Dropout(rate: configuration.dropoutRate)
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> { ["EncDecAttention": attention, "layer_norm": norm] }

    /// What the decoder's tokens see of the encoder's output, `[batch, tokens, width]`.
    func memory(of encoded: Tensor) -> (key: Tensor, value: Tensor) { attention.keysAndValues(of: encoded) }

    /// Maps `[batch, tokens, width]` to the same shape.
    func callAsFunction(
        _ input: Tensor, to memory: (key: Tensor, value: Tensor), bias: Tensor?, _ context: Context
    ) -> Tensor {
        input + dropout(attention(norm(input), to: memory, bias: bias, context), context)
    }
}

/// A gated feed-forward part. Shazeer: GLU Variants Improve Transformer, 2020.
final class T5FeedForwardLayer: Module {
    private let gate: Linear
    private let expansion: Linear
    private let contraction: Linear
    private let norm: RMSNorm
    private let activation: Activation
    private let dropout: Dropout

    init(_ configuration: T5Configuration, _ weights: InitialWeights) {
        func layer(_ name: String, _ inputs: Int, _ outputs: Int) -> Linear {
            Linear(
                inputs: inputs, outputs: outputs, bias: false, weights: weights.child(name),
                initialization: .normal(deviation: 1 / Float(inputs).squareRoot()))
        }
        gate = layer("wi_0", configuration.width, configuration.feedForwardWidth)
        expansion = layer("wi_1", configuration.width, configuration.feedForwardWidth)
        contraction = layer("wo", configuration.feedForwardWidth, configuration.width)
        norm = RMSNorm(width: configuration.width, epsilon: configuration.epsilon, weights: weights)
        activation = configuration.activation
        dropout = Dropout(rate: configuration.dropoutRate)
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> {
        [
            "DenseReluDense.wi_0": gate, "DenseReluDense.wi_1": expansion, "DenseReluDense.wo": contraction,
            "layer_norm": norm,
        ]
    }

    /// Maps `[batch, tokens, width]` to the same shape.
    func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
        let normed = norm(input)
        let gated = gate(normed, activation: activation) * expansion(normed)
        return input + dropout(contraction(dropout(gated, context)), context)
    }
}
