import Checkpoints
import Foundation
import JSON
import Recipes
import SmallWorld
import Tensors
import Testing

/// The recipes of the small world on a world of a few pictures: each is trained for a few steps, in the order in which
/// one builds on the other, in one folder that is gone when the tests end.
final class SmallRuns: @unchecked Sendable {
    /// In an order in which each finds what it starts from.
    static let names = [
        "vision", "language", "stage0", "stage1", "stage1_pformer", "stage2", "stage2_pformer", "finetune",
        "finetune_pformer", "language_t5", "stage0_t5", "stage2_t5", "stage2_pformer_t5",
        "finetune_t5", "finetune_pformer_t5",
    ]
    static let stepCount = 3
    static let batchSize = 6

    /// All of them, trained once; or the error that came up.
    static let trained = Result { try SmallRuns() }

    /// Stands for the folder in which the demo works.
    let folder = FileManager.default.temporaryDirectory.appending(path: "recipes-\(UUID().uuidString)")
    private(set) var prepared: [String: PreparedRun] = [:]
    /// What each recipe's text says of where it goes.
    private var outputs: [String: String] = [:]

    private static let recipes = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Apps/train/recipes/world")

    private init() throws {
        var options = World.Options()
        (options.trainCount, options.testCount, options.sentenceCount) = (16, 2, 120)
        try WorldFiles(World(options: options), in: folder.appending(path: ".demo/world")).write()
        for name in Self.names {
            let run = try prepare(name)
            prepared[name] = run
            try run.train(resuming: false)
        }
    }

    /// The recipes that lie in the folder of the small world's recipes.
    static var present: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: recipes.path).filter { $0.hasSuffix(".yaml") }
                .map { String($0.dropLast(5)) }
        }
    }

    static func text(of name: String) throws -> String {
        try String(contentsOf: recipes.appending(path: "\(name).yaml"), encoding: .utf8)
    }

    /// Where the command in a recipe's text sends its run.
    static func output(of name: String) throws -> String {
        let words = try text(of: name).split { $0 == " " || $0 == "\n" }.map(String.init)
        let option = try #require(words.firstIndex(of: "--output-dir"), "\(name).yaml gives no command")
        return words[option + 1]
    }

    /// The folder of a recipe's run.
    func run(_ name: String) throws -> URL { folder.appending(path: try Self.output(of: name)) }

    /// Gets a recipe ready, with its paths led into the folder; `edit` may change its text.
    func prepare(
        _ name: String, options: [String] = [], in run: URL? = nil, edit: (String) -> String = { $0 }
    ) throws -> PreparedRun {
        let file = folder.appending(path: "\(name)-\(UUID().uuidString).yaml")
        let text = edit(try Self.text(of: name)).replacingOccurrences(of: ".demo/", with: folder.path + "/.demo/")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let batches = Double(try batchesPerEpoch(name))
        return try prepareRun(
            configuration: file,
            options: [
                "run.batch_size_train=\(Self.batchSize)", "run.max_epoch=\(Double(Self.stepCount) / batches)",
            ] + options,
            .training(try run ?? self.run(name)))
    }

    /// 80 captions; 120 sentences; and the language model's blocks, which are counted when the recipe is read.
    private func batchesPerEpoch(_ name: String) throws -> Int {
        switch name {
        case "language": 1
        case "language_t5": 120 / 6 / Self.batchSize
        case "stage0", "stage0_t5": 120 / Self.batchSize
        default: 80 / Self.batchSize
        }
    }

    /// The weights that a run ended with, by name.
    func weights(_ name: String, _ part: String = "model") throws -> SafetensorsFile {
        try SafetensorsFile(contentsOf: try run(name).appending(path: "\(part)/model.safetensors"))
    }

    /// The lines of a run's log that describe steps.
    func steps(_ run: URL) throws -> [JSONValue] {
        let text = try String(contentsOf: run.appending(path: "log.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDocument(parsing: $0.utf8, name: "log.jsonl").root }
            .filter { try $0.optional("step") != nil }
    }

    /// The text of the error that `body` throws, with the folder's path taken out.
    func message(_ body: () throws -> some Any) -> String {
        do {
            _ = try body()
            return "no error"
        } catch {
            return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
        }
    }
}

extension SafetensorsFile {
    /// The elements of the tensors whose names begin with `prefix`, by the rest of their names.
    func scalars(_ prefix: String) throws -> [String: [Float]] {
        var result: [String: [Float]] = [:]
        for name in names where name.hasPrefix(prefix) {
            result[String(name.dropFirst(prefix.count))] = try tensor(named: name).scalars
        }
        return result
    }
}
