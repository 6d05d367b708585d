/// The pieces of a WordPiece vocabulary and the greedy cutting of one word into them.
struct WordPieceVocabulary: Sendable {
    /// All tokens as the file spells them.
    let lexicon: Lexicon
    /// The tokens that continue a word, without their `##`, under the same ids.
    private let continuations: Lexicon
    private let unknown: Int32
    private let maximumWordLength: Int

    init(tokens: TokenList, lexicon: Lexicon, unknown: Int32, maximumWordLength: Int) {
        self.lexicon = lexicon
        self.unknown = unknown
        self.maximumWordLength = maximumWordLength
        let list = tokens.map { token, out in
            guard token.count > 2, token[0] == Self.mark[0], token[1] == Self.mark[1] else { return 0 }
            for index in 2..<token.count { out[index - 2] = token[index] }
            return token.count - 2
        }
        continuations = Lexicon(list)
    }

    /// What a token that continues a word begins with: `##`.
    static let mark = Array("##".utf8)

    /// Cuts a word into the longest pieces from its beginning, or into the unknown token when that fails.
    ///
    /// - Parameter range: the range in the text of a range of the word's bytes.
    @inline(__always)
    func append(
        _ word: UnsafeBufferPointer<UInt8>, to sink: inout some TokenSink, range: (Int, Int) -> (Int, Int)
    ) {
        if word.count <= maximumWordLength {
            let id = lexicon.id(of: word)
            if id >= 0 {
                let (start, end) = range(0, word.count)
                return sink.append(id, start, end)
            }
        }
        appendPieces(word, to: &sink, range: range)
    }

    @inline(never)
    private func appendPieces(
        _ word: UnsafeBufferPointer<UInt8>, to sink: inout some TokenSink, range: (Int, Int) -> (Int, Int)
    ) {
        let mark = sink.count
        var start = 0
        // Characters that are not the first byte of one continue it: 10xxxxxx.
        let length = word.count > maximumWordLength ? word.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } : 0
        while length <= maximumWordLength, start < word.count {
            let pieces = start == 0 ? lexicon : continuations
            var end = min(word.count, start + pieces.maximumLength)
            var id: Int32 = -1
            while end > start {
                id = pieces.id(of: UnsafeBufferPointer(rebasing: word[start..<end]))
                if id >= 0 { break }
                end -= 1
            }
            if id < 0 { break }
            let place = range(start, end)
            sink.append(id, place.0, place.1)
            start = end
        }
        if start < word.count {
            sink.removeTokens(from: mark)
            let place = range(0, word.count)
            sink.append(unknown, place.0, place.1)
        }
    }
}
