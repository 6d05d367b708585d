import Tensors

/// An affine map of the last axis: `x · weightᵀ + bias`.
public final class Linear: Module {
    /// What the weight is drawn from.
    public enum Initialization: Sendable, Hashable {
        /// PyTorch's: weight and bias uniform within `1 / sqrt(inputs)` of 0.
        case uniform
        /// Weight normal about 0, bias 0.
        case normal(deviation: Float)
        /// Weight normal about 0 and cut off at two deviations, bias 0.
        case truncatedNormal(deviation: Float)
    }

    /// `[outputs, inputs]`
    public let weight: Parameter
    /// `[outputs]`
    public let bias: Parameter?

    /// A map with these widths.
    public init(
        inputs: Int, outputs: Int, bias hasBias: Bool = true, weights: InitialWeights,
        initialization: Initialization = .uniform
    ) {
        let shape: Shape = [outputs, inputs]
        let weightSource = weights.child("weight")
        switch initialization {
        case .uniform:
            let bound = 1 / Float(inputs).squareRoot()
            weight = weightSource.uniform(shape, bound: bound)
            bias = hasBias ? weights.child("bias").uniform([outputs], bound: bound) : nil
        case .normal(let deviation):
            weight = weightSource.normal(shape, deviation: deviation)
            bias = hasBias ? weights.constant(0, [outputs]) : nil
        case .truncatedNormal(let deviation):
            weight = weightSource.truncatedNormal(shape, deviation: deviation)
            bias = hasBias ? weights.constant(0, [outputs]) : nil
        }
    }

    /// The weight, then the bias.
    public var parts: KeyValuePairs<String, any ModulePart> { ["weight": weight, "bias": bias] }

    /// Maps `[..., inputs]` to `[..., outputs]`, with an activation after the bias.
    public func callAsFunction(_ input: Tensor, activation: Activation = .identity) -> Tensor {
        linear(input, weight, bias: bias, activation: activation)
    }
}
