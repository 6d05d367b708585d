import Foundation

/// A byte-level vocabulary: tokens by the bytes they stand for, and the merges between them.
struct BytePairVocabulary: Sendable {
    /// Tokens as the file spells them.
    let spelled: TokenList
    /// Tokens by their bytes; a token with a character outside the byte alphabet is empty here.
    let lexicon: Lexicon
    let merging: PairMerging
    /// The pairs of ids in the order of their ranks.
    let merges: [(left: Int32, right: Int32)]

    /// - Parameters:
    ///   - spelled: the tokens in the order of their ids.
    ///   - vocabularyFile: the file they are from, for messages.
    ///   - mergesFile: the `merges.txt` that belongs to it.
    init(spelled: TokenList, vocabularyFile: URL, mergesFile: URL) throws(TokenizerFileError) {
        try self.init(
            spelled: spelled, vocabularyFile: vocabularyFile,
            merges: TokenizerFile.read(mergesFile, kind: "a list of merges"), mergesFile: mergesFile)
    }

    /// - Parameter merges: the bytes of a `merges.txt`.
    init(spelled: TokenList, vocabularyFile: URL, merges: [UInt8], mergesFile: URL) throws(TokenizerFileError) {
        let lexicon = Self.lexicon(spelled)
        if let (first, second) = lexicon.duplicate {
            throw TokenizerFileError(
                .duplicate, vocabularyFile,
                found: "\(TokenizerFileError.quoted(spelled[second])) under \(first) and \(second)",
                expected: "every token once")
        }
        let (pairs, table) = try merges.withUnsafeBufferPointer { bytes throws(TokenizerFileError) in
            try MergeFile.read(bytes, mergesFile, lexicon)
        }
        self.init(spelled: spelled, lexicon: lexicon, merges: pairs, table: table)
    }

    init(spelled: TokenList, lexicon: Lexicon, merges: [(left: Int32, right: Int32)], table: MergeTable) {
        self.spelled = spelled
        self.lexicon = lexicon
        self.merges = merges
        merging = PairMerging(merges: table, pairs: merges, lexicon: lexicon)
        markWords()
    }

    /// The id of a token as the file spells it, or -1; other than the lexicon it knows tokens outside the byte alphabet.
    func spelledID(of token: String) -> Int32 {
        let id = lexicon.id(ofSpelled: token)
        if id >= 0 { return id }
        // Few vocabularies have such tokens, and only the configuration asks for them.
        let found = (0..<spelled.count).first { lexicon[$0].isEmpty && spelled[$0].elementsEqual(token.utf8) }
        return found.map { Int32($0) } ?? -1
    }

    /// The tokens by the bytes that their spelling stands for.
    static func lexicon(_ spelled: TokenList) -> Lexicon {
        Lexicon(spelled.map { spelled, out in ByteAlphabet.decode(spelled, to: out) ?? 0 })
    }

    /// Marks the tokens into which their own bytes merge, so that words which are such a token need no merging.
    private func markWords() {
        for id in 0..<lexicon.count where !lexicon[id].isEmpty {
            var first: Int32 = -1
            var count = 0
            merging.forEachToken(of: lexicon[id]) { token, _ in
                if count == 0 { first = token }
                count += 1
            }
            if count == 1, first == Int32(id) { lexicon.markWord(id) }
        }
    }
}
