import JSON
import Testing
import TextTokenizers

/// Small vocabularies of our own against what Hugging Face's tokenizers made of the same strings.
struct ExactnessTests {
    @Test func wordPieceEqualsBertTokenizer() throws {
        try compare("word_piece.jsonl", Fixtures.wordPiece())
    }

    @Test func bytePairEqualsGPT2Tokenizer() throws {
        try compare("byte_pair.jsonl", Fixtures.bytePair())
    }

    private func compare(_ name: String, _ tokenizer: some Tokenizer) throws {
        let cases = try Fixtures.cases(name)
        #expect(cases.count > 100)
        for line in cases {
            let text = try line["text"].string
            let ids = try line["ids"].int32s
            #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
            #expect(tokenizer.encodeWithOffsets(text).ids == ids, "\(text.debugDescription)")
            for (key, cleaningUp) in [("decoded", true), ("decoded_nocleanup", false)] {
                let decoded = try line[key].utf8
                #expect(Array(tokenizer.decode(ids, cleaningUp: cleaningUp).utf8) == decoded)
            }
        }
        let texts = try cases.map { try $0["text"].string }
        #expect(tokenizer.encode(texts, threadCount: 3) == (try cases.map { try $0["ids"].int32s }))
    }

    @Test func canonicallyEqualStringsStayApart() throws {
        let tokenizer = try Fixtures.bytePair()
        #expect("\u{E9}" == "e\u{301}")
        #expect(tokenizer.encode("\u{E9}") != tokenizer.encode("e\u{301}"))
    }

    @Test func vocabularyIsSpelledAsInItsFile() throws {
        let bytePair = try Fixtures.bytePair()
        #expect(bytePair.vocabularyCount == 420)
        #expect(bytePair.id(of: "Ġcircle") == bytePair.encode(" circle", addingSpecialTokens: false).first)
        #expect(bytePair.encode("\n", addingSpecialTokens: false) == [bytePair.id(of: "Ċ")])
        #expect(bytePair.token(of: 3) == "<unk>")
        #expect(bytePair.token(of: 420) == nil)
        #expect(bytePair.id(of: " circle") == nil)
        let wordPiece = try Fixtures.wordPiece()
        #expect(wordPiece.vocabularyCount == 261)
        #expect(wordPiece.specialTokens.beginning == 260)
        #expect(wordPiece.token(of: 260) == "[DEC]")
        #expect(wordPiece.id(of: "[DEC]") == 260)
        #expect(wordPiece.id(of: "[MASK]") == 103)
        #expect(wordPiece.token(of: -1) == nil)
    }
}
