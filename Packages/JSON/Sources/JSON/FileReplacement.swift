import Foundation

/// A file in the making, under a temporary name beside the one it will have. `commit()` brings it to disk and renames it
/// in one step, so that at any moment the old file or the whole new one is there; without a commit nothing is left.
public final class FileReplacement {
    private let target: String
    private let temporary: String
    private var descriptor: Int32
    private var pending: [UInt8] = []
    private static let pendingLimit = 1 << 20

    /// Starts a file that will stand at `url`. Its folder must exist.
    ///
    /// - Throws: `FileError` if no file can be made in that folder.
    public init(of url: URL) throws {
        target = url.path
        temporary = FileSystem.temporaryName(for: target)
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError.system(target) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporary)
    }

    /// Appends bytes.
    ///
    /// - Throws: `FileError`, for instance when the disk is full; the file that stood there before is then untouched.
    public func append(_ bytes: some Sequence<UInt8>) throws {
        pending += bytes
        if pending.count >= Self.pendingLimit { try flush() }
    }

    /// Appends memory, without a copy if it is large.
    ///
    /// - Throws: `FileError`, as `append(_:)`.
    public func append(contentsOf memory: UnsafeRawBufferPointer) throws {
        guard memory.count >= Self.pendingLimit else { return try append(memory) }
        try flush()
        try writeAll(memory)
    }

    /// Makes the file durable and gives it its name.
    ///
    /// - Throws: `FileError`; the file that stood there before is then untouched.
    public func commit() throws {
        try flush()
        guard fsync(descriptor) == 0 else { throw FileError.system(target) }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0, rename(temporary, target) == 0 else {
            let error = FileError.system(target)
            unlink(temporary)
            throw error
        }
        FileSystem.syncFolder(of: target)
    }

    private func flush() throws {
        try pending.withUnsafeBytes { try writeAll($0) }
        pending.removeAll(keepingCapacity: true)
    }

    private func writeAll(_ memory: UnsafeRawBufferPointer) throws {
        try FileSystem.write(memory, to: descriptor, named: target)
    }
}
