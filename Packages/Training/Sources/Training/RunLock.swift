import Foundation
import JSON

/// Keeps two processes from training in one folder at the same time, whose checkpoints would overwrite each other.
enum RunLock {
    /// Holds a run's folder while `body` runs.
    ///
    /// - Throws: `TrainingError.inUse` if another run holds it; whatever `body` throws.
    static func holding<Result>(_ folder: URL, _ body: () throws -> Result) throws -> Result {
        guard let lock = FileLock(folder) else { throw TrainingError.inUse(folder: folder.path) }
        return try withExtendedLifetime(lock) { try body() }
    }
}
