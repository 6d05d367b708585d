import Foundation
import JSON
import Testing

/// The folder of the reference implementations' outputs that the environment variable BLIP_ORACLE names.
public struct OracleFolder: Sendable {
    /// What the variable says; empty if it is not set.
    public static let path = ProcessInfo.processInfo.environment["BLIP_ORACLE"] ?? ""
    /// Whether there is something to compare with.
    public static let isNamed = !path.isEmpty
    /// Why a suite is skipped.
    public static let whenNamed: Comment = "BLIP_ORACLE names no folder of the reference implementations' outputs"

    /// The folder.
    public let url: URL

    /// Fails if the folder is not there.
    public init() throws {
        url = URL(fileURLWithPath: Self.path, isDirectory: true)
        try #require(
            FileManager.default.fileExists(atPath: url.path), "BLIP_ORACLE names \(url.path), which is not there")
    }

    /// A file of the folder.
    public func file(_ path: String) -> URL { url.appendingPathComponent(path) }

    /// A JSON file of the folder.
    public func json(_ path: String) throws -> JSONValue { try JSONDocument(contentsOf: file(path)).root }

    /// The lines of a file, each a JSON value; fails when there are none.
    public func lines(_ path: String) throws -> [JSONValue] { try jsonLines(file(path)) }

    /// The names in one of the folders, in order; fails when there are none.
    public func names(in folder: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: file(folder).path).sorted()
        try #require(!names.isEmpty, "\(folder) is empty")
        return names
    }
}

/// The lines of a file, each a JSON value; fails when there are none.
public func jsonLines(_ file: URL) throws -> [JSONValue] {
    let values = try Data(contentsOf: file).split(separator: 0x0A).enumerated().map { number, line in
        try JSONDocument(parsing: line, name: file.path, line: number + 1).root
    }
    try #require(!values.isEmpty, "\(file.path) is empty")
    return values
}
