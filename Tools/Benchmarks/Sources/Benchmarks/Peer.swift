import Foundation
import Synchronization

/// A program that measures another library: it reads a line that says what to do, and answers with a line.
final class Peer {
    private static let identifiers = Mutex<Set<Int32>>([])

    /// The process numbers of the peers that run.
    static var running: Set<Int32> { identifiers.withLock { $0 } }

    /// The first line it wrote: what it is.
    let name: String
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending = Data()

    /// Starts a script of the folder Peers. Throws an error that says what the interpreter said.
    init(_ script: String, interpreter: String, arguments: [String]) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Peers/\(script)").standardizedFileURL
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = [file.path] + arguments
        process.standardInput = input
        process.standardOutput = output
        do { try process.run() } catch { throw PeerError(interpreter, "cannot be run: \(error.localizedDescription)") }
        guard let line = Self.line(from: output, &pending) else {
            throw PeerError(interpreter, "ended at once; it needs the package torch")
        }
        name = line
        let identifier = process.processIdentifier
        Self.identifiers.withLock { _ = $0.insert(identifier) }
    }

    deinit {
        let identifier = process.processIdentifier
        Self.identifiers.withLock { _ = $0.remove(identifier) }
        try? input.fileHandleForWriting.close()
        // One that is still putting its memory away would disturb the next measurement.
        process.waitUntilExit()
    }

    /// Asks for one thing, and waits for the number that answers it.
    func ask(_ request: String) throws -> Double {
        try input.fileHandleForWriting.write(contentsOf: Data((request + "\n").utf8))
        guard let line = Self.line(from: output, &pending), let value = Double(line) else {
            throw PeerError(name, "gave no number for \(request)")
        }
        return value
    }

    private static func line(from output: Pipe, _ pending: inout Data) -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending = Data(pending[(end + 1)...])
                return line
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            pending += more
        }
    }
}

/// What is wrong with a peer.
struct PeerError: Error, CustomStringConvertible {
    let description: String

    init(_ peer: String, _ problem: String) { description = "\(peer) \(problem)" }
}
