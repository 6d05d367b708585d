import Foundation
import Tensors

/// How a checkpoint differs from the module it should fill: every difference at once.
public struct LoadError: Error, Hashable, Sendable {
    /// A tensor of another shape than the weight of its name.
    public struct Misshapen: Hashable, Sendable {
        /// The name of both.
        public let name: String
        /// The shape of the weight.
        public let expected: Shape
        /// The shape of the tensor.
        public let found: Shape
    }

    /// The checkpoint.
    public let origin: String
    /// What stands in front of the module's names in the checkpoint.
    public let prefix: String
    /// Weights that the checkpoint lacks.
    public internal(set) var missing: [String] = []
    /// Tensors that the module has no weight for.
    public internal(set) var unexpected: [String] = []
    /// Tensors of another shape than their weight.
    public internal(set) var misshapen: [Misshapen] = []

    init(origin: String, prefix: String) {
        self.origin = origin
        self.prefix = prefix
    }

    var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }
}

extension LoadError: CustomStringConvertible, LocalizedError {
    /// The file, and a line for each key.
    public var description: String {
        let lines =
            missing.map { "missing \(prefix)\($0)" }
            + unexpected.map { "unexpected \(prefix)\($0)" }
            + misshapen.map { "\(prefix)\($0.name) has shape \($0.found), wanted \($0.expected)" }
        return "\(origin) does not fit the model:\n" + lines.map { "  \($0)" }.joined(separator: "\n")
    }

    /// The same as `description`.
    public var errorDescription: String? { description }
}
