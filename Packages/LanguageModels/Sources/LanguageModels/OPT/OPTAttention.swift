import Layers
import Tensors

/// Causal self-attention with separate, biased projections.
final class OPTAttention: Module {
    private let key: Linear
    private let value: Linear
    private let query: Linear
    private let output: Linear
    private let headCount: Int
    private let scale: Float

    init(_ configuration: OPTConfiguration, _ weights: InitialWeights) {
        func projection(_ name: String) -> Linear {
            Linear(
                inputs: configuration.width, outputs: configuration.width, weights: weights.child(name),
                initialization: .normal(deviation: configuration.initializerRange))
        }
        key = projection("k_proj")
        value = projection("v_proj")
        query = projection("q_proj")
        output = projection("out_proj")
        headCount = configuration.headCount
        scale = 1 / Float(configuration.width / configuration.headCount).squareRoot()
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> {
        ["k_proj": key, "v_proj": value, "q_proj": query, "out_proj": output]
    }

    /// Maps the tokens that are new, `[batch, tokens, width]`, to the same shape; they see what the cache holds.
    func callAsFunction(_ input: Tensor, bias: Tensor?, cache: inout KeyValueCache?, layer: Int) -> Tensor {
        let (query, key, value) = (query(input), key(input), value(input))
        cache?.append(key: key, value: value, layer: layer)
        let attended = cache?.attend(query: query, layer: layer, headCount: headCount, scale: scale, bias: bias)
        return output(
            attended ?? attend(query: query, key: key, value: value, headCount: headCount, scale: scale, bias: bias))
    }
}
