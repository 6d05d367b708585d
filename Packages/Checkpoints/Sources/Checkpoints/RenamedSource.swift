import Tensors

/// A checkpoint seen through a `KeyMap`: its tensors under the names, and in the pieces, of the other dialect.
public struct RenamedSource: TensorSource {
    private let source: any TensorSource
    private let origins: [String: KeyMap.Origin]

    /// The names of all tensors in the other dialect, in the order of the checkpoint.
    public let names: [String]

    /// The checkpoint's own origin.
    public var origin: String { source.origin }

    fileprivate init(_ source: any TensorSource, _ map: KeyMap) throws {
        self.source = source
        var names: [String] = []
        var origins: [String: KeyMap.Origin] = [:]
        for name in source.names {
            for (target, origin) in map.targets(of: name) {
                guard let other = origins.updateValue(origin, forKey: target) else {
                    names.append(target)
                    continue
                }
                guard other == origin else {
                    throw CheckpointError(
                        file: source.origin, key: name, problem: "\(target) would be made from another tensor too")
                }
            }
        }
        self.names = names
        self.origins = origins
    }

    /// The extents of a tensor; nil if there is none of this name, or its pieces are missing or do not fit.
    public func shape(of name: String) -> Shape? {
        switch origins[name] {
        case nil: nil
        case .whole(let original): source.shape(of: original)
        case .part(let whole, _, let count, let axis, _):
            source.shape(of: whole).flatMap { shape in
                guard axis < shape.rank, shape[axis] % count == 0 else { return nil }
                return shape.scaling(axis: axis) { $0 / count }
            }
        case .joined(let parts, let axis): joinedShape(parts, axis)
        }
    }

    /// A tensor of the other dialect, cut from or joined of those in the checkpoint.
    ///
    /// - Throws: `CheckpointError` if there is none of this name, a piece is missing, shapes do not fit, or what should
    ///   be zeros is not.
    public func tensor(named name: String) throws -> Tensor {
        guard let origin = origins[name] else { throw wrong(name, "there is no such tensor") }
        switch origin {
        case .whole(let original): return try source.tensor(named: original)
        case .part(let whole, let index, let count, let axis, let zeroParts):
            guard let part = shape(of: name) else {
                throw wrong(whole, "cannot be cut into \(count) parts along axis \(axis)")
            }
            let tensor = try source.tensor(named: whole)
            for zeroPart in zeroParts where tensor.part(zeroPart, like: part, axis: axis).sumOfSquares() != 0 {
                throw wrong(whole, "part \(zeroPart) of \(count) along axis \(axis) should be zeros and is not")
            }
            return tensor.part(index, like: part, axis: axis)
        case .joined(let parts, let axis):
            guard let shape = joinedShape(parts, axis) else {
                throw wrong(name, "its parts \(parts.compactMap { $0 }.joined(separator: ", ")) are missing or unequal")
            }
            let zeros = Tensor(zeros: shape.scaling(axis: axis) { $0 / parts.count })
            let pieces = try parts.map { try $0.map { try source.tensor(named: $0) } ?? zeros }
            return Tensor.concatenating(pieces, axis: axis)
        }
    }

    /// A matrix in a storage type of its own, if it is the same in the checkpoint.
    ///
    /// - Throws: what the checkpoint throws.
    public func storage(named name: String) throws -> (any WeightStorage)? {
        guard case .whole(let original) = origins[name] else { return nil }
        return try source.storage(named: original)
    }

    private func joinedShape(_ parts: [String?], _ axis: Int) -> Shape? {
        let shapes = parts.compactMap { $0 }.map { source.shape(of: $0) }
        guard let first = shapes.first, let part = first, axis < part.rank, shapes.allSatisfy({ $0 == part }) else {
            return nil
        }
        return part.scaling(axis: axis) { $0 * parts.count }
    }

    private func wrong(_ key: String, _ problem: String) -> CheckpointError {
        CheckpointError(file: origin, key: key, problem: problem)
    }
}

extension TensorSource {
    /// The checkpoint with the names of another dialect: its own names stand in the left column of `map`.
    ///
    /// - Throws: `CheckpointError` if two tensors would get the same name.
    public func renamed(by map: KeyMap) throws -> RenamedSource { try RenamedSource(self, map) }
}

extension Shape {
    fileprivate func scaling(axis: Int, _ change: (Int) -> Int) -> Shape {
        var dimensions = dimensions
        dimensions[axis] = change(dimensions[axis])
        return Shape(dimensions)
    }
}

extension Tensor {
    fileprivate func part(_ index: Int, like part: Shape, axis: Int) -> Tensor {
        slice(axis: axis, from: index * part[axis], to: (index + 1) * part[axis])
    }
}
