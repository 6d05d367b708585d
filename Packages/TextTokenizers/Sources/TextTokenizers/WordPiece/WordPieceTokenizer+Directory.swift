import Foundation
import JSON

extension WordPieceTokenizer {
    /// Opens a folder with `vocab.txt` and, if they are there, the Hugging Face libraries' files beside it.
    ///
    /// - Throws: `TokenizerFileError` and `JSONError`.
    public init(directory: URL) throws {
        try self.init(directory: directory, TokenizerConfiguration(directory))
    }

    init(directory: URL, _ configuration: TokenizerConfiguration) throws {
        let file = directory.appendingPathComponent("vocab.txt")
        let (tokens, lexicon) = try VocabularyText.read(file)
        for (role, token) in Self.roles {
            guard let found = try configuration.token(role), found != token else { continue }
            throw TokenizerFileError(
                .unsupported, directory, found: "\(role) \(found) in the configuration", expected: token)
        }
        let lowercases = try configuration.flag("do_lower_case") ?? true
        let added = try configuration.addedTokens(count: tokens.count) { token in
            let id = lexicon.id(of: token)
            return id < 0 ? nil : id
        }
        try self.init(
            tokens: tokens, lexicon: lexicon, file: file, beginning: configuration.token("bos_token"), added: added,
            rules: WordPieceRules(
                lowercases: lowercases, stripsAccents: configuration.flag("strip_accents") ?? lowercases,
                isolatesIdeographs: configuration.flag("tokenize_chinese_chars") ?? true))
    }

    private static let roles: KeyValuePairs = [
        "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]",
    ]

    /// Writes `vocab.txt` and the configuration files with which `BertTokenizer.from_pretrained` opens a folder.
    ///
    /// - Throws: `FileError` when a file cannot be written.
    public func save(to directory: URL) throws {
        var roles = Self.roles.filter { id(of: $0.value) != nil }.map { ($0.key, JSONTree.string($0.value)) }
        if let beginning = specialTokens.beginning.flatMap(token) { roles.append(("bos_token", .string(beginning))) }
        var configuration = roles
        configuration += [
            ("do_lower_case", .bool(rules.lowercases)),
            ("strip_accents", rules.stripsAccents == rules.lowercases ? .null : .bool(rules.stripsAccents)),
            ("tokenize_chinese_chars", .bool(rules.isolatesIdeographs)),
            ("tokenizer_class", "BertTokenizer"),
        ]
        let lines = (0..<tokens.count).map { Array(tokens[$0]) + [0x0A] }.joined()
        try TokenizerDirectoryWriter(directory).write(
            files: ["vocab.txt": Array(lines)], configuration: configuration, roles: roles, added: addedTokens)
    }
}
