import Foundation
import JSON

extension TokenizerJSON {
    /// A byte-level tokenizer; unlike `vocab.json` alone, the file makes special tokens cut a text that spells them.
    func bytePair(_ configuration: TokenizerConfiguration) throws -> BytePairTokenizer {
        try checkBytePair()
        let vocabulary = try BytePairVocabulary(
            spelled: VocabularyJSON.tokens(model["vocab"], url), vocabularyFile: url, merges: mergeLines(),
            mergesFile: url)
        func baseID(_ token: String) -> Int32? {
            let id = vocabulary.spelledID(of: token)
            return id < 0 ? nil : id
        }
        let tokens = try addedTokens()
        let added = try TokenizerConfiguration.behind(tokens, count: vocabulary.spelled.count, url, baseID: baseID)
        var conventions = try BytePairTokenizer.conventions(configuration, baseID: baseID)
        let around = try surroundings()
        let beginning = conventions.beginning.map { [$0] } ?? []
        guard around.back.isEmpty, around.front.isEmpty || around.front == beginning else {
            throw unsupported(
                "\(around.front) in front of a text and \(around.back) behind",
                expected: "\(beginning) in front or nothing")
        }
        conventions.addsBeginning = try !around.front.isEmpty || configuration.flag("add_bos_token") ?? false
        return try BytePairTokenizer(
            vocabulary: vocabulary, file: url, conventions: conventions, added: added,
            cutting: tokens.filter { token in !added.contains { $0.id == token.id } })
    }

    private func checkBytePair() throws {
        try expect("normalizer", of: root, [])
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] { try expect(key, of: model, [""]) }
        for key in ["byte_fallback", "ignore_merges"] { try expect(key, of: model, [false]) }
        let splitting = try parts("pre_tokenizer", list: "pretokenizers")
        guard splitting.count == 1, try splitting[0]["type"].string == "ByteLevel" else {
            throw unsupported("another pre_tokenizer", expected: "ByteLevel, as GPT-2's and OPT's")
        }
        try expect("add_prefix_space", of: splitting[0], [false])
        try expect("use_regex", of: splitting[0], [true])
    }

    /// The merges as the lines of a `merges.txt`.
    private func mergeLines() throws -> [UInt8] {
        var lines = Array("#version: 0.2\n".utf8)
        for merge in try model["merges"].array {
            if merge.kind == .array {
                lines += try merge.array.map { try $0.utf8 }.joined(separator: [0x20])
            } else {
                lines += try merge.utf8
            }
            lines.append(0x0A)
        }
        return lines
    }
}
