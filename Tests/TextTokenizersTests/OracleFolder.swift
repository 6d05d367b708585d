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

    /// The published vocabularies.
    func asset(_ name: String) -> URL { url.deletingLastPathComponent().appendingPathComponent("assets/\(name)") }

    /// The small vocabularies of the tiny models.
    func common(_ name: String) -> URL { url.appendingPathComponent("common/\(name)") }

    /// The names in one of the folders, in order; fails when there are none.
    func names(in folder: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: url.appendingPathComponent(folder).path)
            .sorted()
        try #require(!names.isEmpty, "\(folder) is empty")
        return names
    }

    /// The lines of a file, each a JSON value; fails when there are none.
    func lines(_ path: String) throws -> [JSONValue] {
        let file = url.appendingPathComponent(path)
        let values = try Data(contentsOf: file).split(separator: 0x0A).map {
            try JSONDocument(parsing: $0, name: file.path).root
        }
        try #require(!values.isEmpty, "\(path) is empty")
        return values
    }
}

extension JSONValue {
    var int32s: [Int32] {
        get throws { try array.map { try Int32(clamping: $0.int) } }
    }
}

/// Counts what a suite compared, shows the first differences, and says at the end how many there were.
struct Comparison {
    private let name: String
    private(set) var compared = 0
    private var different = 0
    private var tied = 0

    init(_ name: String) { self.name = name }

    mutating func check(
        _ isEqual: Bool, orTie isTied: @autoclosure () -> Bool = false, _ difference: @autoclosure () -> String
    ) {
        compared += 1
        if isEqual { return }
        if isTied() {
            tied += 1
            return
        }
        different += 1
        if different <= 8 { Issue.record("\(name): \(difference())") }
    }

    /// Prints the closing line; fails when nothing was compared.
    ///
    /// - Parameter tieShare: the share of the compared that may differ as the comparison says.
    func finish(tieShare: Double = 0) {
        print("\(name): \(compared) compared, \(different) different\(tied > 0 ? ", \(tied) ties" : "")")
        #expect(compared > 0, "\(name) compared nothing")
        #expect(different == 0)
        #expect(Double(tied) <= tieShare * Double(compared), "\(name): \(tied) ties of \(compared)")
    }
}
