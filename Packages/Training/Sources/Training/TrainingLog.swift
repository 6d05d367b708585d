import Foundation
import JSON

/// The log of a run, `log.jsonl`: one JSON object a line, every number in full precision. The first line has the
/// settings; lines of steps follow, with steps that only grow.
struct TrainingLog {
    private let file: AppendedFile

    /// Opens the log of a folder. Lines of steps after `step`, which a continued run takes again, are cut off.
    ///
    /// - Throws: `FileError` if it cannot be written.
    init(in folder: URL, keepingUpTo step: Int) throws {
        let url = folder.appendingPathComponent("log.jsonl")
        let replacement = try FileReplacement(of: url)
        for line in Self.lines(of: url, upTo: step) { try replacement.append(line + [UInt8(ascii: "\n")]) }
        try replacement.commit()
        file = try AppendedFile(url)
    }

    /// Adds a line.
    ///
    /// - Throws: `FileError`, for instance when the disk is full.
    func append(_ entry: JSONTree) throws {
        try file.append(JSONWriter().bytes(entry) + [UInt8(ascii: "\n")])
    }

    /// A line without a step belongs to the step before it; one that a crash left half-written is dropped.
    private static func lines(of url: URL, upTo step: Int) -> [ArraySlice<UInt8>] {
        guard step > 0, let data = try? Data(contentsOf: url) else { return [] }
        var isKept = true
        return Array(data).split(separator: UInt8(ascii: "\n")).filter { line in
            guard let root = try? JSONDocument(parsing: line, name: url.path).root else { return false }
            if let number = try? root["step"].int { isKept = number <= step }
            return isKept
        }
    }
}
