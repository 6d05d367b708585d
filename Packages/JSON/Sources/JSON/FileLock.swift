import Foundation

/// Keeps other processes from the same file or folder as long as it lives. The system lets go when the process ends, however
/// it ends, so that nothing is left to clear away.
public final class FileLock: Sendable {
    private let descriptor: Int32

    /// Takes a file or a folder that is there. A file system that knows no locks is no reason not to work: there every
    /// process gets what it asks for.
    ///
    /// - Returns: nil if another lock holds it.
    public init?(_ url: URL) {
        let opened = open(url.path, O_RDONLY | O_CLOEXEC)
        if opened >= 0, flock(opened, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(opened)
            return nil
        }
        descriptor = opened
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
