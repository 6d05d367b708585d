import Evaluation
import Foundation
import JSON
import TestSupport
import Testing

/// The records that a run keeps: what it refuses of them, and the hashes of the files that they depend on.
struct JournalTests {
    private let small: SmallEvaluation
    private let folder: TemporaryFolder
    private let output: URL

    init() throws {
        small = try SmallEvaluation.shared.get()
        folder = try TemporaryFolder()
        output = folder.file("run")
        try small.evaluate(small.configuration("vqa"), in: output)
    }

    private var journal: URL { output.appending(path: "test/answers.jsonl") }

    /// What the run says when it is called again.
    private func message(_ options: String...) -> String {
        small.message { try small.evaluate(small.configuration("vqa"), options: options, in: output) }
    }

    private func change(_ file: URL, _ body: (inout [String]) -> Void) throws {
        var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
        body(&lines)
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
    }

    @Test func oneProcessAddsToAFile() throws {
        try change(journal) { $0.removeSubrange(2...) }
        try change(journal) { $0.append("") }
        let lock = try #require(FileLock(journal))
        #expect(message().contains("answers.jsonl: another process adds to it; give each its own part with --shard"))
        withExtendedLifetime(lock) {}
    }

    @Test func damagedLinesAreNamed() throws {
        try change(journal) { $0[2] = String($0[2].dropLast(3)) }
        #expect(message().contains("answers.jsonl:3:"), "\(message())")
    }

    @Test func recordsOfOtherQuestionsAreRefused() throws {
        let before = try String(contentsOf: journal, encoding: .utf8)
        // The records of the first two batches change places, of which each has several.
        try change(journal) { lines in
            let records = [1, 2].map { lines[$0].drop { $0 != "[" } }
            for (place, other) in [(1, 1), (2, 0)] {
                lines[place] = "{\"batch\":\(place - 1),\"records\":\(records[other])"
            }
        }
        #expect(try String(contentsOf: journal, encoding: .utf8) != before)
        #expect(message().contains("is of question") || message().contains("records, wanted"), "\(message())")
    }

    /// The same of captions, whose records name their pictures.
    @Test func recordsOfOtherPicturesAreRefused() throws {
        let place = folder.file("captions")
        try small.evaluate(small.configuration("captioning"), in: place)
        try change(place.appending(path: "test/captions.jsonl")) { lines in
            lines[1] = lines[1].replacing(/"image_id":(\d+)/) { "\"image_id\":\((Int($0.1) ?? 0) + 1)" }
        }
        let message = small.message { try small.evaluate(small.configuration("captioning"), in: place) }
        #expect(message.contains("captions.jsonl:2, $.records[0]: is of image "), "\(message)")
    }

    /// A copy that somebody keeps beside a journal is none.
    @Test func copiesAreNotRead() throws {
        try Data("?\n".utf8).write(to: output.appending(path: "test/answers.1-of-2.old.jsonl"))
        #expect(message().isEmpty, "\(message())")
    }

    // MARK: Hashes

    private func hashes() throws -> [(key: String, hash: String)] {
        try JSONDocument(contentsOf: output.appending(path: "hashes.json")).root.object.map {
            ($0.key, try $0.value["sha256"].string)
        }
    }

    @Test func resultsNameTheSHA256OfEveryFile() throws {
        let results = try JSONDocument(contentsOf: output.appending(path: "test/results.json")).root
        let files = try results["model"]["weights"].array.map { $0 } + results["data"].array.map { $0 }
        #expect(files.count == 3, "a file of weights, questions, answers")
        for file in files {
            let path = try file["file"].string
            let printed = try BuiltProgram.shell("sha256sum \"$1\"", [path], in: folder.url).output
            #expect(try file["sha256"].string == printed.prefix(64), "\(path)")
            #expect(
                try file["bytes"].int == (FileManager.default.attributesOfItem(atPath: path)[.size] as? Int), "\(path)")
            #expect(try hashes().contains { try $0.key == path && $0.hash == file["sha256"].string })
        }
        let libraries = try results["versions"]["libraries"].array.map { try $0.string }
        for name in ["libopenblas", "libjpeg", "libpng", "libwebp", "libsentencepiece", "libcrypto"] {
            #expect(libraries.contains { $0.hasPrefix(name) && $0.contains(".so") }, "\(name): \(libraries)")
        }
    }

    /// The version in results is the one whose changes are being written down.
    @Test func resultsNameTheVersion() throws {
        let changes = try String(
            contentsOf: MiniWorld.repository.appending(path: "CHANGELOG.md"), encoding: .utf8)
        let heading = try #require(changes.firstMatch(of: /## \[([^\]]+)\]/)).1
        let results = try JSONDocument(contentsOf: output.appending(path: "test/results.json")).root
        #expect(try results["versions"]["swift-blip2"].string == heading)
    }

    @Test func knownHashesAreNotComputedAgain() throws {
        let known = try String(contentsOf: output.appending(path: "hashes.json"), encoding: .utf8)
        let wrong = String(repeating: "0", count: 64)
        try change(output.appending(path: "hashes.json")) { lines in
            lines = lines.map { $0.replacing(/"sha256": ?"[^"]*"/, with: "\"sha256\":\"\(wrong)\"") }
        }
        #expect(message().contains("not \(wrong)"), "\(message())")
        // A file of another time is read again, and one that remembers nothing is made anew.
        try change(output.appending(path: "hashes.json")) { lines in
            lines = lines.map { $0.replacing(/"changed": ?"[^"]*"/, with: "\"changed\":\"0.0\"") }
        }
        #expect(message().isEmpty, "\(message())")
        #expect(try String(contentsOf: output.appending(path: "hashes.json"), encoding: .utf8) == known)
        try Data("?".utf8).write(to: output.appending(path: "hashes.json"))
        #expect(message().isEmpty)
        #expect(try String(contentsOf: output.appending(path: "hashes.json"), encoding: .utf8) == known)
    }

    /// One bit in a file of weights is another model.
    @Test func otherWeightsAreRefused() throws {
        let copy = folder.file("model")
        try FileManager.default.copyItem(at: small.root.appending(path: "captioner"), to: copy)
        let option = "model.pretrained=\(copy.path)"
        try FileManager.default.removeItem(at: output)
        #expect(message(option).isEmpty)
        let weights = copy.appending(path: "model.safetensors")
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: weights)
        #expect(message(option).contains("in which weights of model.safetensors was "), "\(message(option))")
    }
}
