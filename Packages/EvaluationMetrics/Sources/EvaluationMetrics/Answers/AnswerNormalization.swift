/// The rules by which VQAEval makes answers comparable, quirks included.
enum AnswerNormalization {
    /// A predicted answer as it is compared.
    static func prediction(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { view.append(scalar == "\n" || scalar == "\t" ? " " : scalar) }
        return numbersAndArticles(punctuation(String(view).strippedAsInPython))
    }

    /// Removes punctuation marks, or puts blanks in their place.
    static func punctuation(_ text: String) -> String {
        guard text.utf8.contains(where: isMark) else { return text }
        let scalars = Array(text.unicodeScalars)
        // Quirk: one number like 1,000 anywhere makes every mark go without a blank.
        let hasGroupedNumber = scalars.indices.dropFirst().dropLast().contains {
            scalars[$0] == "," && isDigit(scalars[$0 - 1]) && isDigit(scalars[$0 + 1])
        }
        var isGlued: [Unicode.Scalar: Bool] = [:]
        var result: [Unicode.Scalar] = []
        for scalar in scalars {
            guard scalar.isASCII, marks.contains(scalar) else {
                result.append(scalar)
                continue
            }
            let isRemoved = isGlued[scalar] ?? (hasGroupedNumber || standsAtBlank(scalar, scalars))
            isGlued[scalar] = isRemoved
            if !isRemoved { result.append(" ") }
        }
        return withoutPeriods(result)
    }

    /// Lower case, small numbers as digits, no articles, contractions with their apostrophes.
    static func numbersAndArticles(_ text: String) -> String {
        var words: [String] = []
        for word in text.lowercasedAsInPython.unicodeScalars.split(whereSeparator: \.isPythonWhiteSpace) {
            let word = numbers[String(word)] ?? String(word)
            if ["a", "an", "the"].contains(word) { continue }
            words.append(AnswerContractions.table[word] ?? word)
        }
        return words.joined(separator: " ")
    }

    private static let marks = Set(";/[]\"{}()=+\\_-><@`,?!".unicodeScalars)
    private static let markBytes: [Bool] = (0..<128).map { byte in
        Unicode.Scalar(UInt32(byte)).map { marks.contains($0) || $0 == "." } ?? false
    }
    private static let numbers: [String: String] = [
        "none": "0", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
        "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    ]

    private static func isMark(_ byte: UInt8) -> Bool { byte < 128 && markBytes[Int(byte)] }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .decimalNumber
    }

    private static func standsAtBlank(_ mark: Unicode.Scalar, _ text: [Unicode.Scalar]) -> Bool {
        text.indices.contains { place in
            text[place] == mark
                && ((place > 0 && text[place - 1] == " ") || (place + 1 < text.count && text[place + 1] == " "))
        }
    }

    /// Quirk: a period before a digit stays, one after a digit goes, and no more than 32 go in all.
    private static func withoutPeriods(_ text: [Unicode.Scalar]) -> String {
        var result = String.UnicodeScalarView()
        var removed = 0
        for (place, scalar) in text.enumerated() {
            let isFinal = scalar == "." && !(place + 1 < text.count && isDigit(text[place + 1]))
            if isFinal && removed < 32 { removed += 1 } else { result.append(scalar) }
        }
        return String(result)
    }
}
