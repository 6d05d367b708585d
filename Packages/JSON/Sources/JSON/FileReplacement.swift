import Foundation

/// A file in the making, under a temporary name beside the one it will have. `commit()` brings it to disk and renames it
/// in one step, so that at any moment the old file or the whole new one is there; without a commit nothing is left.
///
/// What a link leads to is replaced, and not the link. A device or a pipe, such as `/dev/stdout`, is written to as it is.
public final class FileReplacement {
    private let target: String
    /// Nil for what is no file.
    private let temporary: String?
    private var descriptor: Int32
    private var pending: [UInt8] = []
    private static let pendingLimit = 1 << 20

    /// Starts a file that will stand at `url`. Its folder must exist.
    ///
    /// - Throws: `FileError` if no file can be made in that folder, or a folder bears the name.
    public init(of url: URL) throws {
        target = FileSystem.linkTarget(of: url.path)
        switch FileSystem.kind(of: target) {
        case S_IFREG, nil:
            let temporary = FileSystem.temporaryName(for: target)
            self.temporary = temporary
            descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        default:
            temporary = nil
            descriptor = open(target, O_WRONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw FileError.writing(target) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if let temporary { unlink(temporary) }
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
        // What is no file has nothing to bring to disk.
        guard fsync(descriptor) == 0 || temporary == nil else { throw FileError.system(target) }
        let closed = close(descriptor)
        descriptor = -1
        guard let temporary else { return }
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
