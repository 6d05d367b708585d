/// BERT's splitting of text into words, following transformers 4.26.0's `BasicTokenizer` and the lower-casing of
/// `PreTrainedTokenizer.tokenize`, step by step over Unicode scalars. `WordPieceTokenizer` takes a shorter way through
/// ASCII and comes here for the rest.
struct WordSplitter: Sendable {
    let rules: WordPieceRules
    /// Tokens that cut a text wherever they are spelled.
    private let added: [(spelling: [UInt32], id: Int32)]
    /// Tokens that count only when they are a word between blanks, added ones included, which the lower-casing spares.
    private let special: [(spelling: [UInt32], id: Int32)]

    /// A scalar with the range of bytes it came from.
    struct Character {
        var scalar: UInt32
        var start: Int
        var end: Int
    }

    /// A part of the text that becomes tokens: a token whole, or a word for the vocabulary to cut.
    enum Part {
        case token(Int32, ArraySlice<Character>)
        case word(ArraySlice<Character>)
    }

    init(rules: WordPieceRules, added: [AddedToken], special: [(String, Int32)]) {
        self.rules = rules
        self.added = added.sorted { $0.content.unicodeScalars.count > $1.content.unicodeScalars.count }
            .map { ($0.content.unicodeScalars.map(\.value), $0.id) }
        self.special = (added.map { ($0.content, $0.id) } + special)
            .map { ($0.0.unicodeScalars.map(\.value), $0.1) }
    }

    /// Calls `body` with each part of a text in order.
    func forEachPart(of text: UnsafeBufferPointer<UInt8>, in range: Range<Int>, _ body: (Part) -> Void) {
        let characters = lowered(Self.characters(of: text, in: range))
        var start = 0
        var place = 0
        while place < characters.count {
            guard let (spelling, id) = added.first(where: { characters[place...].spells($0.spelling) }) else {
                place += 1
                continue
            }
            forEachWord(of: characters[start..<place], body)
            start = place + spelling.count
            body(.token(id, characters[place..<start]))
            place = start
        }
        forEachWord(of: characters[start...], body)
    }

    private static func characters(of text: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> [Character] {
        var characters: [Character] = []
        characters.reserveCapacity(range.count)
        var start = range.lowerBound
        while start < range.upperBound {
            let (scalar, length) = text.scalar(at: start)
            characters.append(Character(scalar: scalar, start: start, end: start + length))
            start += length
        }
        return characters
    }

    /// Quirk: each scalar is brought to lower case by itself, so there is no final sigma, and special tokens keep
    /// their capitals even within words.
    private func lowered(_ characters: [Character]) -> [Character] {
        guard rules.lowercases else { return characters }
        var out: [Character] = []
        out.reserveCapacity(characters.count)
        var place = 0
        while place < characters.count {
            if let match = special.first(where: { characters[place...].spells($0.spelling) }) {
                out += characters[place..<place + match.spelling.count]
                place += match.spelling.count
            } else {
                Self.appendLowered(characters[place], to: &out)
                place += 1
            }
        }
        return out
    }

    private static func appendLowered(_ character: Character, to out: inout [Character]) {
        Decomposition.forEachLowerCase(of: character.scalar) { scalar in
            out.append(Character(scalar: scalar, start: character.start, end: character.end))
        }
    }

    /// Splits at white space and around ideographs and drops what the reference calls control characters.
    private func forEachWord(of characters: ArraySlice<Character>, _ body: (Part) -> Void) {
        var word: [Character] = []
        func endWord() {
            if !word.isEmpty { forEachPiece(of: word, body) }
            word.removeAll(keepingCapacity: true)
        }
        for character in characters {
            let properties = UnicodeProperties(character.scalar)
            switch properties.wordClass {
            case .removed: continue
            case .space: endWord()
            case .word, .punctuation:
                let stands = rules.isolatesIdeographs && properties.isIdeograph
                if stands { endWord() }
                word.append(character)
                if stands { endWord() }
            }
        }
        endWord()
    }

    private func forEachPiece(of word: [Character], _ body: (Part) -> Void) {
        if let match = special.first(where: { $0.spelling.count == word.count && word[...].spells($0.spelling) }) {
            return body(.token(match.id, word[...]))
        }
        var characters = word
        if rules.lowercases {
            characters.removeAll(keepingCapacity: true)
            for character in word { Self.appendLowered(character, to: &characters) }
        }
        if rules.stripsAccents { characters = Self.withoutAccents(characters) }
        var start = 0
        for place in 0..<characters.count where UnicodeProperties(characters[place].scalar).wordClass == .punctuation {
            if place > start { body(.word(characters[start..<place])) }
            body(.word(characters[place...place]))
            start = place + 1
        }
        if start < characters.count { body(.word(characters[start...])) }
    }

    private static func withoutAccents(_ characters: [Character]) -> [Character] {
        var out: [Character] = []
        out.reserveCapacity(characters.count)
        for character in characters {
            Decomposition.forEachDecomposed(character.scalar) { scalar in
                out.append(Character(scalar: scalar, start: character.start, end: character.end))
            }
        }
        order(&out)
        out.removeAll { UnicodeProperties($0.scalar).isNonSpacingMark }
        return out
    }

    /// Canonical ordering: a stable sort by combining class of every run of scalars that are no starters.
    private static func order(_ characters: inout [Character]) {
        var start = 0
        while start < characters.count {
            var end = start
            while end < characters.count, Decomposition.combiningClass(characters[end].scalar) > 0 { end += 1 }
            if end - start > 1 {
                let run = characters[start..<end].enumerated().sorted {
                    let first = Decomposition.combiningClass($0.element.scalar)
                    let second = Decomposition.combiningClass($1.element.scalar)
                    return first == second ? $0.offset < $1.offset : first < second
                }
                characters.replaceSubrange(start..<end, with: run.lazy.map(\.element))
            }
            start = end + 1
        }
    }
}

extension ArraySlice<WordSplitter.Character> {
    /// Whether the slice begins with these scalars.
    fileprivate func spells(_ scalars: [UInt32]) -> Bool {
        if count < scalars.count { return false }
        for index in 0..<scalars.count where self[startIndex + index].scalar != scalars[index] { return false }
        return true
    }
}
