import Tensors

/// Layer normalization of the last axis, with a weight and a bias for each element.
/// Ba, Kiros, Hinton: Layer Normalization, 2016.
public final class LayerNorm: Module {
    /// `[width]`
    public let weight: Parameter
    /// `[width]`
    public let bias: Parameter
    private let epsilon: Float

    /// A norm that changes nothing but mean and variance.
    public init(width: Int, epsilon: Float, weights: InitialWeights) {
        weight = weights.constant(1, [width])
        bias = weights.constant(0, [width])
        self.epsilon = epsilon
    }

    /// The weight, then the bias.
    public var parts: KeyValuePairs<String, any ModulePart> { ["weight": weight, "bias": bias] }

    /// Normalizes `[..., width]`.
    public func callAsFunction(_ input: Tensor) -> Tensor { layerNorm(input, weight, bias, epsilon: epsilon) }
}

/// Root-mean-square normalization of the last axis, with a weight for each element.
/// Zhang, Sennrich: Root Mean Square Layer Normalization, 2019.
public final class RMSNorm: Module {
    /// `[width]`
    public let weight: Parameter
    private let epsilon: Float

    /// A norm that changes nothing but the scale.
    public init(width: Int, epsilon: Float, weights: InitialWeights) {
        weight = weights.constant(1, [width])
        self.epsilon = epsilon
    }

    /// The weight.
    public var parts: KeyValuePairs<String, any ModulePart> { ["weight": weight] }

    /// Normalizes `[..., width]`.
    public func callAsFunction(_ input: Tensor) -> Tensor { rmsNorm(input, weight, epsilon: epsilon) }
}
