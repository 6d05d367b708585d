import CTensorKernels

extension Tensor {
    /// The softmax along the last axis.
    public func softmax() -> Tensor {
        let (rows, width) = shape.rowsAndWidth
        let source = widened
        let result = Tensor(uninitialized: shape)
        tk_softmax_rows(source.pointer, result.pointer, Int64(rows), Int64(width))
        return result.recording(node) { [shape, node] gradient, flow in
            let argument = Tensor(uninitialized: shape)
            tk_softmax_rows_backward(
                result.pointer, gradient.pointer, argument.pointer, Int64(rows), Int64(width))
            flow.add(argument, to: node)
        }
    }

    /// The logarithm of the softmax along the last axis.
    public func logSoftmax() -> Tensor {
        let (rows, width) = shape.rowsAndWidth
        let source = widened
        let result = Tensor(uninitialized: shape)
        tk_log_softmax_rows(source.pointer, result.pointer, Int64(rows), Int64(width))
        return result.recording(node) { [shape, node] gradient, flow in
            let argument = Tensor(uninitialized: shape)
            tk_log_softmax_rows_backward(
                result.pointer, gradient.pointer, argument.pointer, Int64(rows), Int64(width))
            flow.add(argument, to: node)
        }
    }

    /// The mean cross-entropy of logits `[..., classes]` against labels `[...]`, over the rows whose label is not
    /// `ignored`: a scalar, not a number if all are. Label smoothing is PyTorch's: a share `smoothing` of the target
    /// is spread evenly over all classes.
    public func crossEntropy(_ labels: IndexTensor, ignoring ignored: Int32 = -100, smoothing: Float = 0) -> Tensor {
        let (rows, classes) = shape.rowsAndWidth
        precondition(labels.count == rows, "logits \(shape) do not fit labels \(labels.shape)")
        let kept = labels.scalars.reduce(0) { $1 == ignored ? $0 : $0 + 1 }
        precondition(
            labels.scalars.allSatisfy { $0 == ignored || ($0 >= 0 && Int($0) < classes) },
            "a label is outside of the \(classes) classes")
        let logits = widened
        let losses = Tensor(uninitialized: [rows])
        let logSumExp = Tensor(uninitialized: [rows])
        tk_cross_entropy_rows(
            logits.pointer, labels.scalars, Int64(rows), Int64(classes), ignored, smoothing, losses.pointer,
            logSumExp.pointer)
        return (losses.sum() / Float(kept)).recording(node) { [shape, node] gradient, flow in
            let argument = Tensor(uninitialized: shape)
            tk_cross_entropy_rows_backward(
                logits.pointer, labels.scalars, logSumExp.pointer, Int64(rows), Int64(classes), ignored, smoothing,
                gradient.scalar / Float(kept), argument.pointer)
            flow.add(argument, to: node)
        }
    }
}
