import Foundation
import JSON
import Testing

/// The folder of the reference implementations' outputs that the environment variable BLIP_ORACLE names.
struct OracleFolder {
    let url: URL

    static let path = ProcessInfo.processInfo.environment["BLIP_ORACLE"] ?? ""
    static let isNamed = !path.isEmpty
    static let whenNamed: Comment = "BLIP_ORACLE names no folder of the reference implementations' outputs"

    init() throws {
        url = URL(fileURLWithPath: Self.path, isDirectory: true)
        try #require(
            FileManager.default.fileExists(atPath: url.path), "BLIP_ORACLE names \(url.path), which is not there")
    }

    /// A file of the folder.
    func file(_ path: String) -> URL { url.appendingPathComponent(path) }

    /// A JSON file of the folder.
    func json(_ path: String) throws -> JSONValue { try JSONDocument(contentsOf: file(path)).root }

    /// The names in one of the folders, in order; fails when there are none.
    func names(in folder: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: file(folder).path).sorted()
        try #require(!names.isEmpty, "\(folder) is empty")
        return names
    }

    /// The scores of all candidate files.
    func scoreFiles() throws -> [(name: String, scores: JSONValue)] {
        let others = ["summary.json", "timing_whole_process.json"]
        return try names(in: "caption_scores").filter { !$0.hasSuffix(".tokenized.json") && !others.contains($0) }
            .map { ($0, try json("caption_scores/\($0)")) }
    }

    /// The lines of a file, each a JSON value; fails when there are none.
    func lines(_ path: String) throws -> [JSONValue] { try jsonLines(file(path)) }
}

/// METEOR's data, which the environment variable BLIP_METEOR names.
enum METEORFile {
    static let path = ProcessInfo.processInfo.environment["BLIP_METEOR"] ?? ""
    static let isNamed = !path.isEmpty
    static let whenNamed: Comment = "BLIP_METEOR names no file of METEOR's data"
}

/// The lines of a file, each a JSON value; fails when there are none.
func jsonLines(_ file: URL) throws -> [JSONValue] {
    let values = try Data(contentsOf: file).split(separator: 0x0A).map {
        try JSONDocument(parsing: $0, name: file.path).root
    }
    try #require(!values.isEmpty, "\(file.path) is empty")
    return values
}

/// Counts what a test compared, shows the first differences, and says at the end how many there were.
struct Comparison {
    private let name: String
    private(set) var compared = 0
    private(set) var different = 0

    init(_ name: String) { self.name = name }

    mutating func check(_ isEqual: Bool, _ difference: @autoclosure () -> String) {
        compared += 1
        if isEqual { return }
        different += 1
        if different <= 5 { Issue.record("\(name): \(difference())") }
    }

    /// Numbers must agree to `tolerance`, absolute.
    mutating func check(_ value: Double, _ wanted: Double, within tolerance: Double, _ place: @autoclosure () -> String)
    {
        check(abs(value - wanted) <= tolerance, "\(place()) is \(value), wanted \(wanted)")
    }

    /// Fails if nothing was compared or anything differed.
    func close(_ unit: String) {
        #expect(compared > 0, "\(name): nothing was compared")
        #expect(different == 0, "\(name): \(different) of \(compared) \(unit) differ")
        print("\(name): \(compared) \(unit) compared, \(different) differ")
    }
}
