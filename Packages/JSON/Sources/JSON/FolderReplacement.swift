import Foundation

/// A folder in the making, under a temporary name beside the one it will have. `commit()` renames it, so that under its
/// name there is never half of it; without a commit nothing is left.
public final class FolderReplacement {
    /// Where to write the files; they should be written as `FileReplacement` does, so that they are on disk.
    public let folder: URL
    private let target: String
    private var isDone = false

    /// Starts a folder that will stand at `url`, and makes those above it.
    ///
    /// - Throws: `FileError` if it cannot be made, or a file bears its name.
    public init(of url: URL) throws {
        target = url.path
        try Self.make(url.deletingLastPathComponent())
        if FileManager.default.fileExists(atPath: target) { try Self.requireFolder(target) }
        folder = URL(fileURLWithPath: FileSystem.temporaryName(for: target))
        guard mkdir(folder.path, 0o777) == 0 else { throw FileError.system(target, "cannot be made") }
    }

    deinit {
        if !isDone { try? FileManager.default.removeItem(at: folder) }
    }

    /// Gives the folder its name. One that stood there before is removed.
    ///
    /// - Throws: `FileError` if that fails.
    public func commit() throws {
        let old = FileSystem.temporaryName(for: target)
        let hadOld = rename(target, old) == 0
        guard rename(folder.path, target) == 0 else {
            let error = FileError.system(target)
            if hadOld { rename(old, target) }
            throw error
        }
        isDone = true
        FileSystem.syncFolder(of: target)
        if hadOld { try? FileManager.default.removeItem(atPath: old) }
    }

    /// Makes a folder and those above it, as far as they are not there.
    ///
    /// - Throws: `FileError` that names the first that cannot be made.
    public static func make(_ url: URL) throws {
        guard mkdir(url.path, 0o777) != 0 else { return }
        switch errno {
        case EEXIST: try requireFolder(url.path)
        case ENOENT where url.pathComponents.count > 1:
            try make(url.deletingLastPathComponent())
            guard mkdir(url.path, 0o777) == 0 || errno == EEXIST else {
                throw FileError.system(url.path, "cannot be made")
            }
        default: throw FileError.system(url.path, "cannot be made")
        }
    }

    private static func requireFolder(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw FileError(file: path, problem: "stands where a folder is wanted")
        }
    }
}
