import Foundation

/// What `make demo` leaves, in small: a world of some hundred pictures, all stages trained for a few steps, captions of
/// both arms, results and report. It is made once for a test run, by the demo's own rules, and removed at its end.
public struct MiniWorld: Sendable {
    /// The folder in which `.demo` and the repository's `Apps` stand, as in a clone after `make demo`.
    public let clone: URL
    /// The demo's folder.
    public var demo: URL { clone.appendingPathComponent(".demo") }

    /// What the demo's rules are called with.
    public var makeArguments: [String] {
        [
            "DEMO=\(demo.path)", "SEED=42", "programs=\(BuiltProgram.folder.path)",
            "WORLD=--train 320 --test 40 --sentences 2000", "OPTIONS=run.max_epoch=0.05 run.warmup_steps=2",
        ]
    }

    /// The repository that this build was made from.
    public static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The world of this test run; throws what went wrong in making it.
    public static func shared() throws -> MiniWorld { try made.get() }

    private static let made = Result { try MiniWorld() }

    private static let place = FileManager.default.temporaryDirectory
        .appendingPathComponent("mini-world-\(ProcessInfo.processInfo.processIdentifier)")

    private init() throws {
        clone = Self.place
        try FileManager.default.createDirectory(at: clone, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: clone.appendingPathComponent("Apps"), withDestinationURL: Self.repository.appendingPathComponent("Apps")
        )
        atexit { try? FileManager.default.removeItem(at: MiniWorld.place) }
        let outcome = try BuiltProgram.shell(
            "unset MAKEFLAGS MAKELEVEL; exec make --silent --file Tools/Demo/stages.mk \"$@\"",
            makeArguments, in: Self.repository)
        if outcome.code != 0 { throw Failure(outcome: outcome) }
    }

    private struct Failure: Error, CustomStringConvertible {
        let outcome: BuiltProgram.Outcome
        var description: String { "the small world's stages failed: \(outcome)" }
    }
}
