import Checkpoints
import Foundation
import JSON

/// A file that results depend on.
struct StoredFile {
    /// The file.
    let url: URL
    /// What tells it from others of the same name.
    let mark: String

    /// Reads the file once.
    ///
    /// - Throws: `FileError` if it cannot be read.
    init(_ url: URL) throws {
        self.url = url
        mark = try fingerprint(of: url)
    }

    /// Name and mark.
    var tree: JSONTree { ["file": .string(url.path), "fingerprint": .string(mark)] }
}
