import Foundation

/// What is wrong with a JSON text: in which file, where in it, and what would be right.
public struct JSONError: Error, Hashable, Sendable {
    /// The file, or the caller's name for bytes that came from elsewhere.
    public var file: String
    /// Path of the value from the root, as `$.images[3].id`; nil when the text is not JSON at all.
    public var path: String?
    /// Where the text is not JSON, or on which line of a file of lines the value stands. Nil when the path tells the place.
    public var position: Position?
    /// One sentence: what was found and what was wanted.
    public var problem: String

    /// A place in a text.
    public struct Position: Hashable, Sendable {
        /// Line, from 1.
        public var line: Int
        /// Byte of the line, from 1; nil where the line as a whole is meant.
        public var column: Int?

        /// A line, or a byte of it.
        public init(line: Int, column: Int? = nil) {
            self.line = line
            self.column = column
        }
    }

    /// An error at a path, at a position, or about the file as a whole.
    public init(file: String, path: String? = nil, position: Position? = nil, problem: String) {
        self.file = file
        self.path = path
        self.position = position
        self.problem = problem
    }
}

extension JSONError: CustomStringConvertible, LocalizedError {
    /// The whole sentence, as it is shown to a user.
    public var description: String {
        var place = file
        if let position { place += ":\(position.line)" + (position.column.map { ":\($0)" } ?? "") }
        if let path { place += ", \(path)" }
        return "\(place): \(problem)"
    }

    /// The same as `description`.
    public var errorDescription: String? { description }
}
