import Foundation

/// A file's bytes as memory, read by the system when they are touched. The file must not be shortened meanwhile; every
/// writer of this project puts a new file in the place of an old one instead.
final class MappedFile: @unchecked Sendable {
    let path: String
    let bytes: UnsafeRawBufferPointer

    init(_ url: URL) throws {
        path = url.path
        let descriptor = url.withUnsafeFileSystemRepresentation { path in
            path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? -1
        }
        guard descriptor >= 0 else { throw Self.failure(url) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(url) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CheckpointError(file: url.path, problem: "is not a regular file")
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

    private static func failure(_ url: URL) -> CheckpointError {
        CheckpointError(file: url.path, problem: String(cString: strerror(errno)))
    }
}
