import Foundation

/// Opens the tokenizer of a Hugging Face directory, whichever family its files are of.
///
/// - Parameter directory: a folder with `vocab.json` and `merges.txt` (byte-level BPE) or `vocab.txt` (WordPiece), and
///   perhaps `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`.
/// - Throws: `TokenizerFileError`, also when the folder has none of these, and `JSONError`.
public func load(_ directory: URL) throws -> any Tokenizer {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory), isDirectory.boolValue
    else {
        throw TokenizerFileError(
            .missing, directory, found: "no such folder", expected: TokenizerFamily.wantedFiles)
    }
    let configuration = try TokenizerConfiguration(directory)
    let families = TokenizerFamily.allCases.filter { $0.hasFiles(in: directory) }
    let named = families.first { configuration.className.map($0.classNames.contains) ?? false }
    switch named ?? families.first {
    case .bytePair: return try BytePairTokenizer(directory: directory, configuration)
    case .wordPiece: return try WordPieceTokenizer(directory: directory, configuration)
    case nil:
        throw TokenizerFileError(
            .missing, directory, found: "none of the tokenizers' files", expected: TokenizerFamily.wantedFiles)
    }
}

/// The families of tokenizers by their files, in the order of preference for folders with the files of several.
enum TokenizerFamily: CaseIterable {
    case bytePair, wordPiece

    static let wantedFiles = "vocab.json and merges.txt (byte-level BPE) or vocab.txt (WordPiece)"

    func hasFiles(in directory: URL) -> Bool {
        files.allSatisfy { FileManager.default.fileExists(atPath: directory.appendingPathComponent($0).path) }
    }

    /// What `tokenizer_class` may say.
    var classNames: [String] {
        switch self {
        case .bytePair: ["GPT2Tokenizer"]
        case .wordPiece: ["BertTokenizer", "DistilBertTokenizer"]
        }
    }

    private var files: [String] {
        switch self {
        case .bytePair: ["vocab.json", "merges.txt"]
        case .wordPiece: ["vocab.txt"]
        }
    }
}
