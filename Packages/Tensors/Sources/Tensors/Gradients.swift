import CTensorKernels

/// The derivative of a scalar by the parameters it was computed from.
public struct Gradients: Sendable {
    private var byLeaf: [ObjectIdentifier: Tensor] = [:]

    /// No gradients.
    public init() {}

    /// The gradient of a parameter, in its shape; nil if the scalar does not depend on it.
    public subscript(parameter: Parameter) -> Tensor? {
        get { byLeaf[ObjectIdentifier(parameter.leaf)] }
        set { byLeaf[ObjectIdentifier(parameter.leaf)] = newValue }
    }

    mutating func set(_ gradient: Tensor, for leaf: Node) { byLeaf[ObjectIdentifier(leaf)] = gradient }

    /// Adds other gradients to these, parameter by parameter.
    public mutating func add(_ other: Gradients) {
        for (leaf, gradient) in other.byLeaf { add(gradient, at: leaf) }
    }

    /// Adds to the gradient of a parameter.
    public mutating func add(_ gradient: Tensor, for parameter: Parameter) {
        add(gradient, at: ObjectIdentifier(parameter.leaf))
    }

    private mutating func add(_ gradient: Tensor, at leaf: ObjectIdentifier) {
        guard var sum = byLeaf.removeValue(forKey: leaf) else {
            byLeaf[leaf] = gradient
            return
        }
        sum.accumulate(gradient)
        byLeaf[leaf] = sum
    }

    /// Multiplies every gradient by a factor.
    public mutating func scale(by factor: Float) {
        for leaf in Array(byLeaf.keys) {
            guard var gradient = byLeaf.removeValue(forKey: leaf) else { continue }
            gradient.withMutableScalars { target in
                guard let base = target.baseAddress else { return }
                tk_affine(factor, 0, base, base, Int64(target.count))
            }
            byLeaf[leaf] = gradient
        }
    }

    /// The Euclidean norm of the gradients of these parameters, taken as one vector.
    public func norm(of parameters: [Parameter]) -> Double {
        parameters.reduce(0) { $0 + (self[$1]?.sumOfSquares() ?? 0) }.squareRoot()
    }
}
