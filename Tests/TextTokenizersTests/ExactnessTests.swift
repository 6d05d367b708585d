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

    @Test func sentencePieceEqualsTheFastTokenizer() throws {
        let model = try Fixtures.sentencePiece()
        let alone = try #require(try Fixtures.fromJSON("sentence_piece.json") as? SentencePieceTokenizer)
        #expect(model.vocabularyCount == alone.vocabularyCount + 90)
        try compare("sentence_piece.jsonl", alone)
        // The file has ten sentinels, the model's conventions a hundred, which fall from the same end.
        let cases = try Fixtures.cases("sentence_piece.jsonl").filter { try !$0["text"].string.contains("<extra_id_") }
        #expect(cases.count > 100)
        for line in cases {
            #expect(model.encode(try line["text"].string) == (try line["ids"].int32s))
        }
    }

    @Test func waysOfOneScoreAreSettledAsInTheFastTokenizer() throws {
        let tokenizer = try SentencePieceTokenizer(modelFile: Fixtures.file("ties.model"))
        let cases = try Fixtures.cases("ties.jsonl")
        #expect(cases.count > 100)
        for line in cases {
            let text = try line["text"].string
            let ids = try line["ids"].int32s
            #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
            let encoding = tokenizer.encodeWithOffsets(text)
            #expect(encoding.ids == ids, "\(text.debugDescription)")
            for (id, range) in zip(ids, encoding.ranges).dropLast() where id != tokenizer.specialTokens.unknown {
                let piece = (tokenizer.token(of: id) ?? "").replacing("\u{2581}", with: "")
                let spelled = String(decoding: Array(text.utf8)[range], as: UTF8.self)
                #expect(spelled.drop { $0 == " " } == piece, "\(text.debugDescription) \(range)")
            }
        }
    }

    @Test(arguments: ["word_piece", "byte_pair"])
    func tokenizerJSONAloneEqualsTheFastTokenizer(name: String) throws {
        try compare("\(name).jsonl", Fixtures.fromJSON("\(name).json"), key: "ids_fast")
    }

    private func compare(_ name: String, _ tokenizer: some Tokenizer, key: String = "ids") throws {
        let cases = try Fixtures.cases(name)
        #expect(cases.count > 100)
        for line in cases {
            let text = try line["text"].string
            let ids = try line[key].int32s
            #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
            #expect(tokenizer.encodeWithOffsets(text).ids == ids, "\(text.debugDescription)")
            for (decodedKey, cleaningUp) in [("decoded", true), ("decoded_nocleanup", false)] where key == "ids" {
                let decoded = try line[decodedKey].utf8
                #expect(Array(tokenizer.decode(ids, cleaningUp: cleaningUp).utf8) == decoded, "\(ids)")
            }
        }
        let texts = try cases.map { try $0["text"].string }
        #expect(tokenizer.encode(texts, threadCount: 3) == (try cases.map { try $0[key].int32s }))
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
