/// A token beside the vocabulary proper, found in a text wherever it is spelled.
public struct AddedToken: Hashable, Sendable {
    /// Its spelling.
    public var content: String
    /// Its id.
    public var id: Int32
    /// Whether decoding skips it with the special tokens.
    public var isSpecial: Bool
    /// Whether it takes in the white space before it.
    public var stripsLeft: Bool
    /// Whether it takes in the white space after it.
    public var stripsRight: Bool

    /// A special token that, as the published tokenizers do by default, takes in the white space on both sides.
    public init(_ content: String, id: Int32, isSpecial: Bool = true, stripsLeft: Bool = true, stripsRight: Bool = true)
    {
        self.content = content
        self.id = id
        self.isSpecial = isSpecial
        self.stripsLeft = stripsLeft
        self.stripsRight = stripsRight
    }
}

extension DecodingState {
    /// Appends an added token, behind a blank unless it comes first; nothing if none has this id.
    mutating func append(_ id: Int32, of tokens: [AddedToken], to bytes: inout [UInt8]) {
        guard let token = tokens.first(where: { $0.id == id }) else { return }
        if !isAtBeginning { bytes.append(UInt8(ascii: " ")) }
        bytes += token.content.utf8
        (isAtBeginning, followsAddedToken) = (false, true)
    }
}

/// Finds added tokens in a text: the first that begins, and of those that begin there the longest.
struct AddedTokenMatcher: Sendable {
    /// The tokens, longest first.
    let tokens: [AddedToken]
    private let isFirst: [Bool]
    private let spellings: [[UInt8]]

    init(_ tokens: [AddedToken]) {
        self.tokens = tokens.filter { !$0.content.isEmpty }.sorted { $0.content.utf8.count > $1.content.utf8.count }
        spellings = self.tokens.map { Array($0.content.utf8) }
        var isFirst = [Bool](repeating: false, count: 256)
        for spelling in spellings { isFirst[Int(spelling[0])] = true }
        self.isFirst = isFirst
    }

    var isEmpty: Bool { tokens.isEmpty }

    /// The first match at or behind a place of the text.
    func firstMatch(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> (token: AddedToken, range: Range<Int>)? {
        for place in start..<text.count where isFirst[Int(text[place])] {
            let rest = text[place...]
            if let index = spellings.firstIndex(where: { rest.starts(with: $0) }) {
                return (tokens[index], place..<place + spellings[index].count)
            }
        }
        return nil
    }

    /// Calls `body` with each stretch of plain text and each token with the white space it takes in, in order.
    func forEachPart(of text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>, AddedToken?) -> Void) {
        var start = 0
        while let (token, range) = firstMatch(in: text, from: start) {
            var end = range.lowerBound
            if token.stripsLeft {
                while end > start, isSpace(text, before: end) { end = text.startOfScalar(before: end) }
            }
            if end > start { body(start..<end, nil) }
            body(range, token)
            start = range.upperBound
            while token.stripsRight, start < text.count {
                let (scalar, length) = text.scalar(at: start)
                if UnicodeProperties(scalar).patternClass != .space { break }
                start += length
            }
        }
        if start < text.count { body(start..<text.count, nil) }
    }

    private func isSpace(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> Bool {
        UnicodeProperties(text.scalar(at: text.startOfScalar(before: end)).scalar).patternClass == .space
    }
}
