extension BytePairTokenizer {
    /// Learns a byte-level vocabulary in OPT's layout: `<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3, the 256 bytes, merges.
    ///
    /// Every text can be encoded, since every byte is a token; the line end is one.
    ///
    /// - Parameters:
    ///   - texts: sentences; their order is of no account.
    ///   - vocabularyCount: the number of tokens, at least 260; fewer result when no pair is left to merge.
    ///   - minimumCount: how often a pair must occur to be merged.
    /// - Throws: `TokenizerTrainingError` when the count is too low.
    public static func trained(
        on texts: some Sequence<String>, vocabularyCount: Int, minimumCount: Int = 2
    ) throws(TokenizerTrainingError) -> BytePairTokenizer {
        let special = ["<s>", "<pad>", "</s>", "<unk>"]
        let alphabet = (0...UInt8.max).sorted {
            ByteAlphabet.characters[Int($0)] < ByteAlphabet.characters[Int($1)]
        }
        guard vocabularyCount >= special.count + alphabet.count else {
            throw TokenizerTrainingError(vocabularyCount: vocabularyCount, minimum: special.count + alphabet.count)
        }
        var tokens = special.map { Array($0.utf8) } + alphabet.map { [$0] }
        var ids: [[UInt8]: Int32] = [:]
        for (id, token) in tokens.enumerated() { ids[token] = Int32(id) }
        var training = MergeTraining(
            wordCounts(of: texts).map { word, count in (word.map { ids[[$0]] ?? 0 }, count) })
        var merges: [(left: Int32, right: Int32)] = []
        while tokens.count < vocabularyCount {
            let pair = training.next(minimumCount: minimumCount) { pair in
                let joined = tokens[Int(pair.left)] + tokens[Int(pair.right)]
                if let id = ids[joined] { return id }
                ids[joined] = Int32(tokens.count)
                tokens.append(joined)
                return Int32(tokens.count - 1)
            }
            guard let pair else { break }
            merges.append((pair.left, pair.right))
        }
        return BytePairTokenizer(tokens: tokens, specialCount: special.count, merges: merges)
    }

    /// How often each word of the splitting pattern occurs.
    private static func wordCounts(of texts: some Sequence<String>) -> [[UInt8]: Int] {
        var counts: [[UInt8]: Int] = [:]
        for var text in texts {
            text.withUTF8 { text in
                var start = 0
                while start < text.count {
                    let end = WordPattern.end(of: text, from: start, UnicodeProperties.bytes)
                    counts[Array(text[start..<end]), default: 0] += 1
                    start = end
                }
            }
        }
        return counts
    }

    private init(tokens: [[UInt8]], specialCount: Int, merges: [(left: Int32, right: Int32)]) {
        var spelled = TokenList()
        for (id, token) in tokens.enumerated() {
            spelled.append(id < specialCount ? token : ByteAlphabet.spelling(of: token))
        }
        let lexicon = BytePairVocabulary.lexicon(spelled)
        let table = MergeTable(count: merges.count)
        for (rank, (left, right)) in merges.enumerated() {
            let result = (tokens[Int(left)] + tokens[Int(right)]).withUnsafeBufferPointer { lexicon.id(of: $0) }
            _ = table.insert(left, right, MergeTable.Merge(rank: Int32(rank), result: result))
        }
        var ids = SpecialTokens()
        ids.beginning = 2
        ids.end = 2
        ids.padding = 1
        ids.unknown = 2
        ids.prefix = [2]
        self.init(
            vocabulary: BytePairVocabulary(spelled: spelled, lexicon: lexicon, merges: merges, table: table),
            conventions: .opt, specialTokens: ids, added: [])
    }
}
