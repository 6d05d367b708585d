import Datasets
import Evaluation
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// Runs that are stopped and taken up again, and runs of several processes, leave the very bytes of one that went through.
struct EvaluationContinuationTests {
    private let small: SmallEvaluation
    private let folder: TemporaryFolder
    private static let results = ["predictions.json", "samples.jsonl", "results.json", "report.html"]

    init() throws {
        small = try SmallEvaluation.shared.get()
        folder = try TemporaryFolder()
    }

    private func text(_ output: URL, _ name: String) throws -> String {
        try String(contentsOf: output.appending(path: "test/\(name)"), encoding: .utf8)
    }

    private func expectSameResults(_ one: URL, _ other: URL, _ what: String) throws {
        for name in Self.results {
            let same = try text(one, name) == text(other, name)
            #expect(same, "\(what): \(name) differs")
        }
    }

    private static let tasks = [
        ("captioning", ["captions"]), ("vqa", ["answers"]), ("gqa", ["answers"]),
        ("retrieval", ["pictures", "texts", "matches"]),
    ]

    @Test(arguments: tasks) func cutAnywhereAndContinued(task: String, phases: [String]) throws {
        let whole = folder.file("whole")
        try small.evaluate(small.configuration(task), in: whole)
        var numbers = SeededNumbers(seed: 9)
        for phase in phases {
            let name = "\(phase).jsonl"
            let bytes = try Data(contentsOf: whole.appending(path: "test/\(name)"))
            for _ in 0..<3 {
                let length = Int.random(in: 0..<bytes.count, using: &numbers)
                let output = folder.file("cut-\(phase)-\(length)")
                try FileManager.default.copyItem(at: whole, to: output)
                for other in Self.results + phases.drop(while: { $0 != phase }).dropFirst().map({ "\($0).jsonl" }) {
                    try FileManager.default.removeItem(at: output.appending(path: "test/\(other)"))
                }
                try bytes.prefix(length).write(to: output.appending(path: "test/\(name)"))
                try small.evaluate(small.configuration(task), in: output)
                try expectSameResults(output, whole, "\(name) cut at \(length) of \(bytes.count)")
                #expect(
                    try Data(contentsOf: output.appending(path: "test/\(name)")) == bytes, "\(name) cut at \(length)")
            }
        }
    }

    /// Batches that are recorded are not done again: a mark in one shows up in the predictions.
    @Test func whatIsDoneIsKept() throws {
        let output = folder.file("run")
        try small.evaluate(small.configuration("vqa"), in: output)
        let journal = output.appending(path: "test/answers.jsonl")
        let before = try entries(output.appending(path: "test/predictions.json")).map { try $0["answer"].string }
        var records = try String(contentsOf: journal, encoding: .utf8).components(separatedBy: "\n")
        #expect(records.count > 3)
        records[1] = records[1].replacing(/"answer":"[^"]*"/, with: "\"answer\":\"kept\"")
        try Data((records[...1].joined(separator: "\n") + "\n").utf8).write(to: journal)
        try small.evaluate(small.configuration("vqa"), in: output)
        let after = try entries(output.appending(path: "test/predictions.json")).map { try $0["answer"].string }
        #expect(after.contains("kept") && zip(before, after).allSatisfy { $0 == $1 || $1 == "kept" })
        #expect(after.last == before.last)
    }

    @Test func otherSettingsAreRefused() throws {
        let output = folder.file("run")
        try small.evaluate(small.configuration("vqa"), in: output)
        for (option, words) in [
            ("run.num_beams=2", "run.num_beams was 5, not 2"),
            ("run.batch_size_eval=3", "run.batch_size_eval was 4, not 3"), ("run.prompt=\"{}\"", "run.prompt was "),
        ] {
            let message = small.message {
                try small.evaluate(small.configuration("vqa"), options: [option], in: output)
            }
            #expect(message.contains("answers.jsonl: is of a run in which \(words)"), "\(message)")
        }
        // How scores are computed changes no answer.
        try small.evaluate(small.configuration("vqa"), options: ["run.bootstrap=20"], in: output)
        #expect(try text(output, "results.json").contains("\"interval\""))
    }

    /// What a refused or failed run had to say of the folder is not written into it: it would pass for what is there.
    @Test func failedRunsLeaveNothing() throws {
        let output = folder.file("run")
        let broken = folder.file("broken")
        try FileManager.default.copyItem(at: small.root.appending(path: "captioner"), to: broken)
        try FileManager.default.removeItem(at: broken.appending(path: "vocab.json"))
        let text = small.configuration("vqa")
        let option = "model.pretrained=\(broken.path)"
        #expect(small.message { try small.evaluate(text, options: [option], in: output) }.contains("vocab.json"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path) == [])
        try small.evaluate(text, in: output)
        let files = ["configuration.yaml", "hashes.json"].map(output.appendingPathComponent)
        let before = try files.map { try Data(contentsOf: $0) }
        for option in [option, "run.num_beams=2"] {
            #expect(small.message { try small.evaluate(text, options: [option], in: output) } != "")
            #expect(try files.map { try Data(contentsOf: $0) } == before, "after \(option)")
        }
    }

    private func part(
        _ task: String, _ shard: Shard, in output: URL, called name: String? = nil
    ) throws -> [String] {
        let file = folder.file("\(name ?? output.lastPathComponent).yaml")
        try Data(small.configuration(task).utf8).write(to: file)
        var outcomes: [String] = []
        try EvaluationRun(configuration: file, folder: output).run(shard: shard) {
            if case .scored = $0 { outcomes.append("scored") } else { outcomes.append("waiting") }
        }
        return outcomes
    }

    @Test func partsInOneFolderAreScoredByTheLast() throws {
        let whole = folder.file("whole")
        try small.evaluate(small.configuration("vqa"), in: whole)
        let shared = folder.file("shared")
        #expect(try part("vqa", Shard(index: 1, count: 2), in: shared) == ["waiting"])
        #expect(try part("vqa", Shard(index: 0, count: 2), in: shared) == ["scored"])
        try expectSameResults(shared, whole, "two parts")
    }

    /// Neither finds the other's records when it begins.
    @Test func partsAtOnceAreScored() throws {
        let shared = folder.file("shared")
        let outcomes = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 2) { index in
            let name = "shared-\(index)"
            let own = (try? part("vqa", Shard(index: index, count: 2), in: shared, called: name)) ?? ["failed"]
            outcomes.withLock { $0 += own }
        }
        let all = outcomes.withLock { $0 }
        #expect(all.contains("scored") && all.allSatisfy { $0 != "failed" }, "\(all)")
    }

    @Test func partsFromTwoFoldersAreMerged() throws {
        let whole = folder.file("whole")
        try small.evaluate(small.configuration("captioning"), in: whole)
        let (one, other) = (folder.file("one"), folder.file("other"))
        #expect(try part("captioning", Shard(index: 0, count: 2), in: one) == ["waiting"])
        let early = small.message { try EvaluationRun(begunIn: one).merge { _ in } }
        #expect(early.contains("lacks ") && early.contains(" batches of captions: 1"), "\(early)")
        #expect(try part("captioning", Shard(index: 1, count: 2), in: other) == ["waiting"])
        try FileManager.default.copyItem(
            at: other.appending(path: "test/captions.2-of-2.jsonl"),
            to: one.appending(path: "test/captions.2-of-2.jsonl"))
        try EvaluationRun(begunIn: one).merge { _ in }
        try expectSameResults(one, whole, "merged")
        let nothing = small.message { try EvaluationRun(begunIn: folder.file("nothing")).merge { _ in } }
        #expect(nothing.contains("nothing/configuration.yaml: is not there"), "\(nothing)")
    }

    /// Every process needs the vectors of all: retrieval goes on in turns.
    @Test func retrievalTakesTurns() throws {
        let whole = folder.file("whole")
        try small.evaluate(small.configuration("retrieval"), in: whole)
        let shared = folder.file("shared")
        var outcomes: [String] = []
        for _ in 0..<4 where outcomes.last != "scored" {
            for index in 0..<2 where outcomes.last != "scored" {
                outcomes += try part("retrieval", Shard(index: index, count: 2), in: shared)
            }
        }
        #expect(outcomes.last == "scored", "\(outcomes)")
        try expectSameResults(shared, whole, "two parts")
    }
}
