/// The tokens nearly all captions are made of, told apart without trying the rules: a word of ASCII letters before a
/// blank, a comma or a full stop. They are found where no rule can read further, so the result is the same.
extension PTBText {
    func commonToken(at start: Int) -> PTBToken? {
        switch self[start] {
        case 0x20: return PTBToken(range: start..<start + 1, rule: .blank, next: start + 1)
        case 0x0A: return PTBToken(range: start..<start + 1, rule: .lineBreak, next: start + 1)
        case 0x2C where endsPart(start + 1):
            return PTBToken(range: start..<start + 1, rule: .innerPunctuation, next: start + 1)
        case 0x2E where endsPart(start + 1) && self[start + 2] != 0x2E:
            return PTBToken(range: start..<start + 1, rule: .period, next: start + 1)
        default: return commonWord(at: start)
        }
    }

    private func endsPart(_ position: Int) -> Bool {
        let unit = self[position]
        return unit == 0x20 || unit == 0x0A || unit < 0
    }

    private func commonWord(at start: Int) -> PTBToken? {
        var end = start
        var letters: UInt64 = 0
        while isASCIILetter(end) {
            letters = letters << 8 | UInt64(units[end] | 0x20)
            end += 1
        }
        let isShort = end - start <= PTBCommonTokens.longestException
        switch self[end] {
        case 0x20, 0x0A, -1: guard !isShort || !PTBCommonTokens.contractions.contains(letters) else { return nil }
        case 0x2C where endsPart(end + 1):
            guard !isShort || !PTBCommonTokens.contractions.contains(letters) else { return nil }
        case 0x2E where endsPart(end + 1) && end - start > 1:
            guard !isShort || !PTBCommonTokens.exceptions.contains(letters) else { return nil }
        default: return nil
        }
        guard end > start else { return nil }
        return PTBToken(range: start..<end, rule: .word, next: end, isPlain: true)
    }
}

private enum PTBCommonTokens {
    /// Words of this many letters fit one integer; no longer word is an exception.
    static let longestException = 8

    static let contractions = packed(["cannot", "gonna", "gotta", "lemme", "gimme", "wanna"])

    static let exceptions = contractions.union(
        packed(
            PTBAbbreviations.inner.union(PTBAbbreviations.innerCapitalized).union(PTBAbbreviations.leading)
                .union(PTBAbbreviations.numeric)))

    private static func packed(_ words: Set<String>) -> Set<UInt64> {
        Set(words.map { word in word.utf8.reduce(0) { $0 << 8 | UInt64($1) } })
    }
}
