import Foundation
import TestSupport
import Testing

/// Where a program cannot write: one clear line, exit code 1, nothing half-written.
struct OutputTests {
    private let world: MiniWorld
    private let folder: TemporaryFolder

    init() throws {
        world = try MiniWorld.shared()
        folder = try TemporaryFolder()
    }

    private static let isRoot = geteuid() == 0
    private static let mayMount =
        (try? BuiltProgram.shell("unshare --mount true", in: URL(fileURLWithPath: "/")).code) == 0

    /// Root writes anywhere, so that tests of permissions run as nobody.
    private static let asNobody =
        isRoot ? "exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\"" : "exec \"$@\""

    /// Programs that write, with arguments for writing to `place`.
    enum Writer: String, CaseIterable {
        case train, evaluate, caption, convert, dataset

        func arguments(in place: String) -> [String] {
            switch self {
            case .train:
                [
                    "--cfg-path", "Apps/train/recipes/world/stage2.yaml", "--output-dir", "\(place)/run", "--options",
                    "run.max_epoch=0.05",
                ]
            case .evaluate:
                [
                    "captions", "--model", ".demo/pformer/finetune/model", "--images", ".demo/world/images",
                    "--references", ".demo/world/annotations/coco_karpathy_test.json", "--output",
                    "\(place)/predictions.json",
                ]
            case .caption:
                [
                    "--model", ".demo/pformer/finetune/model", "--num-beams", "1", "--output", "\(place)/captions.json",
                    ".demo/world/images/test",
                ]
            case .convert: ["--output", "\(place)/model", ".demo/pformer/finetune/model"]
            case .dataset:
                ["show", "Apps/train/recipes/world/stage1.yaml", "--output", "\(place)/page.html"]
            }
        }
    }

    private func run(_ writer: Writer, _ place: String, under conditions: String) throws -> BuiltProgram.Outcome {
        try BuiltProgram(writer.rawValue).run(writer.arguments(in: place), in: world.clone, under: conditions)
    }

    private func expect(
        _ outcome: BuiltProgram.Outcome, _ writer: Writer, says words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.code == 1, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.errorCount == 1, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.errors.hasPrefix("\(writer.rawValue): "), "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.errors.contains(words), "\(outcome)", sourceLocation: sourceLocation)
    }

    @Test(arguments: Writer.allCases) func readOnlyFolder(writer: Writer) throws {
        let place = folder.file("readonly")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: place.path)
        expect(try run(writer, place.path, under: Self.asNobody), writer, says: "Permission denied")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test(arguments: Writer.allCases) func limitedFileSize(writer: Writer) throws {
        let outcome = try run(writer, folder.url.path, under: "ulimit -f 1; exec \"$@\"")
        expect(outcome, writer, says: "File too large")
        #expect(leftovers == [])
    }

    /// A real disk that is full: a small one in memory, seen by the program alone.
    @Test(.enabled(if: mayMount), arguments: Writer.allCases) func fullDisk(writer: Writer) throws {
        let outcome = try run(
            writer, folder.url.path,
            under: """
                exec unshare --mount bash -c '
                    mount -t tmpfs -o size=64k full "$0" && { head -c 1M /dev/zero >"$0/filler" || true; } 2>/dev/null
                    "$@"; code=$?
                    find "$0" -name "*.part" >&2
                    exit $code' \(folder.url.path) "$@"
                """)
        expect(outcome, writer, says: "No space left on device")
    }

    /// Where a folder bears the name, or there is no folder for the file: that comes out before any work is done.
    @Test(arguments: [Writer.evaluate, .caption, .dataset]) func noPlaceForAFile(writer: Writer) throws {
        let name = try #require(writer.arguments(in: "x").first { $0.hasPrefix("x/") }).dropFirst(2)
        try FileManager.default.createDirectory(
            at: folder.file(String(name)), withIntermediateDirectories: true)
        expect(
            try run(writer, folder.url.path, under: "exec \"$@\""), writer,
            says: "/\(name): is a folder; wanted the name of a file")
        let absent = folder.file("absent").path
        expect(
            try run(writer, absent, under: "exec \"$@\""), writer,
            says: "absent/\(name): cannot be written: there is no folder \(absent)")
        #expect(folder.names == [String(name)])
    }

    /// What was printed and not written is an error, even if it comes out at the very end.
    @Test func fullStandardOutput() throws {
        let model = ".demo/pformer/finetune/model"
        let world = ".demo/world"
        for (program, arguments) in [
            ("inspect", [model]), ("caption", ["--help"]), ("convert", ["--dry-run", model]),
            ("tokenize", ["--tokenizer", model, "\(world)/annotations/coco_karpathy_test.json"]),
            ("caption", ["--model", model, "--num-beams", "1", "\(world)/images/test/world_000321.jpg"]),
        ] {
            let outcome = try BuiltProgram(program).run(arguments, in: clone, under: "exec \"$@\" >/dev/full")
            #expect(outcome.code == 1 && outcome.errorCount == 1, "\(program): \(outcome)")
            #expect(
                outcome.errors.hasPrefix("\(program): standard output")
                    && outcome.errors.contains("cannot be written: "),
                "\(outcome)")
        }
    }

    /// A device takes a page as it comes; it is not replaced by a file.
    @Test func pagesOnStandardOutput() throws {
        let arguments = ["report", ".demo/language", "--output", "/dev/stdout"]
        let whole = folder.file("whole.html")
        _ = try BuiltProgram("train").run(["report", ".demo/language", "--output", whole.path], in: clone)
        for under in ["exec \"$@\"", "\"$@\" | cat"] {
            let outcome = try BuiltProgram("train").run(arguments, in: clone, under: under)
            #expect(outcome.code == 0, "\(outcome)")
        }
        let piped = try BuiltProgram("train").run(arguments, in: clone, under: "\"$@\" | cat")
        #expect(piped.output == (try String(contentsOf: whole, encoding: .utf8)) + "report: /dev/stdout\n")
    }

    private var clone: URL { world.clone }

    /// Files that are still under their temporary names.
    private var leftovers: [String] {
        let files = FileManager.default.enumerator(atPath: folder.url.path)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".part") }
    }
}
