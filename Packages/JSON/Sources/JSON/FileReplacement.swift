import Foundation

/// A file could not be written.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
    /// The file that was to be written.
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
        temporary = "\(target).\(getpid())-\(UInt32.random(in: .min ... .max)).part"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("cannot be written") }
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
        guard fsync(descriptor) == 0 else { throw failure("cannot be written") }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0, rename(temporary, target) == 0 else {
            let error = failure("cannot be written")
            unlink(temporary)
            throw error
        }
        syncFolder()
    }

    private func flush() throws {
        try pending.withUnsafeBytes { try writeAll($0) }
        pending.removeAll(keepingCapacity: true)
    }

    private func writeAll(_ memory: UnsafeRawBufferPointer) throws {
        var rest = memory
        while !rest.isEmpty {
            let written = Self.withoutFileSizeSignal { write(descriptor, rest.baseAddress, rest.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw failure("cannot be written") }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
    }

    /// Beyond the process's file size limit the system sends SIGXFSZ, which would end the program where an error is
    /// due. It goes to the writing thread alone, so it can be held back and taken here.
    private static func withoutFileSizeSignal(_ body: () -> Int) -> Int {
        var signals = sigset_t()
        var previous = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGXFSZ)
        pthread_sigmask(SIG_BLOCK, &signals, &previous)
        let result = body()
        let error = errno
        if result < 0 && error == EFBIG {
            var now = timespec()
            _ = sigtimedwait(&signals, nil, &now)
        }
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        errno = error
        return result
    }

    /// The new name itself is on disk only once its folder is. Some file systems cannot sync folders; the file itself
    /// is safe by now, so that is no error.
    private func syncFolder() {
        let folder = URL(fileURLWithPath: target).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    private func failure(_ what: String) -> FileError {
        FileError(file: target, problem: "\(what): \(String(cString: strerror(errno)))")
    }
}
