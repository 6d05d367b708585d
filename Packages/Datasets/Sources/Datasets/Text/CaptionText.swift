/// How the reference prepares captions: `BlipCaptionProcessor`, `lavis/processors/blip_processors.py` at 7e633e0.
///
/// Lower case; each of `. ! " ( ) * # : ; ~` becomes a space; runs of blanks become one; the first words are kept and
/// the prompt is put in front.
public struct CaptionText: Hashable, Sendable {
    /// What every caption begins with, a trailing space included.
    public var prompt: String
    /// How many words, separated by single spaces, are kept.
    public var wordLimit: Int

    /// The processor with the reference's defaults.
    public init(prompt: String = "", wordLimit: Int = 50) {
        self.prompt = prompt
        self.wordLimit = wordLimit
    }

    /// The prepared caption.
    public func callAsFunction(_ caption: String) -> String {
        let cleaned = caption.lowercasedScalars.map { Self.marks.contains($0) ? " " : $0 }
        let spaced = collapsingBlanks(cleaned).trimmed(from: .end) { $0 == "\n" }.trimmed(from: .both) { $0 == " " }
        return prompt + spaced.firstWords(wordLimit)
    }

    static let marks: Set<Unicode.Scalar> = [".", "!", "\"", "(", ")", "*", "#", ":", ";", "~"]

    /// Runs of two or more blanks become one space; a single blank of another kind stays, as in the reference.
    private func collapsingBlanks(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var run: [Unicode.Scalar] = []
        for scalar in scalars {
            if scalar.isPythonWhitespace {
                run.append(scalar)
                continue
            }
            result += run.count > 1 ? [" "] : run
            run = []
            result.append(scalar)
        }
        return result + (run.count > 1 ? [" "] : run)
    }
}

/// How the reference prepares questions: `BlipQuestionProcessor`, the same file. Lower case; the marks are deleted,
/// not replaced; trailing spaces go; the first words are kept.
public struct QuestionText: Hashable, Sendable {
    /// How many words, separated by single spaces, are kept.
    public var wordLimit: Int

    /// The processor with the reference's default.
    public init(wordLimit: Int = 50) { self.wordLimit = wordLimit }

    /// The prepared question.
    public func callAsFunction(_ question: String) -> String {
        question.lowercasedScalars.filter { !CaptionText.marks.contains($0) }
            .trimmed(from: .end) { $0 == " " }
            .firstWords(wordLimit)
    }
}

enum TextEnd { case end, both }

extension Array where Element == Unicode.Scalar {
    func trimmed(from end: TextEnd, where isTrimmed: (Unicode.Scalar) -> Bool) -> [Unicode.Scalar] {
        guard let last = lastIndex(where: { !isTrimmed($0) }) else { return [] }
        let first = end == .both ? firstIndex { !isTrimmed($0) } ?? 0 : 0
        return Array(self[first...last])
    }

    /// The text up to the blank before word number `limit + 1`.
    func firstWords(_ limit: Int) -> String {
        var text = String.UnicodeScalarView()
        var spaces = 0
        for scalar in self {
            if scalar == " " { spaces += 1 }
            if spaces == limit { break }
            text.append(scalar)
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// What `\s` matches in Python's regular expressions on text.
    fileprivate var isPythonWhitespace: Bool {
        properties.isWhitespace || (0x1c...0x1f).contains(value)
    }
}
