import Foundation

/// A folder that is gone when the value is.
public final class TemporaryFolder: Sendable {
    /// The folder.
    public let url = FileManager.default.temporaryDirectory.appendingPathComponent("test-\(UUID().uuidString)")

    /// Makes the folder.
    public init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A file of the folder.
    public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// Writes a file, and the folders it lies in.
    @discardableResult
    public func write(_ bytes: [UInt8], _ name: String) throws -> URL {
        let file = file(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file
    }

    /// Writes a text file.
    @discardableResult
    public func write(_ text: String, _ name: String) throws -> URL { try write(Array(text.utf8), name) }

    /// The names of what lies in the folder, sorted.
    public var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }
}
