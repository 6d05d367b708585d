/// METEOR's words of a set of captions, with all that its matchers ask about a word.
struct METEORVocabulary: Sendable {
    private let data: METEORData
    private let normalizer: METEORNormalizer
    private var index = WordIndex()
    private var stemIndex = WordIndex()
    private(set) var stems: [Int32] = []
    private(set) var isFunction: [Bool] = []
    /// The word's number in METEOR's data; -1 if they do not know it.
    private(set) var dataNumbers: [Int] = []
    private var synonymRows = RaggedArray<UInt32>()
    /// The METEOR word of a PTB word that METEOR leaves as it is; -1 if not looked up, -2 if there is none.
    private var plain: [Int32] = []

    init(_ data: METEORData) {
        self.data = data
        normalizer = METEORNormalizer(data)
    }

    /// The words of a caption that the PTB tokenizer has parted.
    mutating func words(_ pieces: ArraySlice<Int32>, of ptbWords: WordIndex) -> [Int32] {
        if plain.count < ptbWords.count { plain += repeatElement(-1, count: ptbWords.count - plain.count) }
        var words: [Int32] = []
        words.reserveCapacity(pieces.count)
        for piece in pieces {
            if plain[Int(piece)] == -1 { plain[Int(piece)] = plainWord(ptbWords[piece]) }
            guard plain[Int(piece)] >= 0 else { return normalizedWords(pieces, of: ptbWords) }
            words.append(plain[Int(piece)])
        }
        return words
    }

    /// The sorted numbers of the synonym sets that hold a word, or one that it comes from.
    func synonyms(_ word: Int32) -> ArraySlice<UInt32> { synonymRows[Int(word)] }

    private mutating func plainWord(_ bytes: ArraySlice<UInt8>) -> Int32 {
        let isPlain = bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        return isPlain && !bytes.isEmpty ? id(String(decoding: bytes, as: UTF8.self)) : -2
    }

    private mutating func normalizedWords(_ pieces: ArraySlice<Int32>, of ptbWords: WordIndex) -> [Int32] {
        let line = pieces.map { String(decoding: ptbWords[$0], as: UTF8.self) }.joined(separator: " ")
        return normalizer.words(line).map { id($0) }
    }

    private mutating func id(_ word: String) -> Int32 {
        let id = index.id(of: word)
        guard Int(id) == stems.count else { return id }
        let number = data.number(word)
        stems.append(stemIndex.id(of: EnglishStemmer.stem(word)))
        isFunction.append(number.map { data.flags($0).contains(.function) } ?? false)
        dataNumbers.append(number ?? -1)
        synonymRows.appendRow(synonymSets(word, number))
        return id
    }

    private func synonymSets(_ word: String, _ number: Int?) -> [UInt32] {
        var sets = Set(number.map(data.synonymSets) ?? [])
        let bases = number.map(data.bases) ?? []
        if bases.isEmpty {
            if let base = WordNetMorphology.base(of: word, isKnown: data.hasSynonyms), let number = data.number(base) {
                sets.formUnion(data.synonymSets(number))
            }
        }
        for base in bases { sets.formUnion(data.synonymSets(Int(base))) }
        return sets.sorted()
    }
}

/// WordNet's rules for regular endings, as METEOR has them: without regard to the part of speech.
enum WordNetMorphology {
    private static let endings: [(String, String)] = [
        ("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"),
        ("ies", "y"), ("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"),
        ("ing", ""), ("er", ""), ("est", ""), ("er", "e"), ("est", "e"),
    ]

    /// The first known word that one of the rules makes of `word`.
    static func base(of word: String, isKnown: (String) -> Bool) -> String? {
        if word.utf8.suffix(2).elementsEqual("ss".utf8) || word.utf16.count <= 2 { return word }
        for (ending, other) in endings where word.utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
            let base = String(decoding: word.utf8.dropLast(ending.utf8.count), as: UTF8.self) + other
            if isKnown(base) { return base }
        }
        return nil
    }
}
