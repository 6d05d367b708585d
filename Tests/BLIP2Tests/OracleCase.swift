import Checkpoints
import Foundation
import JSON
import Layers
import Tensors
import Testing
import TextTokenizers

/// The folder of the reference implementations' outputs that the environment variable BLIP_ORACLE names.
enum OracleFolder {
    static let path = ProcessInfo.processInfo.environment["BLIP_ORACLE"] ?? ""
    static let isNamed = !path.isEmpty
    static let whenNamed: Comment = "BLIP_ORACLE names no folder of the reference implementations' outputs"

    static var url: URL { URL(fileURLWithPath: path, isDirectory: true) }

    /// The cases of the original code; fails when there are none.
    static func cases() throws -> [OracleCase] {
        let folder = url.appendingPathComponent("blitext")
        try #require(FileManager.default.fileExists(atPath: folder.path), "there is no \(folder.path)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        try #require(!names.isEmpty, "\(folder.path) is empty")
        return try names.map { try OracleCase(folder.appendingPathComponent($0)) }
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

    /// The optimizer run, if there is one.
    func training() throws -> JSONValue? {
        let file = folder.appendingPathComponent("train.json")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try JSONDocument(contentsOf: file).root
    }

    /// The draws of the recorded forward pass.
    func draws() throws -> RecordedDraws {
        let negatives = try meta["random"].array.filter { try $0["kind"].string == "multinomial" }
            .map { Int32(clamping: try $0["value"].array[0].int) }
        return RecordedDraws(masks: try masks(recorded(), prefix: ""), negatives: negatives)
    }

    /// Recorded token masks whose names start with `prefix`, in order.
    func masks(_ file: SafetensorsFile, prefix: String) throws -> [IndexTensor] {
        try (0...).lazy.map { "rand/\(prefix)bernoulli_\($0)" }.prefix { file.names.contains($0) }
            .map { try file.indexTensor(named: $0) }
    }
}

/// The tokenizers of the tiny models, and the forms in which the original code calls them.
struct OracleTokenizers {
    let bert: WordPieceTokenizer
    let opt: BytePairTokenizer
    /// The row length of the Q-Former's and the P-Former's texts, and the most tokens of any text.
    let limit: Int

    init(_ oracle: OracleCase) throws {
        let common = OracleFolder.url.appendingPathComponent("common")
        bert = try WordPieceTokenizer(
            vocabularyFile: common.appendingPathComponent("bert-vocab-small.txt"), addingBeginning: "[DEC]")
        opt = try BytePairTokenizer(
            vocabularyFile: common.appendingPathComponent("opt-vocab-small.json"),
            mergesFile: common.appendingPathComponent("opt-merges-small.txt"))
        limit = try oracle.argument("max_txt_len")?.int ?? 32
    }

    func sentences(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(bert.batch(texts, layout: BatchLayout(length: .fixed(limit), limit: limit)))
    }

    func targets(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(opt.batch(texts.map { $0 + "\n" }, layout: BatchLayout(limit: limit)))
    }

    func prompts(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(opt.batch(texts, layout: BatchLayout(side: .left)))
    }
}

extension MaskedTokens {
    init(_ batch: TokenBatch) {
        let shape: Shape = [batch.rowCount, batch.columnCount]
        self.init(ids: IndexTensor(batch.ids, shape: shape), mask: IndexTensor(batch.mask, shape: shape))
    }
}
