import Foundation
import JSON
import Testing
import TextTokenizers

/// Folders as the Hugging Face libraries read and write them.
struct DirectoryTests {
    private let texts = [
        "a small red circle", "It isn't [DEC] a [SEP] star .", "<image> two  words\n", "a <extra_id_3> b</s>", "",
    ]

    @Test func savedTokenizersComeBack() throws {
        let tokenizers: [any Tokenizer] = try [
            Fixtures.wordPiece(), Fixtures.bytePair(), Fixtures.sentencePiece(), Fixtures.sentencePiece(.library),
            Fixtures.fromJSON("sentence_piece.json"),
            WordPieceTokenizer(vocabularyFile: Fixtures.file("vocab.txt"), rules: .bertCased),
            WordPieceTokenizer(
                vocabularyFile: Fixtures.file("vocab.txt"),
                rules: WordPieceRules(stripsAccents: false, isolatesIdeographs: false)),
        ]
        for tokenizer in tokenizers {
            try Fixtures.withFolder { folder in
                try tokenizer.save(to: folder)
                let again = try TextTokenizers.load(folder)
                #expect(type(of: again) == type(of: tokenizer))
                #expect(again.vocabularyCount == tokenizer.vocabularyCount)
                #expect(again.specialTokens == tokenizer.specialTokens)
                for text in texts + ["ÉTOILE É 中文"] { #expect(again.encode(text) == tokenizer.encode(text)) }
                if let saved = tokenizer as? WordPieceTokenizer {
                    #expect((again as? WordPieceTokenizer)?.rules == saved.rules)
                }
            }
        }
    }

    @Test func vocabulariesAloneAreEnough() throws {
        try Fixtures.withFolder { folder in
            try copy(["vocab.json", "merges.txt"], to: folder)
            let tokenizer = try TextTokenizers.load(folder)
            for text in texts { #expect(tokenizer.encode(text) == (try Fixtures.bytePair()).encode(text)) }
        }
        try Fixtures.withFolder { folder in
            try copy(["vocab.txt"], to: folder)
            #expect(try TextTokenizers.load(folder).specialTokens.beginning == nil)
        }
    }

    @Test func classNameChoosesBetweenFamilies() throws {
        try Fixtures.withFolder { folder in
            try copy(["vocab.json", "merges.txt", "vocab.txt"], to: folder)
            #expect(try TextTokenizers.load(folder) is BytePairTokenizer)
            try write(#"{"tokenizer_class":"BertTokenizerFast"}"#, "tokenizer_config.json", folder)
            #expect(try TextTokenizers.load(folder) is WordPieceTokenizer)
        }
    }

    @Test func addedTokensAreFoundWhereverTheyStand() throws {
        try Fixtures.withFolder { folder in
            try copy(["vocab.json", "merges.txt"], to: folder)
            try write(
                """
                {"add_bos_token":true,"bos_token":"</s>","eos_token":{"content":"</s>"},"unk_token":"</s>",
                "pad_token":"<pad>","added_tokens_decoder":{"2":{"content":"</s>","special":true},
                "420":{"content":"<image>","special":true},"421":{"content":"<im","rstrip":true}}}
                """, "tokenizer_config.json", folder)
            let tokenizer = try TextTokenizers.load(folder)
            let plain = try Fixtures.bytePair()
            #expect(tokenizer.vocabularyCount == 422)
            #expect(tokenizer.specialTokens.additional == [420])
            #expect(
                tokenizer.encode("a<image> b<im  c")
                    == plain.encode("a") + [420] + plain.encode(" b", addingSpecialTokens: false) + [421]
                    + plain.encode("c", addingSpecialTokens: false))
            #expect(tokenizer.encodeWithOffsets("a<image> b").ranges[2] == 1..<8)
            #expect(tokenizer.decode(tokenizer.encode("a<image>b"), skippingSpecialTokens: false) == "</s>a <image> b")
            #expect(tokenizer.decode(tokenizer.encode("a<image>b")) == "ab")
            try tokenizer.save(to: folder)
            #expect(try TextTokenizers.load(folder).encode("a<image> b<im c") == tokenizer.encode("a<image> b<im c"))
        }
    }

    @Test func modelsAloneAreEnough() throws {
        for name in ["spiece.model", "sentencepiece.model", "tokenizer.model"] {
            try Fixtures.withFolder { folder in
                try FileManager.default.copyItem(
                    at: Fixtures.file("spiece.model"), to: folder.appendingPathComponent(name))
                let tokenizer = try TextTokenizers.load(folder)
                let t5 = try Fixtures.sentencePiece()
                for text in texts { #expect(tokenizer.encode(text) == t5.encode(text)) }
                try write(#"{"tokenizer_class":"T5TokenizerFast","extra_ids":3}"#, "tokenizer_config.json", folder)
                #expect(try TextTokenizers.load(folder).specialTokens.additional == [91, 90, 89])
                try write(
                    #"{"tokenizer_class":"T5Tokenizer","added_tokens_decoder":{"89":{"content":"<extra_id_0>"}}}"#,
                    "tokenizer_config.json", folder)
                #expect(try TextTokenizers.load(folder).vocabularyCount == 90)
                try write(#"{"tokenizer_class":"AlbertTokenizer"}"#, "tokenizer_config.json", folder)
                expectError(.unsupported, "tokenizer_class AlbertTokenizer") { try TextTokenizers.load(folder) }
                try write(#"{"tokenizer_class":"T5Tokenizer","extra_ids":-1}"#, "tokenizer_config.json", folder)
                expectError(.malformed, "-1 extra_ids") { try TextTokenizers.load(folder) }
            }
        }
    }

    @Test func settingsOfTokenizerJSONThatAreNotDoneAreNamed() throws {
        let changes = [
            ("word_piece", "\"BertNormalizer\"", "\"NFC\"", "another normalizer"),
            ("word_piece", "\"clean_text\":true", "\"clean_text\":false", "clean_text false at $.normalizer"),
            ("byte_pair", "\"byte_fallback\":false", "\"byte_fallback\":true", "byte_fallback true at $.model"),
            ("byte_pair", "\"add_prefix_space\":false", "\"add_prefix_space\":true", "add_prefix_space true"),
            ("byte_pair", "\"type\":\"BPE\"", "\"type\":\"WordLevel\"", "model.type WordLevel"),
            ("sentence_piece", "\"type\":\"Strip\"", "\"type\":\"NFKC\"", "Precompiled, NFKC, Replace, Metaspace"),
        ]
        for (name, before, after, found) in changes {
            try Fixtures.withFolder { folder in
                let text = try String(decoding: Fixtures.bytes("\(name).json"), as: UTF8.self)
                let changed = text.replacingOccurrences(of: before, with: after)
                #expect(changed != text)
                try write(changed, "tokenizer.json", folder)
                expectError(.unsupported, found) { try TextTokenizers.load(folder) }
            }
        }
    }

    @Test func whatIsMissingOfAFamilyIsNamed() throws {
        try Fixtures.withFolder { folder in
            try copy(["vocab.json"], to: folder)
            expectError(.missing, "found vocab.json alone") { try TextTokenizers.load(folder) }
            try copy(["vocab.txt"], to: folder)
            #expect(try TextTokenizers.load(folder) is WordPieceTokenizer)
            try write(#"{"tokenizer_class":"GPT2Tokenizer"}"#, "tokenizer_config.json", folder)
            expectError(.missing, "vocab.json, vocab.txt alone") { try TextTokenizers.load(folder) }
            try write(#"{"tokenizer_class":"RobertaTokenizer"}"#, "tokenizer_config.json", folder)
            expectError(.unsupported, "tokenizer_class RobertaTokenizer") { try TextTokenizers.load(folder) }
        }
    }

    @Test func whatIsMissingOrUnsupportedIsNamed() throws {
        try Fixtures.withFolder { folder in
            expectError(.missing, "vocab.json and merges.txt") { try TextTokenizers.load(folder) }
            expectError(.missing, "no such folder") {
                try TextTokenizers.load(folder.appendingPathComponent("nowhere"))
            }
            try copy(["vocab.txt"], to: folder)
            try write(#"{"[DEC]":400}"#, "added_tokens.json", folder)
            expectError(.gap, "[DEC] under the id 400; expected the id 260") { try TextTokenizers.load(folder) }
            try write(#"{"unk_token":"<unk>"}"#, "tokenizer_config.json", folder)
            expectError(.unsupported, "unk_token <unk>") { try TextTokenizers.load(folder) }
            try write(#"{"unk_token":5}"#, "tokenizer_config.json", folder)
            #expect(throws: JSONError.self) { try TextTokenizers.load(folder) }
            try FileManager.default.removeItem(at: folder.appendingPathComponent("tokenizer_config.json"))
            try write("[1]", "added_tokens.json", folder)
            #expect(throws: JSONError.self) { try TextTokenizers.load(folder) }
        }
        #expect(throws: FileError.self) { try Fixtures.wordPiece().save(to: Fixtures.file("nowhere")) }
    }

    private func copy(_ names: [String], to folder: URL) throws {
        for name in names {
            try FileManager.default.copyItem(at: Fixtures.file(name), to: folder.appendingPathComponent(name))
        }
    }

    private func write(_ text: String, _ name: String, _ folder: URL) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
}

/// Expects a `TokenizerFileError` of a kind whose sentence holds some text.
func expectError(
    _ kind: TokenizerFileError.Kind, _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Any
) {
    do {
        _ = try body()
        Issue.record("no error", sourceLocation: sourceLocation)
    } catch let error as TokenizerFileError {
        #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
        #expect(error.description.contains(text), "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("another error: \(error)", sourceLocation: sourceLocation)
    }
}
