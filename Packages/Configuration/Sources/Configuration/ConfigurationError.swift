import Foundation

/// A configuration does not say what it should: where, which setting, what was found and what would be right.
public struct ConfigurationError: Error, Hashable, Sendable {
    /// File and line, or the option on the command line.
    public var place: String
    /// The setting as a dotted path, `run.init_lr`; nil if the text as a whole is wrong.
    public var path: String?
    /// One sentence.
    public var problem: String

    /// An error about a setting, or about a whole text.
    public init(place: String, path: String? = nil, problem: String) {
        self.place = place
        self.path = path
        self.problem = problem
    }
}

extension ConfigurationError: CustomStringConvertible, LocalizedError {
    /// The whole sentence, as it is shown to a user.
    public var description: String {
        guard let path, !path.isEmpty else { return "\(place): \(problem)" }
        return "\(place): \(path): \(problem)"
    }

    /// The same as `description`.
    public var errorDescription: String? { description }
}
