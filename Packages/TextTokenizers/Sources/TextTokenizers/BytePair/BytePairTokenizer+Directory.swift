import Foundation
import JSON

extension BytePairTokenizer {
    /// Opens a folder with `vocab.json` and `merges.txt` and, if they are there, the Hugging Face libraries' files
    /// beside them; without a configuration, a vocabulary that has `</s>` and `<pad>` is taken for OPT's.
    ///
    /// - Throws: `TokenizerFileError` and `JSONError`.
    public init(directory: URL) throws {
        try self.init(directory: directory, TokenizerConfiguration(directory))
    }

    init(directory: URL, _ configuration: TokenizerConfiguration) throws {
        let file = directory.appendingPathComponent("vocab.json")
        let vocabulary = try BytePairVocabulary(
            spelled: VocabularyJSON.read(file), vocabularyFile: file,
            mergesFile: directory.appendingPathComponent("merges.txt"))
        func baseID(_ token: String) -> Int32? {
            let id = vocabulary.spelledID(of: token)
            return id < 0 ? nil : id
        }
        if try configuration.flag("add_prefix_space") ?? false {
            throw TokenizerFileError(
                .unsupported, directory, found: "add_prefix_space true in the configuration", expected: "false")
        }
        try self.init(
            vocabulary: vocabulary, file: file, conventions: Self.conventions(configuration, baseID: baseID),
            added: configuration.addedTokens(count: vocabulary.spelled.count, baseID: baseID))
    }

    /// What the configuration says, or what the vocabulary looks like where there is none.
    static func conventions(
        _ configuration: TokenizerConfiguration, baseID: (String) -> Int32?
    ) throws -> BytePairConventions {
        guard configuration.isPresent else {
            return baseID("</s>") != nil && baseID("<pad>") != nil ? .opt : .gpt2
        }
        let end = "<|endoftext|>"
        return try BytePairConventions(
            beginning: configuration.token("bos_token") ?? end, end: configuration.token("eos_token") ?? end,
            padding: configuration.token("pad_token"), unknown: configuration.token("unk_token") ?? end,
            addsBeginning: configuration.flag("add_bos_token") ?? false)
    }

    /// Writes `vocab.json`, `merges.txt` and the configuration files with which `GPT2Tokenizer.from_pretrained` opens a
    /// folder.
    ///
    /// - Throws: `FileError` when a file cannot be written.
    public func save(to directory: URL) throws {
        let roles: [(String, JSONTree)] = [
            ("bos_token", conventions.beginning), ("eos_token", conventions.end), ("unk_token", conventions.unknown),
            ("pad_token", conventions.padding),
        ].compactMap { role, token in token.map { (role, .string($0)) } }
        let configuration: [(String, JSONTree)] =
            roles + [
                ("add_bos_token", .bool(conventions.addsBeginning)), ("add_prefix_space", false),
                ("errors", "replace"), ("tokenizer_class", "GPT2Tokenizer"),
            ]
        let spelled = vocabulary.spelled
        let entries = (0..<spelled.count).map { (String(decoding: spelled[$0], as: UTF8.self), JSONTree.integer($0)) }
        var merges = Array("#version: 0.2\n".utf8)
        for (left, right) in vocabulary.merges {
            merges += spelled[Int(left)] + [0x20] + spelled[Int(right)] + [0x0A]
        }
        try TokenizerDirectoryWriter(directory).write(
            files: ["vocab.json": JSONWriter().bytes(.object(entries)), "merges.txt": merges],
            configuration: configuration, roles: roles, added: addedTokens)
    }
}
