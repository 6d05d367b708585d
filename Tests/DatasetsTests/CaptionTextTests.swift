import Datasets
import Testing

@Suite("Text processors")
struct CaptionTextTests {
    @Test(
        "captions",
        arguments: [
            ("A man can't ride, in the U.S.!\n", "a man can't ride, in the u s"),
            ("  two   dogs\t\trun  ", "two dogs run"),
            ("one\ttab stays", "one\ttab stays"),
            ("(a) \"b\": c;d~e*f#g", "a b c d e f g"),
            ("...", ""),
        ])
    func captions(text: String, expected: String) {
        #expect(CaptionText()(text) == expected)
        #expect(CaptionText(prompt: "a photo of ")(text) == "a photo of " + expected)
    }

    @Test("captions keep their first words")
    func wordLimit() {
        #expect(CaptionText(prompt: "see ", wordLimit: 2)("One two three") == "see one two")
    }

    @Test("questions lose their marks and keep the question mark")
    func questions() {
        #expect(QuestionText()("Is it (really) a U.S. dog?  ") == "is it really a us dog?")
        #expect(QuestionText(wordLimit: 2)("Is it red?") == "is it")
    }
}
