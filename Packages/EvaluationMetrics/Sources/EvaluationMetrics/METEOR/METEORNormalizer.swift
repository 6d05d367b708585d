/// METEOR's own tokenization of western text, which it applies to captions that are tokenized already.
///
/// It follows the patterns of METEOR 1.5's normalizer one by one, because the order in which they consume letters
/// decides where several apply.
struct METEORNormalizer {
    private let data: METEORData

    init(_ data: METEORData) { self.data = data }

    /// The words of a line in lower case.
    func words(_ line: String) -> [String] {
        var text = " \(line) ".unicodeScalars.map(\.value)
        text = text.flatMap { Symbol.isSeparated($0) ? [0x20, $0, 0x20] : [$0] }
        text = METEORNormalizer.joiningDots(text)
        text = METEORNormalizer.partingCommas(text)
        text = METEORNormalizer.plainQuotes(text)
        text = METEORNormalizer.plainDashes(text)
        text = METEORNormalizer.partingContractions(text)
        let pieces = text.split(whereSeparator: Symbol.isTokenEnd)
        var result: [UInt32] = []
        for (place, piece) in pieces.enumerated() {
            result += partingDot(piece, next: place + 1 < pieces.count ? pieces[place + 1] : nil) + [0x20]
        }
        // Java's trim() also takes control characters from the ends.
        let trimmed = result.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
        return trimmed.split { Symbol.isTokenEnd($0) || Symbol.isWide($0) }.map(METEORNormalizer.text)
    }

    /// Scalars of the text, and one number beyond Unicode for each run of several dots.
    private enum Symbol {
        static let dot: UInt32 = 0x2E
        static let comma: UInt32 = 0x2C
        static let quote: UInt32 = 0x27
        static let dash: UInt32 = 0x2D
        static let dots: UInt32 = 0x20_0000

        static func isDigit(_ symbol: UInt32) -> Bool { (0x30...0x39).contains(symbol) }

        static func isAlpha(_ symbol: UInt32) -> Bool {
            switch symbol {
            case 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x17E, 0x400...0x527, 0xA640...0xA66E,
                0xA67E...0xA697, 0x1D00...0x1D7F:
                true
            default: false
            }
        }

        static func isAlphanumeric(_ symbol: UInt32) -> Bool { isDigit(symbol) || isAlpha(symbol) }

        /// What becomes a word of its own.
        static func isSeparated(_ symbol: UInt32) -> Bool {
            switch symbol {
            case 0x09...0x0D, 0x20, dot, quote, 0x60, comma, dash, 0x2018, 0x2019: false
            default: !isAlphanumeric(symbol)
            }
        }

        /// The white space of Java's StringTokenizer.
        static func isTokenEnd(_ symbol: UInt32) -> Bool { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(symbol) }

        /// White space that becomes a blank at the very end.
        static func isWide(_ symbol: UInt32) -> Bool {
            switch symbol {
            case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
            default: false
            }
        }
    }

    /// Replaces every letter that stands between two others, from left to right. Quirk: a neighbour belongs to one
    /// match only, so of two in a row the second may stay.
    private static func replacing(
        _ letter: UInt32, in text: [UInt32], after: (UInt32) -> Bool, before: (UInt32) -> Bool, by new: [UInt32]
    ) -> [UInt32] {
        guard text.contains(letter) else { return text }
        var result: [UInt32] = []
        var place = 0
        while place < text.count {
            if place + 2 < text.count, text[place + 1] == letter, after(text[place]), before(text[place + 2]) {
                result.append(text[place])
                result += new
                result.append(text[place + 2])
                place += 3
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return result
    }

    private static func joiningDots(_ text: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var place = 0
        while place < text.count {
            let end = text[place...].firstIndex { $0 != Symbol.dot } ?? text.count
            if end > place + 1 {
                result += [0x20, Symbol.dots + UInt32(end - place), 0x20]
                place = end
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return result
    }

    /// A comma is part of a number only.
    private static func partingCommas(_ text: [UInt32]) -> [UInt32] {
        let isDigit = Symbol.isDigit
        let other = { !Symbol.isDigit($0) }
        let parted: [UInt32] = [0x20, Symbol.comma, 0x20]
        var text = text
        for (after, before) in [(other, other), (isDigit, other), (other, isDigit)] {
            text = replacing(Symbol.comma, in: text, after: after, before: before, by: parted)
        }
        return text
    }

    private static func plainQuotes(_ text: [UInt32]) -> [UInt32] {
        let single = text.map { [0x60, 0x2018, 0x2019].contains($0) ? Symbol.quote : $0 }
        var result: [UInt32] = []
        var place = 0
        while place < single.count {
            let isPair = single[place] == Symbol.quote && place + 1 < single.count && single[place + 1] == Symbol.quote
            if isPair || single[place] == 0x201C || single[place] == 0x201D {
                result += [0x20, 0x22, 0x20]
            } else {
                result.append(single[place])
            }
            place += isPair ? 2 : 1
        }
        return result
    }

    private static func plainDashes(_ text: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var isSecond = false
        for symbol in text.map({ $0 == 0x2013 ? Symbol.dash : $0 }) {
            isSecond = symbol == Symbol.dash && result.last == Symbol.dash && !isSecond
            if !isSecond { result.append(symbol) }
        }
        return replacing(
            Symbol.dash, in: result, after: { Symbol.isAlphanumeric($0) || $0 == Symbol.dot },
            before: Symbol.isAlphanumeric, by: [0x20])
    }

    private static func partingContractions(_ text: [UInt32]) -> [UInt32] {
        let alpha = Symbol.isAlpha
        let other = { !Symbol.isAlpha($0) }
        let alone: [UInt32] = [0x20, Symbol.quote, 0x20]
        let right: [UInt32] = [0x20, Symbol.quote]
        let quote = Symbol.quote
        var text = replacing(quote, in: text, after: other, before: other, by: alone)
        text = replacing(quote, in: text, after: { !Symbol.isAlphanumeric($0) }, before: alpha, by: alone)
        text = replacing(quote, in: text, after: alpha, before: other, by: alone)
        text = replacing(quote, in: text, after: alpha, before: alpha, by: right)
        return replacing(quote, in: text, after: Symbol.isDigit, before: { $0 == 0x73 }, by: right)
    }

    /// A final dot is a word of its own, unless it ends an abbreviation; that loses its dots if it has others.
    private func partingDot(_ word: ArraySlice<UInt32>, next: ArraySlice<UInt32>?) -> [UInt32] {
        guard word.count > 1, word.last == Symbol.dot else { return Array(word) }
        let stem = word.dropLast()
        if stem.contains(Symbol.dot) && stem.contains(where: Symbol.isAlpha) {
            return word.filter { $0 != Symbol.dot }
        }
        let flags = data.flags(METEORNormalizer.text(stem))
        let first = next?.first
        if flags.contains(.abbreviation) || first.map({ (0x61...0x7A).contains($0) }) == true { return Array(word) }
        if flags.contains(.abbreviationBeforeNumber) && first.map(Symbol.isDigit) == true { return Array(word) }
        return stem + [0x20, Symbol.dot]
    }

    private static func text(_ symbols: some Sequence<UInt32>) -> String {
        var view = String.UnicodeScalarView()
        for symbol in symbols {
            if symbol >= Symbol.dots {
                for _ in 0..<symbol - Symbol.dots { view.append(".") }
            } else if let scalar = Unicode.Scalar(symbol) {
                view.append(scalar)
            }
        }
        return String(view)
    }
}
