import CTensorKernels

extension Tensor {
    /// The sum along an axis, which the result lacks.
    public func sum(axis: Int) -> Tensor {
        let axis = shape.resolved(axis)
        return reduced(axis, tk_sum_axis).recording(node) { [shape, node] gradient, flow in
            let kept = gradient.reshaped(to: shape.replacing(axis: axis, with: 1))
            flow.add(kept.broadcast(to: shape), to: node)
        }
    }

    /// The sum of all elements, a scalar.
    public func sum() -> Tensor { reshaped(to: [count]).sum(axis: 0) }

    /// The mean along an axis, which the result lacks.
    public func mean(axis: Int) -> Tensor { sum(axis: axis) / Float(shape[axis]) }

    /// The mean of all elements, a scalar.
    public func mean() -> Tensor { sum() / Float(count) }

    /// The maximum along an axis, which the result lacks; its gradient goes to the first of equal elements.
    public func max(axis: Int) -> Tensor {
        let axis = shape.resolved(axis)
        let source = widened
        return source.reduced(axis, tk_max_axis).recording(node) { [shape, node] gradient, flow in
            let blocks = shape.blocks(around: axis)
            let result = Tensor(uninitialized: shape)
            tk_max_axis_backward(
                source.pointer, gradient.pointer, result.pointer, Int64(blocks.outer), Int64(blocks.axis),
                Int64(blocks.inner))
            flow.add(result, to: node)
        }
    }

    /// The place of the greatest element along the last axis, the first of equal ones.
    public func argmax() -> IndexTensor { rowIndices(tk_argmax_rows) }

    /// The place of the least element along the last axis, the first of equal ones.
    public func argmin() -> IndexTensor { rowIndices(tk_argmin_rows) }

    /// The sum of the squares of all elements, in double precision.
    public func sumOfSquares() -> Double {
        let source = widened
        return tk_sum_of_squares(source.pointer, Int64(count))
    }

    /// Whether no element is infinite or not a number.
    public func isFinite() -> Bool {
        let source = widened
        return tk_all_finite(source.pointer, Int64(count))
    }

    private typealias AxisKernel = (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int64, Int64, Int64) -> Void

    private func reduced(_ axis: Int, _ kernel: AxisKernel) -> Tensor {
        let source = widened
        let blocks = shape.blocks(around: axis)
        let result = Tensor(uninitialized: shape.removing(axis: axis))
        kernel(source.pointer, result.pointer, Int64(blocks.outer), Int64(blocks.axis), Int64(blocks.inner))
        return result
    }

    private func rowIndices(
        _ kernel: (UnsafePointer<Float>?, UnsafeMutablePointer<Int32>?, Int64, Int64) -> Void
    ) -> IndexTensor {
        let source = widened
        let (rows, width) = shape.rowsAndWidth
        let indices = [Int32](unsafeUninitializedCapacity: rows) { target, count in
            kernel(source.pointer, target.baseAddress, Int64(rows), Int64(width))
            count = rows
        }
        return IndexTensor(indices, shape: shape.removing(axis: -1))
    }
}
