import TestSupport
import Testing
import TextTokenizers

/// Text as ids come: joined it is what `decode` returns, and no piece ends within a character.
struct StreamingTests {
    @Test(arguments: [true, false])
    func piecesJoinToTheWhole(cleaningUp: Bool) throws {
        var numbers = SeededNumbers(seed: 7)
        for tokenizer in try [
            Fixtures.wordPiece(), Fixtures.bytePair(), Fixtures.sentencePiece(), Fixtures.sentencePiece(.library),
        ] as [any Tokenizer] {
            // Punctuation, clitics and apostrophes in plenty, for what cleaning up may do over several tokens.
            let common = [
                ".", ",", "?", "'", "n", "##n", "t", "##t", "s", "m", "Ġ", "Ġ'", "Ġn", "Ġt", "[DEC]", "▁", "▁n",
                "<extra_id_0>", "</s>",
            ]
            .compactMap { tokenizer.id(of: $0) }
            for _ in 0..<3000 {
                let ids = (0..<Int.random(in: 0..<16, using: &numbers)).map { _ in
                    Bool.random(using: &numbers)
                        ? common.randomElement(using: &numbers) ?? 0
                        : Int32.random(in: -1...Int32(tokenizer.vocabularyCount), using: &numbers)
                }
                for skipping in [true, false] {
                    var stream = StreamingDecoder(
                        tokenizer, skippingSpecialTokens: skipping, cleaningUp: cleaningUp)
                    let joined = ids.map { stream.append($0) }.joined() + stream.finish()
                    let whole = tokenizer.decode(ids, skippingSpecialTokens: skipping, cleaningUp: cleaningUp)
                    #expect(joined.utf8.elementsEqual(whole.utf8), "\(ids)")
                }
            }
        }
    }

    @Test func noPieceEndsWithinACharacter() throws {
        let tokenizer = try Fixtures.bytePair()
        let text = "é中😀 und 👩\u{200D}👧."
        var stream = StreamingDecoder(tokenizer, cleaningUp: false)
        var pieces = tokenizer.encode(text).map { stream.append($0) }
        pieces.append(stream.finish())
        #expect(pieces.joined().utf8.elementsEqual(text.utf8))
        #expect(!pieces.contains { $0.unicodeScalars.contains("\u{FFFD}") })
    }

    @Test func aStreamBeginsAnewAfterItsEnd() throws {
        let tokenizer = try Fixtures.wordPiece()
        var stream = StreamingDecoder(tokenizer)
        for _ in 0..<2 {
            let ids = tokenizer.encode("a red star.")
            #expect(ids.map { stream.append($0) }.joined() + stream.finish() == "a red star.")
        }
    }
}
