import Foundation

/// A file could not be read or written.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
    /// The file.
    public var file: String
    /// What the system said and what that means for the file.
    public var problem: String

    /// An error about a file.
    public init(file: String, problem: String) {
        self.file = file
        self.problem = problem
    }

    /// The whole sentence, as it is shown to a user.
    public var description: String { "\(file): \(problem)" }

    /// The same as `description`.
    public var errorDescription: String? { description }
}

extension FileError {
    /// What the system said last of a file that could not be made or opened for writing.
    static func writing(_ file: String) -> FileError {
        switch errno {
        case EISDIR: FileError(file: file, problem: "is a folder; wanted the name of a file")
        case ENOENT:
            FileError(
                file: file,
                problem:
                    "cannot be written: there is no folder \(URL(fileURLWithPath: file).deletingLastPathComponent().path)"
            )
        default: system(file)
        }
    }

    /// What the system said last, after a call that failed.
    static func system(_ file: String, _ what: String = "cannot be written") -> FileError {
        FileError(file: file, problem: "\(what): \(String(cString: strerror(errno)))")
    }
}
