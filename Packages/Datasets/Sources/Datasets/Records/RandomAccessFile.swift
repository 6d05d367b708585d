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

    /// Takes over an open descriptor; `name` stands for the file in errors.
    init(taking descriptor: Int32, named name: String) throws {
        path = name
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(name) }
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

    /// Reads the file from a place on, piece by piece, until the end or until `body` returns false.
    func forEachPiece(
        from offset: Int = 0, of pieceByteCount: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceByteCount, alignment: 16)
        defer { piece.deallocate() }
        var place = offset
        while true {
            let count = try read(into: piece, at: place)
            guard count > 0, try body(UnsafeRawBufferPointer(rebasing: piece[..<count])) else { return }
            place += count
        }
    }

    /// The whole file, which must be UTF-8 and have no more bytes than the limit.
    func text(limit: Int) throws -> String {
        guard byteCount <= limit else {
            throw FileError(file: path, problem: "has \(byteCount) bytes, more than the \(limit) that are accepted")
        }
        guard let text = String(validating: try bytes(0..<byteCount), as: UTF8.self) else {
            throw FileError(file: path, problem: "is not UTF-8")
        }
        return text
    }

    private static func failure(_ path: String) -> FileError {
        FileError(file: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
    }
}
