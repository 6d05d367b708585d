import Foundation
import JSON

extension SentencePieceTokenizer {
    /// The names under which models are published, the first preferred.
    static let fileNames = ["spiece.model", "sentencepiece.model", "tokenizer.model"]

    /// What a folder's configuration calls a tokenizer that follows the library's own conventions.
    private static let plainClassName = "SentencePieceProcessor"

    /// Opens a folder with `spiece.model` and, if they are there, the Hugging Face libraries' files beside it; without a
    /// configuration, a model that has `<pad>`, `</s>` and `<unk>` is taken for T5's.
    ///
    /// - Throws: `TokenizerFileError` and `JSONError`.
    public init(directory: URL) throws {
        try self.init(directory: directory, TokenizerConfiguration(directory))
    }

    init(directory: URL, _ configuration: TokenizerConfiguration) throws {
        let files = Self.fileNames.map { directory.appendingPathComponent($0) }
        let parts = try SentencePieceParts(
            files.first { FileManager.default.fileExists(atPath: $0.path) } ?? files[0])
        try self.init(parts, configuration)
    }

    init(_ parts: SentencePieceParts, _ configuration: TokenizerConfiguration) throws {
        let isPlain = configuration.className == Self.plainClassName
        let isT5 = configuration.className == "T5Tokenizer" || configuration.hasGenericClass && parts.isT5
        guard isT5 || isPlain || configuration.hasGenericClass else {
            throw TokenizerFileError(
                .unsupported, configuration.directory,
                found: "tokenizer_class \(configuration.className ?? "") in the configuration",
                expected: "T5Tokenizer, or \(Self.plainClassName) for the ids of libsentencepiece itself")
        }
        // The configuration may list the sentinels, which stand behind the model's pieces, or only count them; a model
        // may also have them among its pieces.
        let pieceCount = parts.model.pieces.count
        var sentinels: [AddedToken] = []
        if isT5, parts.innerSentinels.isEmpty, try !configuration.lists(id: pieceCount) {
            let count = try configuration.integer("extra_ids") ?? T5Sentinels.count
            guard 0...T5Sentinels.limit ~= count else {
                throw TokenizerFileError(
                    .malformed, configuration.directory, found: "\(count) extra_ids in the configuration",
                    expected: "0 to \(T5Sentinels.limit)")
            }
            sentinels = parts.sentinels(count)
        }
        let others = try configuration.addedTokens(count: pieceCount + sentinels.count) { token in
            parts.id(of: token.utf8) ?? sentinels.first { $0.content == token }?.id
        }
        try self.init(parts, conventions: isT5 ? .t5 : .library, added: sentinels + others)
    }

    /// Writes `spiece.model` and the configuration files with which `T5Tokenizer.from_pretrained` opens a folder.
    ///
    /// - Throws: `FileError` when a file cannot be written.
    public func save(to directory: URL) throws {
        let roles: [(String, JSONTree)] = [
            ("bos_token", specialTokens.beginning), ("eos_token", specialTokens.end),
            ("unk_token", specialTokens.unknown), ("pad_token", specialTokens.padding),
        ].compactMap { role, id in id.flatMap(token).map { (role, .string($0)) } }
        var configuration = roles
        let sentinels = tokensBehind.prefix { $0.content.hasPrefix(T5Sentinels.prefix) }
        if conventions == .t5 {
            configuration += [("extra_ids", .integer(sentinels.count)), ("tokenizer_class", "T5Tokenizer")]
        } else {
            configuration.append(("tokenizer_class", .string(Self.plainClassName)))
        }
        try TokenizerDirectoryWriter(directory).write(
            files: ["spiece.model": file], configuration: configuration, roles: roles,
            added: Array(tokensBehind.dropFirst(sentinels.count)))
    }
}
