import Foundation
import JSON
import TextTokenizers

/// The committed fixtures, made by Tools/oracles/text_tokenizers.py, and folders for files of a test's own.
enum Fixtures {
    static let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    static func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    static func bytes(_ name: String) throws -> Data { try Data(contentsOf: file(name)) }

    static func sentences() throws -> [String] {
        try String(decoding: bytes("sentences.txt"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    static func cases(_ name: String) throws -> [JSONValue] {
        try bytes(name).split(separator: 0x0A).map { try JSONDocument(parsing: $0, name: name).root }
    }

    static func wordPiece() throws -> WordPieceTokenizer {
        try WordPieceTokenizer(vocabularyFile: file("vocab.txt"), addingBeginning: "[DEC]")
    }

    static func bytePair() throws -> BytePairTokenizer {
        try BytePairTokenizer(vocabularyFile: file("vocab.json"), mergesFile: file("merges.txt"))
    }

    static func sentencePiece(_ conventions: SentencePieceConventions = .t5) throws -> SentencePieceTokenizer {
        try SentencePieceTokenizer(modelFile: file("spiece.model"), conventions: conventions)
    }

    /// The tokenizer of a folder with one `tokenizer.json`, made of a fixture.
    static func fromJSON(_ name: String) throws -> any Tokenizer {
        try withFolder { folder in
            try FileManager.default.copyItem(at: file(name), to: folder.appendingPathComponent("tokenizer.json"))
            return try TextTokenizers.load(folder)
        }
    }

    /// Calls `body` with an empty folder that is gone afterwards.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
