/// How the treebank writes a token.
extension PTBText {
    /// The token's text in the treebank's spelling, in lower case.
    func spelling(of token: PTBToken) -> String {
        let text = String(decoding: units[token.range], as: UTF16.self)
        return PTBSpelling.lowercased(spelling(of: text, token.rule))
    }

    private func spelling(of text: String, _ rule: PTBRule) -> String {
        switch rule {
        case .word, .wordBeforeClitic, .wordBeforeStop, .verbBeforeNot, .number, .hyphenated, .hyphenatedBeforeStop:
            PTBSpelling.withoutSoftHyphens(text)
        case .tag, .fraction: PTBSpelling.replacing(text) { $0 == " " ? "\u{A0}" : nil }
        case .dash: "--"
        case .hyphens: (3...4).contains(text.utf8.count) ? "--" : text
        case .ellipsis: "..."
        case .ampersand, .fixedWord, .joinedCapitals, .joinedCapitalsBeforeStop: PTBSpelling.withPlainAmpersands(text)
        case .not, .notBeforeNonLetter, .clitic, .cliticBeforeNonLetter, .doubleQuote, .quote:
            PTBSpelling.quotes(text, opening: false)
        case .openingQuote, .openingDoubleQuote: PTBSpelling.quotes(text, opening: true)
        case .fractionSign: PTBSpelling.replacing(text) { PTBSpelling.fractions[$0] }
        case .currencySign: PTBSpelling.replacing(text) { PTBSpelling.currencies[$0] }
        case .phoneNumber: PTBSpelling.replacing(text) { $0 == " " ? "\u{A0}" : PTBSpelling.parentheses[$0] }
        case .smiley, .asianSmiley, .leftParenthesis, .rightParenthesis:
            PTBSpelling.replacing(text) { PTBSpelling.parentheses[$0] }
        case .lessThan: "<"
        case .greaterThan: ">"
        case .leftBrace: "-LCB-"
        case .rightBrace: "-RCB-"
        case .leftBracket: "-LSB-"
        case .rightBracket: "-RSB-"
        default: text
        }
    }
}

enum PTBSpelling {
    static let parentheses: [Unicode.Scalar: String] = ["(": "-LRB-", ")": "-RRB-"]
    static let fractions: [Unicode.Scalar: String] = [
        "\u{BC}": "1/4", "\u{BD}": "1/2", "\u{BE}": "3/4", "\u{2153}": "1/3", "\u{2154}": "2/3",
    ]
    /// Quirk: the Wall Street Journal of 1989 knew neither the euro nor a sign for the pound.
    static let currencies: [Unicode.Scalar: String] = [
        "\u{A2}": "cents", "\u{A3}": "#", "\u{80}": "$", "\u{A4}": "$", "\u{20A0}": "$", "\u{20AC}": "$",
    ]
    private static let curlyQuotes: [Unicode.Scalar: String] = [
        "\u{91}": "`", "\u{2018}": "`", "\u{201B}": "`", "\u{2039}": "`",
        "\u{92}": "'", "\u{2019}": "'", "\u{203A}": "'",
        "\u{93}": "``", "\u{201C}": "``", "\u{AB}": "``",
        "\u{94}": "''", "\u{201D}": "''", "\u{BB}": "''",
    ]

    static func replacing(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let new = replacement(scalar) {
                result.append(contentsOf: new.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Quirk: a word of soft hyphens alone is a hyphen.
    static func withoutSoftHyphens(_ text: String) -> String {
        let rest = replacing(text) { $0 == "\u{AD}" ? "" : nil }
        return rest.isEmpty ? "-" : rest
    }

    /// `&amp;` in any case becomes `&`.
    static func withPlainAmpersands(_ text: String) -> String {
        replacingEntity("&amp;", in: text, by: "&", caseless: true)
    }

    /// Quotes as LaTeX writes them. Quirk: `&apos;` and `&quot;` are known in lower case only.
    static func quotes(_ text: String, opening: Bool) -> String {
        let single = opening ? "`" : "'"
        let double = opening ? "``" : "''"
        let plain = replacingEntity("&quot;", in: replacingEntity("&apos;", in: text, by: "'"), by: "\"")
        return replacing(plain) { $0 == "'" ? single : $0 == "\"" ? double : curlyQuotes[$0] }
    }

    private static func replacingEntity(
        _ entity: String, in text: String, by replacement: String, caseless: Bool = false
    ) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        let bytes = Array(text.utf8)
        let pattern = Array(entity.utf8)
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let found = bytes[position...].prefix(pattern.count).elementsEqual(pattern) {
                $0 == $1 || caseless && $0 | 0x20 == $1 && $1 >= UInt8(ascii: "a")
            }
            result += found ? Array(replacement.utf8) : [bytes[position]]
            position += found ? pattern.count : 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}

// MARK: - Lower case

extension PTBSpelling {
    /// Lower case with the full mappings of Unicode, the final sigma included.
    static func lowercased(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            if scalar == "\u{3A3}" {
                result.append(isFinal(index, scalars) ? "\u{3C2}" : "\u{3C3}")
            } else {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return String(result)
    }

    /// Whether a cased letter stands before the sigma and none behind it, inside the same word.
    private static func isFinal(_ index: Int, _ scalars: [Unicode.Scalar]) -> Bool {
        let before = wordPart(scalars[...index].reversed())
        let behind = wordPart(scalars[index...])
        return before.contains(where: \.properties.isCased) && !behind.contains(where: \.properties.isCased)
    }

    /// What follows the first scalar in the same word. Quirk: these are the words of Java's break iterator, where
    /// single hyphens, stops and quotes join letters, and ideographs stand alone.
    private static func wordPart(_ scalars: some Collection<Unicode.Scalar>) -> [Unicode.Scalar] {
        let scalars = Array(scalars)
        var end = 1
        while end < scalars.count {
            let isJoint =
                isJoint(scalars[end]) && scalars[end - 1].properties.isAlphabetic
                && end + 1 < scalars.count && scalars[end + 1].properties.isAlphabetic
            guard isJoint || isWordPart(scalars[end]) else { break }
            end += 1
        }
        return Array(scalars[1..<end])
    }

    private static func isJoint(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", ".", "\u{2027}": true
        default: scalar.properties.generalCategory == .dashPunctuation
        }
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .otherLetter: !scalar.properties.isIdeographic
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .nonspacingMark, .spacingMark,
            .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .format, .connectorPunctuation:
            true
        default: false
        }
    }
}
