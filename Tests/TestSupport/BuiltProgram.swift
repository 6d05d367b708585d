import Foundation

/// A program of this build, run as a user runs it.
public struct BuiltProgram: Sendable {
    /// What a run left.
    public struct Outcome: Sendable, CustomStringConvertible {
        /// The exit code; for a program that a signal ended, 128 and the signal.
        public var code: Int32
        /// What it wrote to standard output.
        public var output: String
        /// What it wrote to standard error.
        public var errors: String

        /// How many errors it reported: lines of standard error that are not indented.
        public var errorCount: Int { errors.split(separator: "\n").count { !$0.hasPrefix(" ") } }

        /// All of it, for a failed expectation.
        public var description: String { "code \(code)\n\(output)\n\(errors)" }
    }

    /// Where the programs of this build lie: beside the one that runs the tests.
    public static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// The program's file.
    public let path: String

    /// A program by its name.
    public init(_ name: String) { path = Self.folder.appendingPathComponent(name).path }

    /// Runs the program.
    ///
    /// - Parameters:
    ///   - arguments: its arguments
    ///   - folder: the working directory
    ///   - conditions: a line of shell that ends in running `"$@"`, such as `ulimit -f 8; exec "$@"`
    public func run(
        _ arguments: [String], in folder: URL, under conditions: String = "exec \"$@\""
    ) throws -> Outcome {
        try Self.shell(conditions, [path] + arguments, in: folder)
    }

    /// Runs a line of bash with arguments.
    public static func shell(_ line: String, _ arguments: [String] = [], in folder: URL) throws -> Outcome {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let streams = try ["output", "errors"].map { name in
            let file = place.appendingPathComponent(name)
            try Data().write(to: file)
            return (file: file, handle: try FileHandle(forWritingTo: file))
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line, "bash"] + arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = streams[0].handle
        process.standardError = streams[1].handle
        try process.run()
        process.waitUntilExit()
        let texts = try streams.map { String(decoding: try Data(contentsOf: $0.file), as: UTF8.self) }
        let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
        return Outcome(code: signal + process.terminationStatus, output: texts[0], errors: texts[1])
    }
}
