import CTensorKernels

extension Tensor {
    /// The same elements in another shape of equal count; nothing is copied.
    public func reshaped(to shape: Shape) -> Tensor {
        precondition(shape.count == count, "shape \(self.shape) cannot be seen as \(shape)")
        let original = self.shape
        return Tensor(shape: shape, storage: storage, offset: offset).recording(node) { [node] gradient, flow in
            flow.add(gradient.reshaped(to: original), to: node)
        }
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
    public func transposed(_ axes: [Int]) -> Tensor {
        let axes = axes.map(shape.resolved)
        precondition(axes.sorted() == Array(0..<shape.rank), "\(axes) is no order of the axes of shape \(shape)")
        let source = widened
        let result = Tensor(uninitialized: Shape(axes.map { shape[$0] }))
        tk_permute(
            source.pointer, result.pointer, shape.dimensions.map(Int64.init), axes.map(Int32.init), Int32(shape.rank))
        return result.recording(node) { [node] gradient, flow in
            var inverse = axes
            for (place, axis) in axes.enumerated() { inverse[axis] = place }
            flow.add(gradient.transposed(inverse), to: node)
        }
    }

    /// The tensor with its extents of 1 stretched, and axes added in front, to another shape.
    public func broadcast(to target: Shape) -> Tensor {
        if shape == target { return self }
        let source = widened
        let zero = Tensor(0)
        let result = Tensor(uninitialized: target)
        let extents = target.dimensions.map(Int64.init)
        tk_binary_broadcast(
            TK_ADD, source.pointer, shape.strides(broadcastTo: target), zero.pointer,
            zero.shape.strides(broadcastTo: target), result.pointer, extents, Int32(target.rank))
        return result.recording(node) { [shape, node] gradient, flow in
            flow.add(gradient.summed(to: shape), to: node)
        }
    }

    /// The part of an axis from `start` up to but without `end`.
    public func slice(axis: Int, from start: Int, to end: Int) -> Tensor {
        let axis = shape.resolved(axis)
        let blocks = shape.blocks(around: axis)
        precondition(
            start >= 0 && start <= end && end <= blocks.axis, "\(start)..<\(end) is outside of axis \(axis) of \(shape)"
        )
        let target = shape.replacing(axis: axis, with: end - start)
        return part(target, blocks, start).recording(node) { [shape, node] gradient, flow in
            flow.add(gradient, to: node, sliceOf: shape, axis: axis, from: start)
        }
    }

    private func part(_ target: Shape, _ blocks: (outer: Int, axis: Int, inner: Int), _ start: Int) -> Tensor {
        let source = widened
        if blocks.outer == 1 {
            return Tensor(shape: target, storage: source.storage, offset: source.offset + start * blocks.inner)
        }
        let result = Tensor(uninitialized: target)
        let length = Int64(result.count / Swift.max(blocks.outer, 1))
        tk_copy_blocks(
            source.pointer + start * blocks.inner, Int64(blocks.axis * blocks.inner), result.pointer, length,
            Int64(blocks.outer), length)
        return result
    }

    /// The parts of an axis, of these extents, one after the other.
    public func split(axis: Int, sizes: [Int]) -> [Tensor] {
        precondition(sizes.reduce(0, +) == shape[axis], "parts \(sizes) do not make axis \(axis) of \(shape)")
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return slice(axis: axis, from: start, to: start + size)
        }
    }

    /// Tensors joined along an axis; their other axes agree.
    public static func concatenating(_ tensors: [Tensor], axis: Int) -> Tensor {
        precondition(!tensors.isEmpty, "nothing to concatenate")
        let axis = tensors[0].shape.resolved(axis)
        let shape = Shape.concatenating(tensors.map(\.shape), axis: axis)
        let result = Tensor(uninitialized: shape)
        let blocks = shape.blocks(around: axis)
        var start = 0
        for tensor in tensors {
            let source = tensor.widened
            let length = Int64(source.shape[axis] * blocks.inner)
            tk_copy_blocks(
                source.pointer, length, result.pointer + start * blocks.inner, Int64(blocks.axis * blocks.inner),
                Int64(blocks.outer), length)
            start += source.shape[axis]
        }
        let parts = tensors.map { (node: $0.node, extent: $0.shape[axis]) }
        return result.recording(parts.map(\.node)) { gradient, flow in
            var start = 0
            for part in parts {
                flow.add(gradient.slice(axis: axis, from: start, to: start + part.extent), to: part.node)
                start += part.extent
            }
        }
    }
}
