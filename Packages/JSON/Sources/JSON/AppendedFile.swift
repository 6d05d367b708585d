import Foundation

/// A file that grows at its end, such as a log.
public final class AppendedFile {
    private let path: String
    private let descriptor: Int32

    /// Opens a file to add to, or makes it.
    ///
    /// - Throws: `FileError` if it cannot be written.
    public init(_ url: URL) throws {
        path = url.path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError.writing(path) }
    }

    deinit {
        close(descriptor)
    }

    /// Adds bytes; the system has them when this returns.
    ///
    /// - Throws: `FileError`, for instance when the disk is full.
    public func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try FileSystem.write($0, to: descriptor, named: path) }
    }
}
