import CTensorKernels

/// The extents of a batched product `[batch, m, k] · [batch, k, n]`, and how its operands lie.
private struct ProductShape {
    let batch: Int
    let m: Int
    let n: Int
    let k: Int
    let result: Shape
    /// Whether one right operand serves the whole batch.
    let sharesRight: Bool

    init(_ left: Shape, _ right: Shape, _ transposesLeft: Bool, _ transposesRight: Bool) {
        precondition(left.rank >= 2 && right.rank >= 2, "matrix product of shapes \(left) and \(right)")
        let leading = Array(left.dimensions.dropLast(2))
        sharesRight = right.rank == 2 && !leading.isEmpty
        precondition(
            sharesRight || Array(right.dimensions.dropLast(2)) == leading,
            "matrix product of shapes \(left) and \(right): the axes before the last two differ")
        batch = leading.reduce(1, *)
        (m, k) = transposesLeft ? (left[-1], left[-2]) : (left[-2], left[-1])
        n = transposesRight ? right[-2] : right[-1]
        precondition(
            k == (transposesRight ? right[-1] : right[-2]),
            "matrix product of shapes \(left) and \(right): the inner extents differ")
        result = Shape(leading + [m, n])
    }
}

extension Tensor {
    /// The matrix product over the last two axes, `[..., m, k] · [..., k, n]`, either operand transposed on request.
    /// The axes before agree, or the right operand is a single matrix for all of them.
    public func matrixProduct(
        _ other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
    ) -> Tensor {
        let left = widened
        let right = other.widened
        let sizes = ProductShape(left.shape, right.shape, transposingSelf, transposingOther)
        let result = Self.product(left, right, transposingSelf, transposingOther, sizes)
        let nodes = (left: node, right: other.node)
        return result.recording(nodes.left, nodes.right) { gradient, flow in
            let (left, right) = (left.detached(), right.detached())
            flow.add(
                transposingSelf
                    ? right.matrixProductAsLeft(gradient, transposingOther, left.shape)
                    : gradient.matrixProduct(right, transposingOther: !transposingOther),
                to: nodes.left)
            flow.add(
                (transposingOther
                    ? gradient.matrixProduct(left, transposingSelf: true, transposingOther: transposingSelf)
                    : left.matrixProduct(gradient, transposingSelf: !transposingSelf)).summedOverBatch(to: right.shape),
                to: nodes.right)
        }
    }

    /// op(self) · gradientᵀ, where self may be one matrix for the gradient's whole batch.
    private func matrixProductAsLeft(_ gradient: Tensor, _ transposes: Bool, _ target: Shape) -> Tensor {
        let left =
            shape.rank == target.rank ? self : broadcast(to: Shape(target.dimensions.dropLast(2) + shape.dimensions))
        return left.matrixProduct(gradient, transposingSelf: transposes, transposingOther: true)
    }

    /// The sum over leading axes that `target` lacks.
    private func summedOverBatch(to target: Shape) -> Tensor {
        if shape == target { return self }
        let batch = count / target.count
        return reshaped(to: Shape([batch] + target.dimensions)).sum(axis: 0)
    }

    private static func product(
        _ left: Tensor, _ right: Tensor, _ transposesLeft: Bool, _ transposesRight: Bool, _ sizes: ProductShape
    ) -> Tensor {
        let result = Tensor(uninitialized: sizes.result)
        // One right matrix for rows that lie one after the other is a single, taller product.
        let joins = sizes.sharesRight && !transposesLeft
        let m = joins ? sizes.batch * sizes.m : sizes.m
        tk_product_batched(
            joins ? 1 : Int64(sizes.batch), transposesLeft, transposesRight, Int64(m), Int64(sizes.n), Int64(sizes.k),
            1, left.pointer, Int64(left.shape[-1]), Int64(sizes.m * sizes.k), right.pointer, Int64(right.shape[-1]),
            sizes.sharesRight ? 0 : Int64(sizes.k * sizes.n), 0, result.pointer, Int64(sizes.n),
            Int64(sizes.m * sizes.n))
        return result
    }
}
