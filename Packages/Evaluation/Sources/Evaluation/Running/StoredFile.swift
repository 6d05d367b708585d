import Foundation
import JSON

/// A file that results depend on.
struct StoredFile {
    /// The file.
    let url: URL
    let byteCount: Int
    /// What tells it from others of the same name.
    let sha256: String

    /// Name, length and hash.
    var tree: JSONTree {
        ["file": .string(url.path), "bytes": .integer(byteCount), "sha256": .string(sha256)]
    }
}

/// The hashes of files that results depend on, remembered in a run's folder: one that goes on does not read gigabytes again
/// that have not changed since, by their length and their time of change.
struct FileHashes {
    /// The name of the file that remembers.
    static let fileName = "hashes.json"

    private struct Entry: Equatable {
        let byteCount: Int
        let changed: String
        let sha256: String
    }

    private let record: URL
    private var entries: [String: Entry]

    /// Takes up what a folder remembers; nothing if it has none, or none that can be read.
    init(in folder: URL) {
        record = folder.appendingPathComponent(Self.fileName)
        entries = (try? Self.entries(of: record)) ?? [:]
    }

    private static func entries(of record: URL) throws -> [String: Entry] {
        try JSONDocument(contentsOf: record).root.object.reduce(into: [:]) { entries, member in
            entries[member.key] = Entry(
                byteCount: try member.value["bytes"].int, changed: try member.value["changed"].string,
                sha256: try member.value["sha256"].string)
        }
    }

    /// The files with their hashes, read where that is not known.
    ///
    /// - Throws: `FileError` for a file that cannot be read.
    mutating func files(_ urls: [URL]) throws -> [StoredFile] { try urls.map { try file($0) } }

    private mutating func file(_ url: URL) throws -> StoredFile {
        var status = stat()
        guard stat(url.path, &status) == 0 else {
            throw FileError(file: url.path, problem: "cannot be read: \(String(cString: strerror(errno)))")
        }
        let (byteCount, changed) = (Int(status.st_size), "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)")
        if let known = entries[url.path], known.byteCount == byteCount, known.changed == changed {
            return StoredFile(url: url, byteCount: byteCount, sha256: known.sha256)
        }
        let hash = try sha256(of: url)
        entries[url.path] = Entry(byteCount: byteCount, changed: changed, sha256: hash)
        return StoredFile(url: url, byteCount: byteCount, sha256: hash)
    }

    /// Writes all down that was asked for so far.
    ///
    /// - Throws: `FileError` if it cannot be written.
    func write() throws {
        let tree = JSONTree.object(
            entries.sorted { $0.key < $1.key }.map { path, entry in
                (
                    path,
                    [
                        "bytes": .integer(entry.byteCount), "changed": .string(entry.changed),
                        "sha256": .string(entry.sha256),
                    ]
                )
            })
        try FileReplacement.write(JSONWriter(indentation: 1).bytes(tree) + [0x0A], to: record)
    }
}
