import Foundation
import TestSupport
import Testing

/// Every program's help ends in commands, and they work after the demo.
struct HelpTests {
    private static let commands: [[String]] = [
        ["train"], ["train", "run"], ["train", "report"], ["caption"], ["convert"], ["inspect"], ["evaluate"],
        ["evaluate", "run"], ["evaluate", "captions"], ["evaluate", "idf"], ["tokenize"], ["dataset"],
        ["dataset", "check"], ["dataset", "show"], ["dataset", "build"], ["world"],
    ]

    @Test(arguments: commands) func helpEndsInTwoCommandsThatWork(command: [String]) throws {
        let world = try MiniWorld.shared()
        let help = try BuiltProgram(command[0]).run(command.dropFirst() + ["--help"], in: world.clone)
        #expect(help.code == 0 && help.errors.isEmpty, "\(help)")
        let parts = help.output.components(separatedBy: "\n\nEXAMPLES, after `make demo`:\n")
        #expect(parts.count == 2, "no examples at the end of \(help.output)")
        let examples = try #require(parts.last).split(separator: "\n")
        #expect(examples.count == 2)
        for example in examples {
            let outcome = try BuiltProgram.shell(String(example), in: world.clone)
            #expect(outcome.code == 0, "\(example): \(outcome)")
            #expect(!outcome.output.isEmpty && outcome.errors.isEmpty, "\(example): \(outcome)")
        }
    }

    /// Those whose examples need files that are not the demo's.
    private static let others = ["merge", "compare", "nocaps", "vqa", "gqa", "retrieval", "meteor-data"].map {
        ["evaluate", $0]
    }

    @Test(arguments: others) func helpEndsInTwoCommands(command: [String]) throws {
        let help = try BuiltProgram(command[0]).run(
            command.dropFirst() + ["--help"], in: FileManager.default.temporaryDirectory)
        let examples = help.output.components(separatedBy: "\n\nEXAMPLES, with ").last?.split(separator: "\n")
            .dropFirst()
        #expect(help.code == 0 && examples?.count == 2, "\(help)")
    }

    @Test(arguments: commands + others) func wrongUsageExitsWithTwo(command: [String]) throws {
        let outcome = try BuiltProgram(command[0]).run(
            command.dropFirst() + ["--no-such-option"], in: FileManager.default.temporaryDirectory)
        #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.contains("\nUsage: \(command[0]) "), "\(outcome)")
    }

    /// A variable that is not set must not mean the working folder.
    @Test(arguments: [
        ["caption", "--model", "m", "--output", "", "p.jpg"], ["caption", "--model", "", "p.jpg"],
        ["caption", "--model", "m", ""], ["convert", "--output", "", "m"], ["convert", "--output", "o", ""],
        ["dataset", "build", "photos", "--output", ""], ["dataset", "show", "r.yaml", "--output", ""],
        ["evaluate", "run", "--cfg-path", "c.yaml", "--output-dir", ""], ["evaluate", "merge", ""],
        ["evaluate", "captions", "--predictions", "", "--references", "r.json"],
        ["evaluate", "idf", "--references", "r.json", "--output", ""], ["inspect", ""],
        ["tokenize", "--tokenizer", ""], ["train", "--cfg-path", "r.yaml", "--output-dir", ""],
        ["train", "report", "", "--output", "o.html"], ["world", "--output", ""],
    ])
    func anEmptyPathIsWrongUsage(command: [String]) throws {
        let folder = try TemporaryFolder()
        let outcome = try BuiltProgram(command[0]).run(Array(command.dropFirst()), in: folder.url)
        #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.errors.hasPrefix("Error: The value '' is invalid for "), "\(outcome)")
        #expect(folder.names == [])
    }

    @Test func modelAndPredictionsExcludeEachOther() throws {
        let folder = FileManager.default.temporaryDirectory
        for arguments in [
            ["--references", "r.json"], ["--references", "r.json", "--predictions", "p.json", "--model", "m"],
            ["--references", "r.json", "--model", "m"],
            ["--references", "r.json", "--predictions", "p.json", "--output", "o"],
        ] {
            let outcome = try BuiltProgram("evaluate").run(["captions"] + arguments, in: folder)
            #expect(outcome.code == 2, "\(arguments): \(outcome)")
        }
    }
}
