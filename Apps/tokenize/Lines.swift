import Foundation

/// The lines of a file or of standard input, read piece by piece.
struct LineReader {
    /// The number of lines returned so far.
    private(set) var count = 0
    private let file: FileHandle
    private var pending = Data()
    private var isAtEnd = false

    init(_ path: String?) throws {
        file = try path.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) } ?? .standardInput
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
            let more = try file.read(upToCount: 1 << 20) ?? Data()
            isAtEnd = more.isEmpty
            pending = Data(pending) + more
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
        try FileHandle.standardOutput.write(contentsOf: pending)
        pending = Data()
    }
}
