import Layers
import Tensors

/// Self-attention with one fused projection. Query and value have a bias, the key has none.
public final class ViTAttention: Module {
    private let queryBias: Parameter
    private let valueBias: Parameter
    private let qkv: Linear
    private let projection: Linear
    private let headCount: Int
    private let scale: Float

    init(_ configuration: ViTConfiguration, block: Int, _ weights: InitialWeights) {
        let width = configuration.width
        let deviation = configuration.initializerRange
        headCount = configuration.headCount
        scale = 1 / Float(width / configuration.headCount).squareRoot()
        queryBias = weights.constant(0, [width])
        valueBias = weights.constant(0, [width])
        qkv = Linear(
            inputs: width, outputs: 3 * width, bias: false, weights: weights.child("qkv"),
            initialization: .truncatedNormal(deviation: deviation))
        projection = Linear(
            inputs: width, outputs: width, weights: weights.child("proj"),
            initialization: .truncatedNormal(deviation: deviation / Float(2 * (block + 1)).squareRoot()))
    }

    /// The parts in the reference's order.
    public var parts: KeyValuePairs<String, any ModulePart> {
        ["q_bias": queryBias, "v_bias": valueBias, "qkv": qkv, "proj": projection]
    }

    /// Maps `[batch, tokens, width]` to the same shape.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        let bias = Tensor.concatenating(
            [queryBias.value, Tensor(zeros: queryBias.shape), valueBias.value], axis: 0)
        let fused = linear(input, qkv.weight, bias: bias)
        return projection(attend(fused: fused, headCount: headCount, scale: scale))
    }
}
