import CTensorKernels

// Elementwise arithmetic. Operands of different shapes are broadcast: axes are aligned at the end, and an extent of 1
// stretches; the derivative sums over what was stretched.

extension Tensor {
    /// The sum, element by element.
    public static func + (left: Tensor, right: Tensor) -> Tensor {
        let shapes = (left.shape, right.shape)
        return combined(TK_ADD, left, right).recording(left.node, right.node) {
            [left = left.node, right = right.node] in
            $1.add($0.summed(to: shapes.0), to: left)
            $1.add($0.summed(to: shapes.1), to: right)
        }
    }

    /// The difference, element by element.
    public static func - (left: Tensor, right: Tensor) -> Tensor {
        let shapes = (left.shape, right.shape)
        return combined(TK_SUBTRACT, left, right).recording(left.node, right.node) {
            [left = left.node, right = right.node] in
            $1.add($0.summed(to: shapes.0), to: left)
            $1.add(-$0.summed(to: shapes.1), to: right)
        }
    }

    /// The product, element by element.
    public static func * (left: Tensor, right: Tensor) -> Tensor {
        combined(TK_MULTIPLY, left, right).recording(left.node, right.node) { gradient, flow in
            flow.add((gradient * right.detached()).summed(to: left.shape), to: left.node)
            flow.add((gradient * left.detached()).summed(to: right.shape), to: right.node)
        }
    }

    /// The quotient, element by element.
    public static func / (left: Tensor, right: Tensor) -> Tensor {
        let quotient = combined(TK_DIVIDE, left, right)
        return quotient.recording(left.node, right.node) { gradient, flow in
            let scaled = gradient / right.detached()
            flow.add(scaled.summed(to: left.shape), to: left.node)
            flow.add(-(scaled * quotient).summed(to: right.shape), to: right.node)
        }
    }

    /// Every element plus a number.
    public static func + (left: Tensor, right: Float) -> Tensor { left.affine(factor: 1, offset: right) }

    /// Every element plus a number.
    public static func + (left: Float, right: Tensor) -> Tensor { right.affine(factor: 1, offset: left) }

    /// Every element minus a number.
    public static func - (left: Tensor, right: Float) -> Tensor { left.affine(factor: 1, offset: -right) }

    /// A number minus every element.
    public static func - (left: Float, right: Tensor) -> Tensor { right.affine(factor: -1, offset: left) }

    /// Every element times a number.
    public static func * (left: Tensor, right: Float) -> Tensor { left.affine(factor: right, offset: 0) }

    /// Every element times a number.
    public static func * (left: Float, right: Tensor) -> Tensor { right.affine(factor: left, offset: 0) }

    /// Every element divided by a number.
    public static func / (left: Tensor, right: Float) -> Tensor { left.affine(factor: 1 / right, offset: 0) }

    /// Every element negated.
    public static prefix func - (tensor: Tensor) -> Tensor { tensor.affine(factor: -1, offset: 0) }

    /// Adds to this tensor.
    public static func += (left: inout Tensor, right: Tensor) { left = left + right }

    /// `factor * x + offset` for every element.
    private func affine(factor: Float, offset: Float) -> Tensor {
        let source = widened
        let result = Tensor(uninitialized: shape)
        tk_affine(factor, offset, source.pointer, result.pointer, Int64(count))
        return result.recording(node) { [node] gradient, flow in flow.add(gradient * factor, to: node) }
    }

    /// The result of a binary operation on broadcast operands, off the tape.
    private static func combined(_ operation: tk_binary, _ left: Tensor, _ right: Tensor) -> Tensor {
        let left = left.widened
        let right = right.widened
        if left.shape == right.shape {
            let result = Tensor(uninitialized: left.shape)
            tk_binary_apply(operation, left.pointer, right.pointer, result.pointer, Int64(result.count))
            return result
        }
        let shape = left.shape.broadcast(with: right.shape)
        let result = Tensor(uninitialized: shape)
        tk_binary_broadcast(
            operation, left.pointer, left.shape.strides(broadcastTo: shape), right.pointer,
            right.shape.strides(broadcastTo: shape), result.pointer, shape.dimensions.map(Int64.init),
            Int32(shape.rank))
        return result
    }

    /// The sum over every axis that broadcasting from `target` stretched.
    func summed(to target: Shape) -> Tensor {
        if shape == target { return self }
        var result = self
        for _ in 0..<(shape.rank - target.rank) { result = result.sum(axis: 0) }
        for axis in 0..<target.rank where target[axis] == 1 && result.shape[axis] != 1 {
            result = result.sum(axis: axis).reshaped(to: result.shape.replacing(axis: axis, with: 1))
        }
        return result
    }
}
