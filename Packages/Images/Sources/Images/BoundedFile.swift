import Foundation

/// Reads files whole, but only regular ones and only up to a limit.
enum BoundedFile {
    /// The bytes of `file`; an `ImageError` if it is missing, no regular file, empty or larger than `limit` bytes.
    static func read(_ file: URL, limit: Int) throws -> [UInt8] {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(file, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(file, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw ImageError(source: file.path, reason: .notAFile) }
        let size = Int(status.st_size)
        guard size > 0 else { throw ImageError(source: file.path, reason: .empty) }
        guard size <= limit else {
            throw ImageError(source: file.path, reason: .tooManyBytes(size, limit: limit))
        }
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = try fill(UnsafeMutableRawBufferPointer(buffer), from: descriptor, of: file)
        }
    }

    /// Reads until the buffer is full or the file ends.
    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, of file: URL
    ) throws -> Int {
        var count = 0
        while count < buffer.count {
            let part = Foundation.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            if part == 0 { break }
            if part > 0 {
                count += part
            } else if errno != EINTR {
                throw failure(file, errno)
            }
        }
        return count
    }

    private static func failure(_ file: URL, _ code: Int32) -> ImageError {
        ImageError(source: file.path, reason: .inaccessible("cannot be read: \(String(cString: strerror(code)))"))
    }
}
