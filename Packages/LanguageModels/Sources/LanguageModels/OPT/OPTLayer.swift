import Layers
import Tensors

/// A pre-norm decoder layer: attention and a feed-forward part, each added to what comes in.
public final class OPTLayer: Module {
    private let attention: OPTAttention
    private let attentionNorm: LayerNorm
    private let expansion: Linear
    private let contraction: Linear
    private let feedForwardNorm: LayerNorm
    private let dropout: Dropout

    static let epsilon: Float = 1e-5

    init(_ configuration: OPTConfiguration, _ weights: InitialWeights) {
        let width = configuration.width
        let initialization = Linear.Initialization.normal(deviation: configuration.initializerRange)
        attention = OPTAttention(configuration, weights.child("self_attn"))
        attentionNorm = LayerNorm(width: width, epsilon: Self.epsilon, weights: weights)
        expansion = Linear(
            inputs: width, outputs: configuration.hiddenWidth, weights: weights.child("fc1"),
            initialization: initialization)
        contraction = Linear(
            inputs: configuration.hiddenWidth, outputs: width, weights: weights.child("fc2"),
            initialization: initialization)
        feedForwardNorm = LayerNorm(width: width, epsilon: Self.epsilon, weights: weights)
        dropout = Dropout(rate: configuration.dropout)
    }

    /// The parts in the reference's order; its `final_layer_norm` stands before the feed-forward part.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "self_attn": attention, "self_attn_layer_norm": attentionNorm, "fc1": expansion, "fc2": contraction,
            "final_layer_norm": feedForwardNorm,
        ]
    }

    /// Maps `[batch, tokens, width]` to the same shape.
    func callAsFunction(
        _ input: Tensor, mask: Tensor?, cache: inout KeyValueCache?, layer: Int, _ context: Context
    ) -> Tensor {
        let attended =
            input + dropout(attention(attentionNorm(input), mask: mask, cache: &cache, layer: layer), context)
        return attended + dropout(contraction(expansion(feedForwardNorm(attended), activation: .relu)), context)
    }
}
