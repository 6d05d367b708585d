import Foundation

/// A file's bytes as memory, read by the system when they are touched. The file must not be shortened meanwhile; every
/// writer of this project puts a new file in the place of an old one instead.
public final class MappedFile: @unchecked Sendable {
    /// The file's path.
    public let path: String
    /// The file's bytes; valid as long as this object lives.
    public let bytes: UnsafeRawBufferPointer

    /// Maps a regular file.
    ///
    /// - Throws: `FileError` if there is none or it cannot be read.
    public init(_ url: URL) throws {
        path = url.path
        let descriptor = url.withUnsafeFileSystemRepresentation { path in
            path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? -1
        }
        guard descriptor >= 0 else { throw Self.failure(url) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(url) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(file: url.path, problem: "is not a regular file")
        }
        let count = Int(status.st_size)
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw Self.failure(url)
        }
        bytes = UnsafeRawBufferPointer(start: address, count: count)
    }

    deinit {
        if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
    }

    /// Lets go of the memory behind some of the bytes; the system reads them again when they are touched.
    public func release(_ part: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, let first = part.baseAddress, first >= start,
            first + part.count <= start + bytes.count
        else { return }
        let excess = Int(bitPattern: first) % Int(getpagesize())
        madvise(UnsafeMutableRawPointer(mutating: first - excess), part.count + excess, Int32(MADV_DONTNEED))
    }

    private static func failure(_ url: URL) -> FileError {
        FileError(file: url.path, problem: String(cString: strerror(errno)))
    }
}
