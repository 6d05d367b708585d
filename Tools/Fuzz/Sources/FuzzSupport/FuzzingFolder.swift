import Foundation

/// A folder in which a fuzzer's bytes become files.
public struct FuzzingFolder: Sendable {
    private let url: URL

    /// Makes a folder of this process's own.
    public init() {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(getpid())")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// Writes files and calls `body` with the folder; what it throws is a refusal, which is right.
    public func with(_ files: [(name: String, bytes: [UInt8])], _ body: (URL) throws -> Void) {
        for (name, bytes) in files { try? Data(bytes).write(to: url.appendingPathComponent(name)) }
        try? body(url)
    }

    /// The same for a single file, with its own address.
    public func with(_ name: String, _ start: UnsafePointer<UInt8>, _ count: Int, _ body: (URL) throws -> Void) {
        with([(name, Array(UnsafeBufferPointer(start: start, count: count)))]) {
            try body($0.appendingPathComponent(name))
        }
    }
}
