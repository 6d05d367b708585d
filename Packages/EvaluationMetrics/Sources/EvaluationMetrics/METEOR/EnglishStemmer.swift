/// Snowball's stemmer for English ("Porter 2"), in the version that METEOR 1.5 carries.
///
/// https://snowballstem.org/algorithms/english/stemmer.html
struct EnglishStemmer {
    private var word: [UInt16]
    /// Where the region after the first consonant that follows a vowel begins, and the same within that region.
    private var region1: Int
    private var region2: Int

    /// The stem of a word in lower case.
    static func stem(_ text: some StringProtocol) -> String {
        if let exception = exceptions[String(text)] { return exception }
        let units = Array(text.utf16)
        guard units.count > 2 else { return String(text) }
        var stemmer = EnglishStemmer(units)
        stemmer.run()
        return String(decoding: stemmer.word, as: UTF16.self)
    }

    private init(_ units: [UInt16]) {
        word = units
        region1 = 0
        region2 = 0
        markConsonantY()
        markRegions()
    }

    private mutating func run() {
        removePossessive()
        removePlural()
        if !EnglishStemmer.invariants.contains(String(decoding: word, as: UTF16.self)) {
            removePastAndProgressive()
            replaceFinalY()
            replaceLongSuffix(EnglishStemmer.derivations)
            replaceLongSuffix(EnglishStemmer.secondDerivations)
            removeResidue()
            removeFinalLetter()
        }
        for place in word.indices where word[place] == EnglishStemmer.consonantY { word[place] = Letter.y }
    }

    private enum Letter {
        static let e = UInt16(UInt8(ascii: "e"))
        static let i = UInt16(UInt8(ascii: "i"))
        static let l = UInt16(UInt8(ascii: "l"))
        static let y = UInt16(UInt8(ascii: "y"))
    }

    private static let vowels = Set("aeiouy".utf16)
    private static let consonantY = UInt16(UInt8(ascii: "Y"))
    private static let doubles = ["bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"].map { Array($0.utf16) }
    /// What may stand before an "li" that goes.
    private static let beforeLi = Set("cdeghkmnrt".utf16)

    private static let exceptions: [String: String] = [
        "skis": "ski", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "idly": "idl",
        "gently": "gentl", "ugly": "ugli", "early": "earli", "only": "onli", "singly": "singl", "sky": "sky",
        "news": "news", "howe": "howe", "atlas": "atlas", "cosmos": "cosmos", "bias": "bias", "andes": "andes",
    ]
    /// Words that the later steps leave alone.
    private static let invariants: Set = [
        "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed",
    ]

    // MARK: Regions

    /// A y is a consonant at the beginning of a word and after a vowel.
    private mutating func markConsonantY() {
        if word.first == UInt16(UInt8(ascii: "'")) { word.removeFirst() }
        if word.first == Letter.y { word[0] = EnglishStemmer.consonantY }
        for place in word.indices.dropFirst() where word[place] == Letter.y && isVowel(place - 1) {
            word[place] = EnglishStemmer.consonantY
        }
    }

    private mutating func markRegions() {
        let prefix = ["gener", "commun", "arsen"].first { word.starts(with: $0.utf16) }
        region1 = prefix?.utf16.count ?? pastConsonant(from: 0) ?? word.count
        region2 = pastConsonant(from: region1) ?? word.count
    }

    /// What follows the first consonant after a vowel.
    private func pastConsonant(from start: Int) -> Int? {
        guard let vowel = (start..<word.count).first(where: isVowel) else { return nil }
        return (vowel + 1..<word.count).first { !isVowel($0) }.map { $0 + 1 }
    }

    private func isVowel(_ place: Int) -> Bool { EnglishStemmer.vowels.contains(word[place]) }

    private func hasSuffix(_ suffix: some Collection<UInt16>) -> Bool {
        word.count >= suffix.count && word[(word.count - suffix.count)...].elementsEqual(suffix)
    }

    private func hasSuffix(_ suffix: String) -> Bool { hasSuffix(Array(suffix.utf16)) }

    private mutating func replaceLast(_ count: Int, by text: String = "") {
        word.replaceSubrange((word.count - count)..., with: text.utf16)
    }

