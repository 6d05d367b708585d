import ArgumentParser
import Foundation

/// A path on the command line. An empty one, as of a variable that is not set, is wrong usage: it would mean the working
/// folder.
public struct PathArgument: ExpressibleByArgument, Sendable, CustomStringConvertible {
    /// The path as it was given.
    public let path: String

    /// Nil for an empty path.
    public init?(argument: String) {
        if argument.isEmpty { return nil }
        path = argument
    }

    /// The file or folder.
    public var url: URL { URL(fileURLWithPath: path) }

    /// The path.
    public var description: String { path }
}
