/// The short way through text: words of plain ASCII are brought to lower case and cut at punctuation here, and every
/// chunk between blanks that holds anything else is left to `WordSplitter`.
struct ASCIIWords: Sendable {
    /// For each byte what it becomes, and in the high byte what it is.
    private let table: [UInt16]
    /// Whether some special token holds white space and may thus reach over chunks.
    private let specialHoldsSpace: Bool

    private static let space: UInt16 = 1 << 8
    private static let punctuation: UInt16 = 2 << 8
    private static let other: UInt16 = 4 << 8
    /// Longer chunks are rare; they take the long way.
    private static let longest = 128

    init(rules: WordPieceRules, special: [String]) {
        let firstBytes = Set(special.compactMap(\.utf8.first))
        table = (0..<256).map { byte in
            if byte >= 0x80 || firstBytes.contains(UInt8(byte)) { return Self.other }
            let lower = rules.lowercases && 0x41...0x5A ~= byte ? byte | 0x20 : byte
            switch UnicodeProperties(UInt32(byte)).wordClass {
            case .word: return UInt16(lower)
            case .space: return UInt16(lower) | Self.space
            case .punctuation: return UInt16(lower) | Self.punctuation
            case .removed: return Self.other
            }
        }
        specialHoldsSpace = special.contains { $0.unicodeScalars.contains(where: \.properties.isWhitespace) }
    }

    /// Calls `word` with each plain word and its place in the text, and `other` with ranges that are not plain.
    @inline(__always)
    func forEachChunk(
        of text: UnsafeBufferPointer<UInt8>,
        word: (UnsafeBufferPointer<UInt8>, Int) -> Void, other: (Range<Int>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.longest) { buffer in
            table.withUnsafeBufferPointer { table in
                var place = 0
                while place < text.count {
                    let start = place
                    var seen: UInt16 = 0
                    var count = 0
                    while place < text.count {
                        let entry = table[Int(text[place])]
                        seen |= entry
                        if entry & Self.space != 0 || count == Self.longest { break }
                        buffer[count] = UInt8(truncatingIfNeeded: entry)
                        count += 1
                        place += 1
                    }
                    if seen & Self.other != 0 || count == Self.longest {
                        place = endOfOther(text, from: place, table)
                        other(start..<place)
                    } else if count > 0 {
                        let chunk = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer)[..<count])
                        if seen & Self.punctuation == 0 {
                            word(chunk, start)
                        } else {
                            Self.split(chunk, start, table, word)
                        }
                    }
                    if place < text.count, table[Int(text[place])] & Self.space != 0 { place += 1 }
                }
            }
        }
    }

    private func endOfOther(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ table: UnsafeBufferPointer<UInt16>
    ) -> Int {
        if specialHoldsSpace { return text.count }
        var end = start
        while end < text.count, table[Int(text[end])] & Self.space == 0 { end += 1 }
        return end
    }

    @inline(__always)
    private static func split(
        _ chunk: UnsafeBufferPointer<UInt8>, _ offset: Int, _ table: UnsafeBufferPointer<UInt16>,
        _ word: (UnsafeBufferPointer<UInt8>, Int) -> Void
    ) {
        var start = 0
        for place in 0..<chunk.count where table[Int(chunk[place])] & Self.punctuation != 0 {
            if place > start { word(UnsafeBufferPointer(rebasing: chunk[start..<place]), offset + start) }
            word(UnsafeBufferPointer(rebasing: chunk[place...place]), offset + place)
            start = place + 1
        }
        if start < chunk.count { word(UnsafeBufferPointer(rebasing: chunk[start...]), offset + start) }
    }
}
