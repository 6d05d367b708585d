import CTensorKernels

/// `activation(input · weightᵀ + bias)`: input `[..., inputs]`, weight `[outputs, inputs]`, bias `[outputs]`, result
/// `[..., outputs]`. A weight in a storage type of its own multiplies itself; it gets no gradient, its input does.
public func linear(
    _ input: Tensor, _ weight: Parameter, bias: Parameter? = nil, activation: Activation = .identity
) -> Tensor {
    linear(input, weight, bias: bias?.value, activation: activation)
}

/// The same with a bias that was computed, such as one put together from parts.
public func linear(
    _ input: Tensor, _ weight: Parameter, bias: Tensor?, activation: Activation = .identity
) -> Tensor {
    let product = LinearProduct(input, weight, bias, activation)
    let result = product.forward()
    let nodes = (input: input.node, weight: weight.gradientNode, bias: bias?.node)
    return result.recording(nodes.input, nodes.weight, nodes.bias) { gradient, flow in
        let inner = product.beforeActivation(gradient, result: result)
        if let bias = nodes.bias {
            flow.add(inner.reshaped(to: [product.rows, product.outputs]).sum(axis: 0), to: bias)
        }
        flow.add(product.weightGradient(inner), to: nodes.weight)
        flow.add(product.inputGradient(inner), to: nodes.input)
    }
}

/// One use of a weight matrix: the operands, and what the derivative needs of them.
private final class LinearProduct: @unchecked Sendable {
    let rows: Int
    let inputs: Int
    let outputs: Int
    private let input: Tensor
    private let weight: Tensor?
    private let storage: (any WeightStorage)?
    private let bias: Tensor?
    private let activation: Activation
    private let precision = ProductPrecision.current
    private let isRecorded: Bool
    /// The argument of the activation, kept where the derivative needs it.
    private var argument: Tensor?

    init(_ input: Tensor, _ weight: Parameter, _ bias: Tensor?, _ activation: Activation) {
        precondition(
            weight.shape.rank == 2 && input.shape.rank > 0 && input.shape[-1] == weight.shape[1],
            "an input of shape \(input.shape) does not fit a weight of shape \(weight.shape)")
        precondition(
            bias.map { $0.shape == [weight.shape[0]] } ?? true, "the bias does not fit a weight of \(weight.shape)")
        (rows, inputs) = input.shape.rowsAndWidth
        outputs = weight.shape[0]
        self.input = input.widened.detached()
        self.storage = weight.storage
        self.weight = weight.storage == nil ? weight.value.detached() : nil
        self.bias = bias?.widened.detached()
        self.activation = activation
        let wanted = input.needsGradient || weight.gradientNode != nil || bias?.needsGradient == true
        self.isRecorded = wanted && Node.isRecording
    }

    func forward() -> Tensor {
        let result = Tensor(uninitialized: Shape(input.shape.dimensions.dropLast() + [outputs]))
        guard let weight else { return forwardThroughStorage(result) }
        if isRecorded && activation.derivativeNeedsArgument { argument = Tensor(uninitialized: result.shape) }
        tk_linear(
            precision.operands, input.pointer, weight.pointer, bias?.pointer, activation.kernel, argument?.pointer,
            result.pointer, Int64(rows), Int64(inputs), Int64(outputs))
        return result
    }

    private func forwardThroughStorage(_ result: Tensor) -> Tensor {
        let keepsArgument = isRecorded && activation.derivativeNeedsArgument
        let operand = input.rounded(for: precision)
        withExtendedLifetime((operand, bias)) {
            storage?.multiply(
                operand.elements, rows: rows, bias: bias?.elements, activation: keepsArgument ? .identity : activation,
                into: result.mutableElements)
        }
        guard keepsArgument else { return result }
        argument = result
        return result.activated(activation)
    }

    /// The gradient by the argument of the activation. The derivative of ReLU is read off its result.
    func beforeActivation(_ gradient: Tensor, result: Tensor) -> Tensor {
        (argument ?? result.detached()).backward(activation, gradient)
    }

    func weightGradient(_ gradient: Tensor) -> Tensor {
        let result = Tensor(uninitialized: [outputs, inputs])
        tk_product(
            precision.operands, true, false, Int64(outputs), Int64(inputs), Int64(rows), 1, gradient.pointer,
            Int64(outputs), input.pointer, Int64(inputs), 0, result.pointer, Int64(inputs))
        return result
    }

    func inputGradient(_ gradient: Tensor) -> Tensor {
        let result = Tensor(uninitialized: input.shape)
        if let weight {
            tk_product(
                precision.operands, false, false, Int64(rows), Int64(inputs), Int64(outputs), 1, gradient.pointer,
                Int64(outputs), weight.pointer, Int64(inputs), 0, result.pointer, Int64(inputs))
        } else {
            let operand = gradient.rounded(for: precision)
            withExtendedLifetime(operand) {
                storage?.multiplyTransposed(operand.elements, rows: rows, into: result.mutableElements)
            }
        }
        return result
    }
}

extension Tensor {
    /// The float32 elements, valid while the tensor is.
    var elements: UnsafeBufferPointer<Float> { UnsafeBufferPointer(start: pointer, count: count) }

    /// The float32 elements of a tensor just made, to be written.
    var mutableElements: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: pointer, count: count)
    }
}
