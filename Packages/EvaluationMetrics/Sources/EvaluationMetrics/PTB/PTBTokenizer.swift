/// Splits captions into words exactly as pycocoevalcap does before it scores them.
///
/// That is Stanford's `PTBTokenizer` 3.4.1 with `-preserveLines -lowerCase`, whose output then loses a fixed list of
/// punctuation tokens. Rewritten as a hand-written scanner: no Java, no temporary files, and a caption that holds a
/// line separator no longer shifts the captions behind it.
///
///     PTBTokenizer().tokenize(["A man can't ride (a bike)."])
///     // [["a", "man", "ca", "n't", "ride", "-lrb-", "a", "bike", "-rrb-"]]
///
/// Quirk: the reference reads all captions as one text, so a caption that ends in an abbreviation ("in the U.S.")
/// gets a second full stop, or not, by how the next caption begins. Scores do not feel it, because full stops are
/// dropped; the words before one can.
public struct PTBTokenizer: Sendable {
    /// The tokens that are dropped. Quirk: brackets stand here in capitals but arrive in lower case, so they stay.
    public static let droppedPunctuation: Set<String> = [
        "''", "'", "``", "`", "-LRB-", "-RRB-", "-LCB-", "-RCB-", ".", "?", "!", ",", ":", "-", "--", "...", ";",
    ]

    /// A tokenizer; it has no settings.
    public init() {}

    /// The words of each caption, in lower case and without punctuation.
    ///
    /// - Parameter captions: in the order of scoring; see the note on neighbours above. Line separators count as blanks.
    public func tokenize(_ captions: [String]) -> [[String]] {
        var index = CaptionWords.makeIndex()
        let words = CaptionWords(captions, index: &index)
        return captions.indices.map { row in words.tokens(row).map { String(decoding: index[$0], as: UTF8.self) } }
    }

    /// The words of a caption that stands alone.
    public func tokenize(_ caption: String) -> [String] { tokenize([caption])[0] }

    /// Stanford's output for a text, line by line: the tokens joined by blanks, in lower case, punctuation included.
    public func lines(of text: String) -> [String] {
        var lines: [String.UnicodeScalarView] = [.init()]
        Array(text.utf16).withUnsafeBufferPointer { units in
            let text = PTBText(units: units)
            var position = 0
            while position < units.count {
                let token = text.token(at: position)
                position = token.next
                switch token.rule {
                case .blank, .blankEntity, .delete, .other: continue
                case .lineBreak: lines.append(.init())
                default: append(text.spelling(of: token), to: &lines)
                }
            }
        }
        return lines.map { String($0) }
    }

    /// A tag may span lines; its token then does too.
    private func append(_ spelling: String, to lines: inout [String.UnicodeScalarView]) {
        let parts = spelling.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index > 0 {
                lines.append(.init())
            } else if !lines[lines.count - 1].isEmpty {
                lines[lines.count - 1].append(" ")
            }
            lines[lines.count - 1].append(contentsOf: part)
        }
    }
}
