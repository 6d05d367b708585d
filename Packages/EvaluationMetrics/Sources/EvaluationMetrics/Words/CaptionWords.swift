/// Captions as rows of word numbers.
struct CaptionWords: Sendable {
    /// The words as BLEU and CIDEr see them: parted at any white space, punctuation dropped.
    private(set) var words = RaggedArray<Int32>()
    /// The words as ROUGE sees them, where they differ: parted at blanks only.
    private var pieces: [Int: [Int32]] = [:]

    /// The words of caption `row` for ROUGE. Quirk: a caption without words has one, the empty one.
    func pieces(_ row: Int) -> ArraySlice<Int32> { pieces[row]?[...] ?? words[row] }

    /// The tokens of caption `row`; one may hold a no-break space ("2 1/2").
    func tokens(_ row: Int) -> ArraySlice<Int32> { words[row].isEmpty ? [] : pieces(row) }
}

extension CaptionWords {
    /// Tokenizes captions as one text, as pycocoevalcap does, and numbers their words.
    ///
    /// - Parameter index: made by `CaptionWords.makeIndex()`.
    init(_ captions: some Collection<String>, index: inout WordIndex) {
        guard !captions.isEmpty else { return }
        CaptionWords.units(of: captions).withUnsafeBufferPointer { units in
            let text = PTBText(units: units)
            var line = CaptionLine()
            var position = 0
            while position < units.count {
                let token = text.token(at: position)
                position = token.next
                switch token.rule {
                case .blank, .blankEntity, .delete, .other: continue
                case .lineBreak: close(&line, &index)
                default:
                    if token.isPlain {
                        line.append(letters: units[token.range], &index)
                    } else {
                        append(text.spelling(of: token), to: &line, &index)
                    }
                }
            }
            close(&line, &index)
        }
    }

    /// An index whose first numbers are the punctuation that is dropped and the empty word.
    static func makeIndex() -> WordIndex {
        WordIndex(reserved: PTBTokenizer.droppedPunctuation.sorted() + [""])
    }

    /// All captions, a line each; line separators inside become blanks. The last line has no end, because an
    /// abbreviation there is told by the end of the text.
    static func units(of captions: some Collection<String>) -> [UInt16] {
        var units: [UInt16] = []
        units.reserveCapacity(captions.count * 64)
        for (number, caption) in captions.enumerated() {
            if number > 0 { units.append(0x0A) }
            for unit in caption.utf16 {
                switch unit {
                case 0x0A...0x0D, 0x2028, 0x2029: units.append(0x20)
                default: units.append(unit)
                }
            }
        }
        return units
    }

    private mutating func append(_ spelling: String, to line: inout CaptionLine, _ index: inout WordIndex) {
        let parts = spelling.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, part) in parts.enumerated() {
            if number > 0 { close(&line, &index) }
            line.append(String(part), &index)
        }
    }

    private mutating func close(_ line: inout CaptionLine, _ index: inout WordIndex) {
        let (pieces, words) = line.pieces(&index)
        if pieces != words { self.pieces[self.words.count] = pieces }
        self.words.appendRow(words)
        line.removeAll()
    }
}

/// The tokens of one caption while it is read.
private struct CaptionLine {
    private var tokens: [Int32] = []
    /// Whether a token holds white space, which the scorers part again, each in its own way.
    private var isOdd = false
    private var scratch: [UInt8] = []

    private static let emptyWord = Int32(PTBTokenizer.droppedPunctuation.count)

    mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        isOdd = false
    }

    mutating func append(letters: Slice<UnsafeBufferPointer<UInt16>>, _ index: inout WordIndex) {
        scratch.removeAll(keepingCapacity: true)
        for unit in letters { scratch.append(UInt8(truncatingIfNeeded: unit) | 0x20) }
        tokens.append(scratch.withUnsafeBufferPointer { index.id(of: $0) })
    }

    mutating func append(_ token: String, _ index: inout WordIndex) {
        if token.unicodeScalars.contains(where: \.isPythonWhiteSpace) { isOdd = true }
        tokens.append(index.id(of: token))
    }

    /// The words parted at blanks, and those parted at any white space.
    func pieces(_ index: inout WordIndex) -> ([Int32], [Int32]) {
        if isOdd { return oddPieces(&index) }
        let words = tokens.filter { $0 >= CaptionLine.emptyWord }
        return (words.isEmpty ? [CaptionLine.emptyWord] : words, words)
    }

    private func oddPieces(_ index: inout WordIndex) -> ([Int32], [Int32]) {
        var line: [Unicode.Scalar] = []
        for token in tokens {
            if !line.isEmpty { line.append(" ") }
            line += String(decoding: index[token], as: UTF8.self).unicodeScalars
        }
        while let last = line.last, last.isPythonWhiteSpace { line.removeLast() }
        var pieces: [Int32] = []
        var words: [Int32] = []
        for piece in line.split(separator: " ", omittingEmptySubsequences: false) {
            let id = index.id(of: CaptionLine.text(piece))
            guard id >= CaptionLine.emptyWord else { continue }
            pieces.append(id)
            words += piece.split(whereSeparator: \.isPythonWhiteSpace).map { index.id(of: CaptionLine.text($0)) }
        }
        return (pieces.isEmpty ? [CaptionLine.emptyWord] : pieces, words)
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
