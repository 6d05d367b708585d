import Tensors

/// Tensors in memory under names, where a checkpoint is wanted: to rename before writing, or in tests.
public struct NamedTensors: TensorSource {
    /// What errors call it.
    public let origin: String
    /// The names in the order they were given.
    public let names: [String]
    private let tensors: [String: Tensor]

    /// Tensors under names that differ from each other.
    public init(_ tensors: [(name: String, tensor: Tensor)], origin: String = "memory") {
        self.origin = origin
        names = tensors.map(\.name)
        self.tensors = Dictionary(
            tensors.map { ($0.name, $0.tensor) },
            uniquingKeysWith: { _, _ in preconditionFailure("two tensors have the same name") })
    }

    /// The extents of a tensor; nil if there is none of this name.
    public func shape(of name: String) -> Shape? { tensors[name]?.shape }

    /// The tensor of that name.
    ///
    /// - Throws: `CheckpointError` if there is none.
    public func tensor(named name: String) throws -> Tensor {
        guard let tensor = tensors[name] else {
            throw CheckpointError(file: origin, key: name, problem: "there is no such tensor")
        }
        return tensor
    }
}
