import Foundation
import JSON

extension TokenizerJSON {
    /// BERT's tokenizer; unlike `vocab.txt` alone, the file makes special tokens cut a text that spells them.
    func wordPiece(_ configuration: TokenizerConfiguration) throws -> WordPieceTokenizer {
        let rules = try wordPieceRules()
        let tokens = try VocabularyJSON.tokens(model["vocab"], url)
        let lexicon = Lexicon(tokens)
        func baseID(_ token: String) -> Int32? {
            let id = lexicon.id(of: token)
            return id < 0 ? nil : id
        }
        let around = try surroundings()
        guard around.front == ["[CLS]"], around.back == ["[SEP]"] else {
            throw unsupported(
                "\(around.front) in front of a text and \(around.back) behind",
                expected: "[\"[CLS]\"] in front and [\"[SEP]\"] behind")
        }
        let listed = try addedTokens()
        let added = try TokenizerConfiguration.behind(listed, count: tokens.count, url, baseID: baseID)
        return try WordPieceTokenizer(
            tokens: tokens, lexicon: lexicon, file: url, beginning: configuration.token("bos_token"), added: added,
            cutting: listed.filter { token in !added.contains { $0.id == token.id } }, rules: rules)
    }

    private func wordPieceRules() throws -> WordPieceRules {
        try expect("unk_token", of: model, ["[UNK]"])
        try expect("continuing_subword_prefix", of: model, ["##"])
        let splitting = try parts("pre_tokenizer", list: "pretokenizers")
        guard splitting.count == 1, try splitting[0]["type"].string == "BertPreTokenizer" else {
            throw unsupported("another pre_tokenizer", expected: "BertPreTokenizer")
        }
        let normalizers = try parts("normalizer", list: "normalizers")
        guard normalizers.count == 1, try normalizers[0]["type"].string == "BertNormalizer" else {
            throw unsupported("another normalizer", expected: "BertNormalizer")
        }
        let normalizer = normalizers[0]
        try expect("clean_text", of: normalizer, [true])
        let lowercases = try normalizer.optional("lowercase")?.bool ?? true
        let length = try model.optional("max_input_chars_per_word")?.int ?? 100
        return WordPieceRules(
            lowercases: lowercases, stripsAccents: try normalizer.optional("strip_accents")?.bool ?? lowercases,
            isolatesIdeographs: try normalizer.optional("handle_chinese_chars")?.bool ?? true,
            maximumWordLength: max(0, length))
    }
}
