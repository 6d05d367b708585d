import Foundation

/// A checkpoint cannot be read as asked: which file, which tensor, what was found and what would be right.
public struct CheckpointError: Error, Hashable, Sendable {
    /// The file.
    public var file: String
    /// The tensor, where the problem is with one.
    public var key: String?
    /// One sentence.
    public var problem: String

    /// An error about a file, or about a tensor in it.
    public init(file: String, key: String? = nil, problem: String) {
        self.file = file
        self.key = key
        self.problem = problem
    }
}

extension CheckpointError: CustomStringConvertible, LocalizedError {
    /// The whole sentence, as it is shown to a user.
    public var description: String {
        guard let key else { return "\(file): \(problem)" }
        return "\(file): tensor \(key): \(problem)"
    }

    /// The same as `description`.
    public var errorDescription: String? { description }
}
