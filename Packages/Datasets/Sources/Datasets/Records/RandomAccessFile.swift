import Foundation
import JSON

/// A regular file that stays open and is read in parts, from any thread.
final class RandomAccessFile: Sendable {
    /// The path, for errors.
    let path: String
    /// The size when it was opened, in bytes.
    let byteCount: Int
    private let descriptor: Int32

    /// Opens a file. Throws an error that names it if it cannot be opened or is none.
    init(_ url: URL) throws {
        path = url.path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.failure(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(file: url.path, problem: "is not a regular file")
        }
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Some bytes. Throws an error that names the file if it ends before them.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = try read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
            guard count == range.count else { throw FileError(file: path, problem: "has become shorter") }
        }
    }

    /// Reads until the buffer is full or the file ends; how many bytes there were.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
        var count = 0
        while count < buffer.count {
            let part = pread(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count, offset + count)
            if part < 0 && errno == EINTR { continue }
            guard part >= 0 else { throw Self.failure(path) }
            if part == 0 { break }
            count += part
        }
        return count
    }

    private static func failure(_ path: String) -> FileError {
        FileError(file: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
    }
}
