import Testing
import TextTokenizers

/// Which bytes of a text its ids stand for.
struct OffsetTests {
    @Test func bytePairRangesFollowOneAnother() throws {
        let tokenizer = try Fixtures.bytePair()
        for text in ["a small  red\ncircle's", "é中😀", "", "  x"] {
            let encoding = tokenizer.encodeWithOffsets(text)
            #expect(encoding.ids == tokenizer.encode(text))
            #expect(encoding.ranges.first == 0..<0)
            var end = 0
            for range in encoding.ranges.dropFirst() {
                #expect(range.lowerBound == end)
                end = range.upperBound
            }
            #expect(end == text.utf8.count)
        }
    }

    @Test func wordPieceRangesHoldTheirWords() throws {
        let tokenizer = try Fixtures.wordPiece()
        let text = "A réd,  [SEP] CIRCLE\u{0}s x[DEC]y"
        let encoding = tokenizer.encodeWithOffsets(text)
        let utf8 = Array(text.utf8)
        let spelled = zip(encoding.ids, encoding.ranges).map { id, range in
            (tokenizer.token(of: id) ?? "", String(decoding: utf8[range], as: UTF8.self))
        }
        #expect(
            spelled.map { "\($0.0) \($0.1)" } == [
                "[CLS] ", "a A", "r r", "##ed éd", ", ,", "[SEP] [SEP]", "circle CIRCLE", "##s s", "[UNK] x",
                "[DEC] [DEC]", "y y", "[SEP] ",
            ])
        #expect(encoding.ranges.last == utf8.count..<utf8.count)
    }

    @Test func sentencePieceRangesHoldTheirPieces() throws {
        let tokenizer = try Fixtures.sentencePiece()
        let text = "red  circle <extra_id_0> \u{FF21}\u{85}"
        let encoding = tokenizer.encodeWithOffsets(text)
        #expect(encoding.ids == tokenizer.encode(text))
        let utf8 = Array(text.utf8)
        let sentinel = try #require(encoding.ids.firstIndex(of: 188))
        #expect(String(decoding: utf8[encoding.ranges[sentinel]], as: UTF8.self) == "<extra_id_0>")
        let front = encoding.ranges[..<sentinel].map { String(decoding: utf8[$0], as: UTF8.self) }.joined()
        #expect(front == "red  circle")
        #expect(encoding.ranges.last == utf8.count..<utf8.count)
        for (range, next) in zip(encoding.ranges, encoding.ranges.dropFirst()) {
            #expect(range.upperBound <= next.lowerBound)
        }
    }
}
