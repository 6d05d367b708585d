import CTensorKernels

/// Layer normalization along the last axis: zero mean and unit variance (biased, plus `epsilon`), times a weight
/// `[width]`, plus a bias `[width]`. Ba, Kiros, Hinton: Layer Normalization, 2016.
public func layerNorm(_ input: Tensor, _ weight: Parameter, _ bias: Parameter, epsilon: Float) -> Tensor {
    let (rows, width) = input.shape.rowsAndWidth
    requireWidth(width, weight, input)
    requireWidth(width, bias, input)
    let source = input.widened
    let scale = weight.value
    let shift = bias.value
    let result = Tensor(uninitialized: input.shape)
    let mean = Tensor(uninitialized: [rows])
    let inverseDeviation = Tensor(uninitialized: [rows])
    tk_layer_norm(
        source.pointer, scale.pointer, shift.pointer, epsilon, result.pointer, mean.pointer, inverseDeviation.pointer,
        Int64(rows), Int64(width))
    let nodes = (input: input.node, weight: weight.gradientNode, bias: bias.gradientNode)
    return result.recording(nodes.input, nodes.weight, nodes.bias) { gradient, flow in
        let argument = Tensor(uninitialized: source.shape)
        let scaleGradient = nodes.weight.map { _ in Tensor(uninitialized: [width]) }
        let shiftGradient = nodes.bias.map { _ in Tensor(uninitialized: [width]) }
        tk_layer_norm_backward(
            source.pointer, scale.pointer, mean.pointer, inverseDeviation.pointer, gradient.pointer, argument.pointer,
            scaleGradient?.pointer, shiftGradient?.pointer, Int64(rows), Int64(width))
        flow.add(argument, to: nodes.input)
        if let scaleGradient { flow.add(scaleGradient, to: nodes.weight) }
        if let shiftGradient { flow.add(shiftGradient, to: nodes.bias) }
    }
}

/// Root-mean-square normalization along the last axis, times a weight `[width]`. Zhang, Sennrich: Root Mean Square
/// Layer Normalization, 2019.
public func rmsNorm(_ input: Tensor, _ weight: Parameter, epsilon: Float) -> Tensor {
    let (rows, width) = input.shape.rowsAndWidth
    requireWidth(width, weight, input)
    let source = input.widened
    let scale = weight.value
    let result = Tensor(uninitialized: input.shape)
    let inverseRMS = Tensor(uninitialized: [rows])
    tk_rms_norm(
        source.pointer, scale.pointer, epsilon, result.pointer, inverseRMS.pointer, Int64(rows), Int64(width))
    let nodes = (input: input.node, weight: weight.gradientNode)
    return result.recording(nodes.input, nodes.weight) { gradient, flow in
        let argument = Tensor(uninitialized: source.shape)
        let scaleGradient = nodes.weight.map { _ in Tensor(uninitialized: [width]) }
        tk_rms_norm_backward(
            source.pointer, scale.pointer, inverseRMS.pointer, gradient.pointer, argument.pointer,
            scaleGradient?.pointer, Int64(rows), Int64(width))
        flow.add(argument, to: nodes.input)
        if let scaleGradient { flow.add(scaleGradient, to: nodes.weight) }
    }
}

extension Tensor {
    /// Every row along the last axis divided by its Euclidean norm, or by `epsilon` if that is greater.
    public func l2Normalized(epsilon: Float = 1e-12) -> Tensor {
        let (rows, width) = shape.rowsAndWidth
        let source = widened
        let result = Tensor(uninitialized: shape)
        let norms = Tensor(uninitialized: [rows])
        tk_l2_normalize_rows(source.pointer, epsilon, result.pointer, norms.pointer, Int64(rows), Int64(width))
        return result.recording(node) { [shape, node] gradient, flow in
            let argument = Tensor(uninitialized: shape)
            tk_l2_normalize_rows_backward(
                result.pointer, norms.pointer, epsilon, gradient.pointer, argument.pointer, Int64(rows), Int64(width))
            flow.add(argument, to: node)
        }
    }
}

private func requireWidth(_ width: Int, _ parameter: Parameter, _ input: Tensor) {
    precondition(
        parameter.shape == [width], "a norm over shape \(parameter.shape) does not fit an input of \(input.shape)")
}
