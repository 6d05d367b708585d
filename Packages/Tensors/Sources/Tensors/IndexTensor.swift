/// An array of whole numbers with a shape: token ids, labels, row numbers. It cannot be differentiated.
public struct IndexTensor: Hashable, Sendable {
    /// The extents of the axes.
    public let shape: Shape
    /// The elements in row-major order.
    public let scalars: [Int32]

    /// A tensor of these elements in row-major order, as many as the shape has.
    public init(_ scalars: [Int32], shape: Shape) {
        precondition(scalars.count == shape.count, "\(scalars.count) indices do not fill shape \(shape)")
        self.shape = shape
        self.scalars = scalars
    }

    /// A matrix from rows of equal length.
    public init(rows: [[Int32]]) {
        let width = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == width }, "rows of unequal length do not make an index tensor")
        self.init(Array(rows.joined()), shape: [rows.count, width])
    }

    /// One value everywhere.
    public init(repeating value: Int32, shape: Shape) {
        self.init([Int32](repeating: value, count: shape.count), shape: shape)
    }

    /// The number of elements.
    public var count: Int { scalars.count }

    /// The row of a matrix.
    public func row(_ index: Int) -> ArraySlice<Int32> {
        let (rows, width) = shape.rowsAndWidth
        precondition(index >= 0 && index < rows, "row \(index) is outside of shape \(shape)")
        return scalars[index * width..<(index + 1) * width]
    }

    /// The same elements in another shape of equal count.
    public func reshaped(to shape: Shape) -> IndexTensor { IndexTensor(scalars, shape: shape) }

    /// Each element changed by a function.
    public func mapped(_ transform: (Int32) -> Int32) -> IndexTensor {
        IndexTensor(scalars.map(transform), shape: shape)
    }

    /// The part of an axis from `start` up to but without `end`.
    public func slice(axis: Int, from start: Int, to end: Int) -> IndexTensor {
        let blocks = shape.blocks(around: axis)
        precondition(start >= 0 && start <= end && end <= blocks.axis, "\(start)..<\(end) is outside of \(shape)")
        var result: [Int32] = []
        result.reserveCapacity(blocks.outer * (end - start) * blocks.inner)
        for block in 0..<blocks.outer {
            let base = block * blocks.axis * blocks.inner
            result += scalars[base + start * blocks.inner..<base + end * blocks.inner]
        }
        return IndexTensor(result, shape: shape.replacing(axis: axis, with: end - start))
    }

    /// The rows (along the first axis) with these numbers.
    public func gathering(_ rows: IndexTensor) -> IndexTensor {
        let width = shape.removing(axis: 0).count
        var result: [Int32] = []
        result.reserveCapacity(rows.count * width)
        for row in rows.scalars {
            precondition(row >= 0 && Int(row) < shape[0], "row \(row) is outside of shape \(shape)")
            result += scalars[Int(row) * width..<(Int(row) + 1) * width]
        }
        return IndexTensor(result, shape: Shape(rows.shape.dimensions + shape.dimensions.dropFirst()))
    }

    /// Tensors joined along an axis; their other axes agree.
    public static func concatenating(_ tensors: [IndexTensor], axis: Int) -> IndexTensor {
        precondition(!tensors.isEmpty, "nothing to concatenate")
        let parts = tensors.map { (tensor: $0, blocks: $0.shape.blocks(around: axis)) }
        let shape = Shape.concatenating(tensors.map(\.shape), axis: axis)
        var result: [Int32] = []
        result.reserveCapacity(shape.count)
        for block in 0..<parts[0].blocks.outer {
            for (tensor, blocks) in parts {
                let length = blocks.axis * blocks.inner
                result += tensor.scalars[block * length..<(block + 1) * length]
            }
        }
        return IndexTensor(result, shape: shape)
    }
}

extension Shape {
    /// The shape of tensors joined along an axis; a precondition failure where their other axes differ.
    static func concatenating(_ shapes: [Shape], axis: Int) -> Shape {
        let axis = shapes[0].resolved(axis)
        for shape in shapes.dropFirst() {
            precondition(
                shape.rank == shapes[0].rank && shape.removing(axis: axis) == shapes[0].removing(axis: axis),
                "shapes \(shapes[0]) and \(shape) do not join along axis \(axis)")
        }
        return shapes[0].replacing(axis: axis, with: shapes.reduce(0) { $0 + $1[axis] })
    }
}