    /// Whether the word ends in a short syllable.
    private func endsShort(at end: Int) -> Bool {
        guard end >= 2, isVowel(end - 2), !isVowel(end - 1) else { return false }
        if end == 2 { return true }
        let last = word[end - 1]
        let isWXY = [UInt16(UInt8(ascii: "w")), UInt16(UInt8(ascii: "x")), EnglishStemmer.consonantY].contains(last)
        return !isVowel(end - 3) && !isWXY
    }

    // MARK: Steps

    private mutating func removePossessive() {
        for suffix in ["'s'", "'s", "'"] where hasSuffix(suffix) { return replaceLast(suffix.utf16.count) }
    }

    private mutating func removePlural() {
        if hasSuffix("sses") {
            replaceLast(2)
        } else if hasSuffix("ied") || hasSuffix("ies") {
            replaceLast(word.count > 4 ? 2 : 1)
        } else if hasSuffix("us") || hasSuffix("ss") {
            return
        } else if hasSuffix("s"), word.indices.dropLast(2).contains(where: isVowel) {
            replaceLast(1)
        }
    }

    private mutating func removePastAndProgressive() {
        if let suffix = ["eedly", "eed"].first(where: hasSuffix) {
            if word.count - suffix.utf16.count >= region1 { replaceLast(suffix.utf16.count, by: "ee") }
            return
        }
        guard let suffix = ["ingly", "edly", "ing", "ed"].first(where: hasSuffix) else { return }
        guard word.indices.dropLast(suffix.utf16.count).contains(where: isVowel) else { return }
        replaceLast(suffix.utf16.count)
        if ["at", "bl", "iz"].contains(where: hasSuffix) {
            word.append(Letter.e)
        } else if EnglishStemmer.doubles.contains(where: hasSuffix) {
            replaceLast(1)
        } else if word.count == region1 && endsShort(at: word.count) {
            word.append(Letter.e)
        }
    }

    private mutating func replaceFinalY() {
        guard word.count > 2, let last = word.last, last == Letter.y || last == EnglishStemmer.consonantY else {
            return
        }
        if !isVowel(word.count - 2) { word[word.count - 1] = Letter.i }
    }

    /// The longest of the suffixes that the word ends in, if it lies in the first region.
    private mutating func replaceLongSuffix(_ suffixes: [(String, String)]) {
        guard let (suffix, other) = suffixes.first(where: { hasSuffix($0.0) }) else { return }
        let start = word.count - suffix.utf16.count
        guard start >= region1 else { return }
        switch suffix {
        case "ogi": if start == 0 || word[start - 1] != Letter.l { return }
        case "li": if start == 0 || !EnglishStemmer.beforeLi.contains(word[start - 1]) { return }
        case "ative": if start < region2 { return }
        default: break
        }
        replaceLast(suffix.utf16.count, by: other)
    }

    /// Suffixes before the shorter ones that they end in.
    private static let derivations: [(String, String)] = [
        ("ization", "ize"), ("ational", "ate"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "ive"),
        ("tional", "tion"), ("biliti", "ble"), ("lessli", "less"), ("entli", "ent"), ("ation", "ate"),
        ("alism", "al"), ("aliti", "al"), ("ousli", "ous"), ("iviti", "ive"), ("fulli", "ful"), ("enci", "ence"),
        ("anci", "ance"), ("abli", "able"), ("izer", "ize"), ("ator", "ate"), ("alli", "al"), ("bli", "ble"),
        ("ogi", "og"), ("li", ""),
    ]
    private static let secondDerivations: [(String, String)] = [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("icate", "ic"), ("iciti", "ic"), ("ative", ""),
        ("ical", "ic"), ("ness", ""), ("ful", ""),
    ]
    private static let residues: [String] = [
        "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize",
        "ion", "al", "er", "ic",
    ]

    private mutating func removeResidue() {
        guard let suffix = EnglishStemmer.residues.first(where: hasSuffix) else { return }
        let start = word.count - suffix.utf16.count
        guard start >= region2 else { return }
        if suffix == "ion" {
            guard start > 0, "st".utf16.contains(word[start - 1]) else { return }
        }
        replaceLast(suffix.utf16.count)
    }

    private mutating func removeFinalLetter() {
        let start = word.count - 1
        switch word.last {
        case Letter.e:
            if start >= region2 || (start >= region1 && !endsShort(at: start)) { replaceLast(1) }
        case Letter.l:
            if start >= region2, start > 0, word[start - 1] == Letter.l { replaceLast(1) }
        default: break
        }
    }
}
