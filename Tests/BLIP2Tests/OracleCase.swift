import BLIP2
import Checkpoints
import Foundation
import JSON
import Layers
import Tensors
import TestSupport
import Testing
import TextTokenizers

extension OracleFolder {
    /// The cases of the original code; fails when there are none.
    func cases() throws -> [OracleCase] {
        try names(in: "blitext").map { try OracleCase(file("blitext/\($0)")) }
    }

    /// The questions that were asked of every model. They are written down nowhere, but stand in the ids that a decoder
    /// continued, in front of the answers.
    func questions() throws -> [String] {
        let decoder = try #require(
            try cases().first { try $0.kind == "Blip2OPT" && $0.meta.optional("predict_answers") != nil })
        let opt = try OracleTokenizers(decoder).opt
        let recorded = try #require(try decoder.meta["predict_answers"].array.first { try $0["prompt"].string.isEmpty })
        let rows = try recorded["ids"].array.map { try $0.int32s }
        let answers = try recorded["answers"].array.map { try $0.string }
        func texts(_ ids: [ArraySlice<Int32>]) -> [String] {
            ids.map { opt.decode($0, skippingSpecialTokens: true).strippedAsInPython }
        }
        let lengths = 0...(rows.first?.count ?? 0)
        let length = try #require(
            lengths.first { length in texts(rows.map { $0.dropFirst(length) }) == answers },
            "\(decoder.name): no ids are followed by the answers")
        return texts(rows.map { $0.prefix(length) })
    }
}

/// A run of one of the original models: its sizes, texts and draws, and all that it computed.
struct OracleCase {
    let name: String
    let folder: URL
    let meta: JSONValue

    init(_ folder: URL) throws {
        name = folder.lastPathComponent
        self.folder = folder
        meta = try JSONDocument(contentsOf: folder.appendingPathComponent("meta.json")).root
    }

    /// The original class; nil for folders that hold no run of a model.
    var kind: String? {
        get throws { try meta.optional("class")?.string.split(separator: ".").last.map(String.init) }
    }

    func recorded(_ file: String = "io.safetensors") throws -> SafetensorsFile {
        try SafetensorsFile(contentsOf: folder.appendingPathComponent(file))
    }

    /// The weights before training.
    func weights() throws -> SafetensorsFile {
        try SafetensorsFile(contentsOf: folder.appendingPathComponent(try meta["weights"].string))
    }

    /// A size of the model.
    func size(_ key: String) throws -> Int { try meta["config"][key].int }

    /// An argument that the model was made with.
    func argument(_ key: String) throws -> JSONValue? { try meta["kwargs"].optional(key) }

    /// The prompt that the model was made with.
    var prompt: String { get throws { try argument("prompt")?.string ?? "" } }

    /// How many tokens of a text are the prompt that the model was made with.
    var promptTokenCount: Int {
        get throws { try prompt.isEmpty ? 0 : OracleTokenizers(self).opt.encode(prompt).count }
    }

    /// The texts, split between encoder and decoder; nil where the language model has no encoder.
    var splits: [SplitSentence]? {
        get throws {
            guard try meta.optional("split_text_input") != nil else { return nil }
            return try zip(meta["text_input"].array, drawn("randint")).map {
                SplitSentence(try $0.string, afterWords: $1)
            }
        }
    }

    /// Recorded draws of a kind.
    private func drawn(_ kind: String) throws -> [Int] {
        try meta["random"].array.filter { try $0["kind"].string == kind }.map { draw in
            let value = try draw["value"]
            return value.kind == .array ? try value.array[0].int : try value.int
        }
    }

    /// The optimizer run, if there is one.
    func training() throws -> JSONValue? {
        let file = folder.appendingPathComponent("train.json")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try JSONDocument(contentsOf: file).root
    }

    /// The draws of the recorded forward pass.
    func draws() throws -> RecordedDraws {
        let negatives = try drawn("multinomial").map { Int32(clamping: $0) }
        return RecordedDraws(masks: try masks(recorded(), prefix: ""), negatives: negatives)
    }

    /// Recorded token masks whose names start with `prefix`, in order.
    func masks(_ file: SafetensorsFile, prefix: String) throws -> [IndexTensor] {
        try (0...).lazy.map { "rand/\(prefix)bernoulli_\($0)" }.prefix { file.names.contains($0) }
            .map { try file.indexTensor(named: $0) }
    }
}
