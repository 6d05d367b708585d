import Foundation
import JSON

/// The lines of a file or of standard input, read piece by piece.
struct LineReader {
    /// The number of lines returned so far.
    private(set) var count = 0
    private let file: FileHandle
    private let name: String
    private var pending = Data()
    private var isAtEnd = false

    /// Opens a file, or standard input.
    ///
    /// - Throws: `FileError` if it cannot be read.
    init(_ path: String?) throws {
        name = path ?? "standard input"
        guard let file = path.map(FileHandle.init(forReadingAtPath:)) ?? .standardInput else {
            throw FileError(file: name, problem: "cannot be read: \(String(cString: strerror(errno)))")
        }
        self.file = file
    }

    /// The next line without its end.
    mutating func next() throws -> Data? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                defer { pending = pending[(end + 1)...] }
                count += 1
                return pending[..<end]
            }
            if isAtEnd {
                defer { pending = Data() }
                count += 1
                return pending.isEmpty ? nil : pending
            }
            let more = try piece()
            isAtEnd = more.isEmpty
            pending = Data(pending) + more
        }
    }

    private func piece() throws -> Data {
        do {
            return try file.read(upToCount: 1 << 20) ?? Data()
        } catch {
            throw FileError(file: name, problem: "cannot be read as lines of text; a file is wanted")
        }
    }
}

/// Standard output, a line at a time, written in larger pieces.
final class LineWriter {
    private var pending = Data()

    func write(_ line: [UInt8]) throws {
        pending += line
        pending.append(0x0A)
        if pending.count > 1 << 16 { try flush() }
    }

    func flush() throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: pending)
        } catch {
            throw FileError(
                file: "standard output", problem: "cannot be written: \(String(cString: strerror(errno)))")
        }
        pending = Data()
    }
}
