import Foundation

/// What the writers of files share.
enum FileSystem {
    /// Writes all of the bytes.
    static func write(_ memory: UnsafeRawBufferPointer, to descriptor: Int32, named name: String) throws {
        var rest = memory
        while !rest.isEmpty {
            let written = withoutFileSizeSignal { Foundation.write(descriptor, rest.baseAddress, rest.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw FileError.system(name) }
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

    /// A new name is on disk only once its folder is. Some file systems cannot sync folders; what the name stands for is
    /// safe by then, so that is no error.
    static func syncFolder(of path: String) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// What stands at a path, such as `S_IFREG`, behind links; nil if nothing does.
    static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// The path that a link leads to in the end; the path itself if it is none, or leads nowhere.
    static func linkTarget(of path: String) -> String {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, let resolved = realpath(path, nil) else {
            return path
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// A name beside `path` that nothing else uses.
    static func temporaryName(for path: String) -> String {
        "\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).part"
    }
}
