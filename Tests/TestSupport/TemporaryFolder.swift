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

    /// The names of what lies in the folder, sorted.
    public var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }
}
