import Layers
import Tensors

/// The weights of a decoder layer: attention, a feed-forward part, and a norm for each. Where the norms stand is up to
/// the stack.
final class OPTLayer: Module {
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
            inputs: width, outputs: configuration.feedForwardWidth, weights: weights.child("fc1"),
            initialization: initialization)
        contraction = Linear(
            inputs: configuration.feedForwardWidth, outputs: width, weights: weights.child("fc2"),
            initialization: initialization)
        feedForwardNorm = LayerNorm(width: width, epsilon: Self.epsilon, weights: weights)
        dropout = Dropout(rate: configuration.dropoutRate)
    }

    /// The parts in the reference's order; its `final_layer_norm` belongs to the feed-forward part.
    var parts: KeyValuePairs<String, any ModulePart> {
        [
            "self_attn": attention, "self_attn_layer_norm": attentionNorm, "fc1": expansion, "fc2": contraction,
            "final_layer_norm": feedForwardNorm,
        ]
    }

    /// Maps `[batch, tokens, width]` to the same shape, with each norm in front of its part.
    func preNorm(
        _ input: Tensor, bias: Tensor?, cache: inout KeyValueCache?, layer: Int, _ context: Context
    ) -> Tensor {
        let attended = input + attend(attentionNorm(input), bias: bias, cache: &cache, layer: layer, context)
        return attended + feedForward(feedForwardNorm(attended), context)
    }

    /// The same with each norm after the sum.
    func postNorm(
        _ input: Tensor, bias: Tensor?, cache: inout KeyValueCache?, layer: Int, _ context: Context
    ) -> Tensor {
        let attended = attentionNorm(input + attend(input, bias: bias, cache: &cache, layer: layer, context))
        return feedForwardNorm(attended + feedForward(attended, context))
    }

    private func attend(
        _ input: Tensor, bias: Tensor?, cache: inout KeyValueCache?, layer: Int, _ context: Context
    ) -> Tensor {
        dropout(attention(input, bias: bias, cache: &cache, layer: layer), context)
    }

    private func feedForward(_ input: Tensor, _ context: Context) -> Tensor {
        dropout(contraction(expansion(input, activation: .relu)), context)
    }
}
