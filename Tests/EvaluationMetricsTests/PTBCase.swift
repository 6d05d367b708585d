import JSON

/// A sentence with what Stanford's tokenizer made of it.
struct PTBCase {
    let text: String
    /// Stanford's line or lines.
    let raw: String
    /// The words that are left without punctuation, joined by blanks; nil if the sentence became several lines.
    let tokens: String?
    /// Whether the text holds a line separator other than the line feed; it was then tokenized alone.
    let hasSeparator: Bool

    init(_ value: JSONValue) throws {
        text = try value["text"].string
        raw = try value["raw"].string
        tokens = try value.optional("tokens")?.string
        hasSeparator = try value.optional("has_line_separator")?.bool ?? false
    }

    /// The sentence as it was given to the tokenizer.
    var line: String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(scalar == "\n" ? " " : scalar) }
        return String(scalars)
    }

    func hasTokens(_ words: [String]) -> Bool {
        words.joined(separator: " ").utf8.elementsEqual((tokens ?? "").utf8)
    }

    /// The last line's end was cut from the recorded output.
    func isRaw(_ lines: [String]) -> Bool {
        let output = lines.joined(separator: "\n")
        return [output, output.utf8.last == 0x0A ? String(decoding: output.utf8.dropLast(), as: UTF8.self) : output]
            .contains { $0.utf8.elementsEqual(raw.utf8) }
    }
}
