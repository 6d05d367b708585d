/// GPT-2's splitting pattern, walked by hand over UTF-8:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
enum WordPattern {
    private static let blank = UInt8(ascii: " ")
    private static let apostrophe = UInt8(ascii: "'")
    private static let space = UnicodeProperties.PatternClass.space.rawValue

    /// The end of the word that begins at a place of the text, which is not its end.
    @inline(__always)
    static func end(of text: UnsafeBufferPointer<UInt8>, from start: Int, _ table: UnsafePointer<UInt8>) -> Int {
        let first = text[start]
        if first == apostrophe, let end = endOfClitic(text, start) { return end }
        var (kind, length) = character(of: text, at: start, table)
        if kind == space {
            guard first == blank, start + 1 < text.count else { return endOfSpace(text, start, table) }
            let next = character(of: text, at: start + 1, table)
            if next.kind == space { return endOfSpace(text, start, table) }
            kind = next.kind
            length = 1 + next.length
        }
        var end = start + length
        while end < text.count {
            let next = character(of: text, at: end, table)
            if next.kind != kind { break }
            end += next.length
        }
        return end
    }

    @inline(__always)
    private static func character(
        of text: UnsafeBufferPointer<UInt8>, at place: Int, _ table: UnsafePointer<UInt8>
    ) -> (kind: UInt8, length: Int) {
        let byte = text[place]
        if byte < 0x80 { return (table[Int(byte)] & 3, 1) }
        let (scalar, length) = text.scalar(at: place)
        return (table[Int(scalar)] & 3, length)
    }

    /// White space leaves its last character to the word that follows, unless it is that character alone.
    private static func endOfSpace(
        _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ table: UnsafePointer<UInt8>
    ) -> Int {
        var end = start
        var last = start
        while end < text.count {
            let next = character(of: text, at: end, table)
            if next.kind != space { return last > start ? last : end }
            last = end
            end += next.length
        }
        return end
    }

    private static func endOfClitic(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        guard start + 1 < text.count else { return nil }
        let second = start + 2 < text.count ? text[start + 2] : 0
        switch (text[start + 1], second) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _):
            return start + 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        default: return nil
        }
    }
}
