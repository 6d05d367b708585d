import CTensorKernels

/// An activation function; the raw values are the names that configurations of the reference use.
public enum Activation: String, Sendable, Codable, CaseIterable {
    /// x.
    case identity
    /// max(x, 0).
    case relu
    /// x Φ(x), exact, by the error function.
    case gelu
    /// The tanh approximation of GELU.
    case geluTanh = "gelu_new"
    /// x σ(x).
    case silu
    /// tanh x.
    case tanh

    var kernel: tk_activation {
        switch self {
        case .identity: TK_IDENTITY
        case .relu: TK_RELU
        case .gelu: TK_GELU
        case .geluTanh: TK_GELU_TANH
        case .silu: TK_SILU
        case .tanh: TK_TANH
        }
    }

    /// Whether the derivative can be computed from the result as well as from the argument.
    var derivativeNeedsArgument: Bool { self != .identity && self != .relu }
}

extension Tensor {
    /// Applies an activation function to every element.
    public func activated(_ activation: Activation) -> Tensor {
        if activation == .identity { return self }
        let argument = widened
        let result = Tensor(uninitialized: shape)
        tk_activate(activation.kernel, argument.pointer, result.pointer, Int64(count))
        return result.recording(node) { [node] gradient, flow in
            flow.add(argument.backward(activation, gradient), to: node)
        }
    }

    /// The gradient by the argument of an activation, given the gradient by its result; self is the argument.
    func backward(_ activation: Activation, _ gradient: Tensor) -> Tensor {
        if activation == .identity { return gradient }
        let result = Tensor(uninitialized: shape)
        tk_activate_backward(activation.kernel, pointer, gradient.pointer, result.pointer, Int64(count))
        return result
    }
}
