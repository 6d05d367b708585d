/// The extents of a tensor's axes, outermost first.
public struct Shape: Hashable, Sendable {
    /// The extent of each axis.
    public let dimensions: [Int]

    /// A shape with these extents, none negative; no extents at all make a scalar.
    public init(_ dimensions: [Int]) {
        precondition(dimensions.allSatisfy { $0 >= 0 }, "a shape has no negative extent: \(dimensions)")
        self.dimensions = dimensions
    }

    /// The number of axes.
    public var rank: Int { dimensions.count }

    /// The number of elements: the product of all extents, 1 for a scalar.
    public var count: Int { dimensions.reduce(1, *) }

    /// The extent of an axis; a negative axis counts from the end.
    public subscript(axis: Int) -> Int { dimensions[resolved(axis)] }

    /// The axis as a number from the front, where a negative axis counts from the end.
    func resolved(_ axis: Int) -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        precondition(resolved >= 0 && resolved < rank, "axis \(axis) is outside of shape \(self)")
        return resolved
    }

    /// The shape with one extent replaced.
    func replacing(axis: Int, with extent: Int) -> Shape {
        var result = dimensions
        result[resolved(axis)] = extent
        return Shape(result)
    }

    /// The shape without one axis.
    func removing(axis: Int) -> Shape {
        var result = dimensions
        result.remove(at: resolved(axis))
        return Shape(result)
    }

    /// The elements before, in and after an axis: the shape seen as `[outer, axis, inner]`.
    func blocks(around axis: Int) -> (outer: Int, axis: Int, inner: Int) {
        let axis = resolved(axis)
        return (dimensions[..<axis].reduce(1, *), dimensions[axis], dimensions[(axis + 1)...].reduce(1, *))
    }

    /// All axes but the last as one, and the last: the shape seen as `[rows, width]`.
    var rowsAndWidth: (rows: Int, width: Int) {
        precondition(rank > 0, "a scalar has no rows")
        return (dimensions.dropLast().reduce(1, *), dimensions[rank - 1])
    }

    /// The shape both operands of an elementwise operation are broadcast to: axes are aligned at the end, and an
    /// extent of 1 stretches.
    func broadcast(with other: Shape) -> Shape {
        let rank = max(self.rank, other.rank)
        let left = paddedAtFront(to: rank)
        let right = other.paddedAtFront(to: rank)
        return Shape(
            zip(left, right).map { pair in
                precondition(
                    pair.0 == pair.1 || pair.0 == 1 || pair.1 == 1, "shapes \(self) and \(other) do not broadcast")
                return pair.0 == 1 ? pair.1 : pair.0
            })
    }

    /// Element strides with which a tensor of this shape is read as one of the broadcast shape.
    func strides(broadcastTo target: Shape) -> [Int64] {
        let padded = paddedAtFront(to: target.rank)
        var strides = [Int64](repeating: 0, count: target.rank)
        var step: Int64 = 1
        for axis in stride(from: target.rank - 1, through: 0, by: -1) {
            precondition(
                padded[axis] == target.dimensions[axis] || padded[axis] == 1,
                "shape \(self) does not broadcast to \(target)")
            strides[axis] = padded[axis] == 1 ? 0 : step
            step *= Int64(padded[axis])
        }
        return strides
    }

    private func paddedAtFront(to rank: Int) -> [Int] {
        precondition(self.rank <= rank, "shape \(self) has more than \(rank) axes")
        return [Int](repeating: 1, count: rank - self.rank) + dimensions
    }
}

extension Shape: ExpressibleByArrayLiteral {
    /// A shape from its extents.
    public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
    /// The extents in brackets, as in `[2, 3]`.
    public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
