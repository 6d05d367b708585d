extension WordPieceTokenizer {
    /// Learns a vocabulary in the layout of `bert-base-uncased`: `[PAD]` 0, `[unused0]` to `[unused98]`, `[UNK]` 100,
    /// `[CLS]` 101, `[SEP]` 102, `[MASK]` 103, then the characters that occur and the pieces learned from them.
    ///
    /// - Parameters:
    ///   - texts: sentences; their order is of no account.
    ///   - vocabularyCount: the number of tokens, the added one not counted; fewer result when no pair is left to join.
    ///   - minimumCount: how often a pair must occur to be joined.
    ///   - addingBeginning: a token to add behind the vocabulary; BLIP-2 adds `"[DEC]"`.
    ///   - rules: how texts are cut into words.
    /// - Throws: `TokenizerTrainingError` when the count leaves no room for the characters.
    public static func trained(
        on texts: some Sequence<String>, vocabularyCount: Int, minimumCount: Int = 2,
        addingBeginning: String? = nil, rules: WordPieceRules = .bertUncased
    ) throws(TokenizerTrainingError) -> WordPieceTokenizer {
        let words = wordCounts(of: texts, rules)
        var tokens = layout.map { Array($0.utf8) }
        let characters = alphabet(of: words)
        guard vocabularyCount >= tokens.count + characters.count else {
            throw TokenizerTrainingError(vocabularyCount: vocabularyCount, minimum: tokens.count + characters.count)
        }
        tokens += characters
        var ids: [[UInt8]: Int32] = [:]
        for (id, token) in tokens.enumerated() { ids[token] = Int32(id) }
        var training = MergeTraining(
            words.map { word, count in (pieces(of: word).map { ids[$0] ?? 0 }, count) })
        while tokens.count < vocabularyCount {
            let pair = training.next(minimumCount: minimumCount) { pair in
                let joined = tokens[Int(pair.left)] + tokens[Int(pair.right)].dropFirst(WordPieceVocabulary.mark.count)
                if let id = ids[joined] { return id }
                ids[joined] = Int32(tokens.count)
                tokens.append(joined)
                return Int32(tokens.count - 1)
            }
            if pair == nil { break }
        }
        return WordPieceTokenizer(layoutTokens: tokens, addingBeginning: addingBeginning, rules: rules)
    }

    /// The first tokens of `bert-base-uncased`.
    private static let layout =
        ["[PAD]"] + (0..<99).map { "[unused\($0)]" } + ["[UNK]", "[CLS]", "[SEP]", "[MASK]"]

    /// How often each word occurs, as its characters.
    private static func wordCounts(of texts: some Sequence<String>, _ rules: WordPieceRules) -> [[UInt32]: Int] {
        let splitter = WordSplitter(rules: rules, added: [], special: [])
        var counts: [[UInt32]: Int] = [:]
        for var text in texts {
            text.withUTF8 { text in
                splitter.forEachPart(of: text, in: 0..<text.count) { part in
                    if case .word(let characters) = part { counts[characters.map(\.scalar), default: 0] += 1 }
                }
            }
        }
        return counts
    }

    /// The characters at the beginning of words, then those within, each in the order of their numbers.
    private static func alphabet(of words: [[UInt32]: Int]) -> [[UInt8]] {
        var heads: Set<UInt32> = []
        var tails: Set<UInt32> = []
        for word in words.keys {
            heads.formUnion(word.prefix(1))
            tails.formUnion(word.dropFirst())
        }
        return heads.sorted().flatMap { pieces(of: [$0]) } + tails.sorted().map { pieces(of: [0, $0])[1] }
    }

    /// A word as single characters, those behind the first with the mark of continuations.
    private static func pieces(of word: [UInt32]) -> [[UInt8]] {
        word.enumerated().map { place, scalar in
            var piece = place == 0 ? [] : WordPieceVocabulary.mark
            piece.append(scalar: scalar)
            return piece
        }
    }

    private init(layoutTokens: [[UInt8]], addingBeginning: String?, rules: WordPieceRules) {
        var tokens = TokenList()
        for token in layoutTokens { tokens.append(token) }
        var special = SpecialTokens()
        special.padding = 0
        special.unknown = 100
        special.classification = 101
        special.separator = 102
        special.mask = 103
        special.prefix = [101]
        special.suffix = [102]
        var added: [AddedToken] = []
        if let addingBeginning {
            special.beginning = Int32(tokens.count)
            added.append(AddedToken(addingBeginning, id: Int32(tokens.count)))
        }
        self.init(tokens: tokens, lexicon: Lexicon(tokens), specialTokens: special, added: added, rules: rules)
    }
}
