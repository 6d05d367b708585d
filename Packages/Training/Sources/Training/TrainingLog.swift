import Foundation
import JSON

/// The log of a run: one JSON object a line, `log.jsonl`, every number in full precision.
final class TrainingLog {
    private let url: URL
    private let handle: FileHandle

    /// Opens the log of a folder. Lines of steps after `step`, which a continued run takes again, are cut off.
    init(in folder: URL, keepingUpTo step: Int) throws {
        url = folder.appendingPathComponent("log.jsonl")
        let kept = try Self.lines(of: url, upTo: step)
        let replacement = try FileReplacement(of: url)
        try replacement.append(kept.utf8)
        try replacement.commit()
        do {
            handle = try FileHandle(forWritingTo: url)
            try handle.seekToEnd()
        } catch {
            throw FileError(file: url.path, problem: "cannot be written: \(error.localizedDescription)")
        }
    }

    /// Adds a line.
    func write(_ entry: JSONTree) throws {
        do {
            try handle.write(contentsOf: Data((JSONWriter().text(entry) + "\n").utf8))
        } catch {
            throw FileError(file: url.path, problem: "cannot be written: \(error.localizedDescription)")
        }
    }

    private static func lines(of url: URL, upTo step: Int) throws -> String {
        guard step > 0, let text = try? String(contentsOf: url, encoding: .utf8) else { return "" }
        let lines = text.split(separator: "\n").filter { line in
            // A line that a crash left half-written is dropped with the steps that come again.
            guard let document = try? JSONDocument(parsing: line.utf8, name: url.path) else { return false }
            return ((try? document.root["step"].int) ?? Int.max) <= step
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
