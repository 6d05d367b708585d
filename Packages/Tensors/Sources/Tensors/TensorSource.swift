/// A place that tensors are read from by name: what a checkpoint is to the rest of the library.
public protocol TensorSource {
    /// The names of all tensors.
    var names: [String] { get }

    /// Where the tensors come from, for messages: a file's path.
    var origin: String { get }

    /// The extents of a tensor, without reading it; nil if there is none of this name.
    func shape(of name: String) -> Shape?

    /// Reads a tensor; throws an error that names the source and the key.
    func tensor(named name: String) throws -> Tensor

    /// Reads a matrix in a storage type of its own; nil if it is stored as a tensor. Throws an error that names the
    /// source and the key.
    func storage(named name: String) throws -> (any WeightStorage)?
}

extension TensorSource {
    /// Nil: all are tensors.
    public func storage(named name: String) throws -> (any WeightStorage)? { nil }
}
