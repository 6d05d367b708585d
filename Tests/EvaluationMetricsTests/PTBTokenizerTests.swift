import EvaluationMetrics
import Foundation
import TestSupport
import Testing

@Suite struct PTBTokenizerTests {
    private let tokenizer = PTBTokenizer()

    @Test func equalsStanfordOnOwnSentences() throws {
        let cases = try jsonLines(fixture("ptb_sentences.jsonl")).map(PTBCase.init)
        var comparison = Comparison("own sentences")
        let together = cases.filter { !$0.hasSeparator }
        let lines = tokenizer.lines(of: together.map(\.text).joined(separator: "\n"))
        try #require(lines.count == together.count)
        for ((item, line), words) in zip(zip(together, lines), tokenizer.tokenize(together.map(\.text))) {
            comparison.check(line.utf8.elementsEqual(item.raw.utf8), "\(item.text.debugDescription) gave \(line)")
            comparison.check(item.hasTokens(words), "\(item.text.debugDescription) gave the words \(words)")
        }
        for item in cases where item.hasSeparator {
            comparison.check(item.isRaw(tokenizer.lines(of: item.line)), item.text.debugDescription)
        }
        comparison.close("lines")
    }

    @Test(arguments: [
        ("A man can't ride (a bike).", "a man ca n't ride -lrb- a bike -rrb-"),
        ("the dogs' 2 1/2 U.S. bones", "the dogs 2\u{A0}1/2 u.s. bones"),
        ("", ""), ("   ", ""), ("\u{0}", ""), (". , ! ?", ""), ("👨‍👩‍👧‍👦", ""), ("\r\n", ""),
    ])
    func tokenizesOneCaption(_ caption: String, _ words: String) {
        #expect(tokenizer.tokenize(caption).joined(separator: " ") == words)
    }

    @Test func aLineSeparatorDoesNotShiftTheNextCaption() {
        let words = tokenizer.tokenize(["a\u{2028}dog", "a\r\ncat\n", "", "a\u{85}horse"])
        #expect(words == [["a", "dog"], ["a", "cat"], [], ["a", "horse"]])
    }

    @Test func aCaptionThatEndsInAnAbbreviationSeesTheNext() {
        #expect(tokenizer.lines(of: "in the U.S.\nThe dog") == ["in the u.s. .", "the dog"])
        #expect(tokenizer.lines(of: "in the U.S.\na dog") == ["in the u.s.", "a dog"])
    }

    @Test func longCaptionsTakeNoTimeWorthNaming() {
        let words = [String](repeating: "riding", count: 400)
        #expect(tokenizer.tokenize(words.joined(separator: " ")) == words)
        let hyphens = String(repeating: "a-", count: 2000) + "b"
        #expect(tokenizer.tokenize(hyphens) == [hyphens])
        #expect(tokenizer.tokenize(String(repeating: "@", count: 20_000)).count == 1)
    }

    @Test func noCaptionsGiveNothing() { #expect(tokenizer.tokenize([]).isEmpty) }
}

/// A file beside the tests.
func fixture(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)")
}
