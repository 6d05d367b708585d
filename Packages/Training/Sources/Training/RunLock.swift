import Foundation

/// Keeps two processes from training in one folder at the same time, whose checkpoints would overwrite each other.
enum RunLock {
    /// Holds a run's folder while `body` runs. The system lets go of it when the process ends, however it ends. A file
    /// system that knows no locks is no reason not to train.
    ///
    /// - Throws: `TrainingError.inUse` if another run holds it; whatever `body` throws.
    static func holding<Result>(_ folder: URL, _ body: () throws -> Result) throws -> Result {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw TrainingError.inUse(folder: folder.path)
        }
        return try body()
    }
}
