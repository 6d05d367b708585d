import Foundation

/// Opens the tokenizer of a Hugging Face directory, whichever family its files are of.
///
/// Where the original files of a family are there they are read, and `tokenizer.json` only where they are not.
///
/// - Parameter directory: a folder with `vocab.json` and `merges.txt` (byte-level BPE), `vocab.txt` (WordPiece),
///   `spiece.model` (SentencePiece) or `tokenizer.json` (any of these), and perhaps `tokenizer_config.json`,
///   `special_tokens_map.json` and `added_tokens.json`.
/// - Throws: `TokenizerFileError`, also when the folder has none of these, and `JSONError`.
public func load(_ directory: URL) throws -> any Tokenizer {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory), isDirectory.boolValue
    else {
        throw TokenizerFileError(
            .missing, directory, found: "no such folder", expected: TokenizerFamily.wantedFiles)
    }
    let configuration = try TokenizerConfiguration(directory)
    switch try TokenizerFamily(of: directory, configuration) {
    case .bytePair: return try BytePairTokenizer(directory: directory, configuration)
    case .wordPiece: return try WordPieceTokenizer(directory: directory, configuration)
    case .sentencePiece: return try SentencePieceTokenizer(directory: directory, configuration)
    case nil: return try TokenizerJSON(directory.appendingPathComponent("tokenizer.json")).tokenizer(configuration)
    }
}

/// The families of tokenizers by their files, in the order of preference for folders with the files of several.
enum TokenizerFamily: CaseIterable {
    case bytePair, wordPiece, sentencePiece

    static let wantedFiles = """
        vocab.json and merges.txt (byte-level BPE), vocab.txt (WordPiece), spiece.model (SentencePiece) or tokenizer.json
        """

    /// The family of a folder's original files; nil where `tokenizer.json` is all there is.
    init?(of directory: URL, _ configuration: TokenizerConfiguration) throws(TokenizerFileError) {
        func has(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: directory.appendingPathComponent(name).path)
        }
        let families = Self.allCases.filter { $0.isComplete(has) }
        let named = Self.allCases.first { configuration.className.map($0.classNames.contains) ?? false }
        if let family = named == nil ? families.first : families.first(where: { $0 == named }) {
            guard named != nil || configuration.hasGenericClass || family == .sentencePiece else {
                throw TokenizerFileError(
                    .unsupported, directory,
                    found: "tokenizer_class \(configuration.className ?? "") in the configuration",
                    expected: Self.allCases.flatMap(\.classNames).joined(separator: ", "))
            }
            self = family
            return
        }
        if has("tokenizer.json") { return nil }
        let present = Self.allCases.flatMap(\.files).joined().filter(has)
        throw TokenizerFileError(
            .missing, directory,
            found: present.isEmpty ? "none of the tokenizers' files" : "\(present.joined(separator: ", ")) alone",
            expected: Self.wantedFiles)
    }

    /// What `tokenizer_class` may say.
    private var classNames: [String] {
        switch self {
        case .bytePair: ["GPT2Tokenizer"]
        case .wordPiece: ["BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer"]
        case .sentencePiece: ["T5Tokenizer"]
        }
    }

    /// The files that the family needs, each under any of some names.
    private var files: [[String]] {
        switch self {
        case .bytePair: [["vocab.json"], ["merges.txt"]]
        case .wordPiece: [["vocab.txt"]]
        case .sentencePiece: [SentencePieceTokenizer.fileNames]
        }
    }

    private func isComplete(_ has: (String) -> Bool) -> Bool { files.allSatisfy { $0.contains(where: has) } }
}
