import Foundation

/// A byte-level vocabulary: tokens by the bytes they stand for, and the merges between them.
struct BytePairVocabulary: Sendable {
    /// Tokens as the file spells them.
    let spelled: TokenList
    /// Tokens by their bytes; a token with a character outside the byte alphabet is empty here.
    let lexicon: Lexicon
    private let merging: PairMerging
    private let known: KnownWords
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
        known = KnownWords(tokenCount: lexicon.count)
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

    /// Calls `body` with the token and the end of each part of a word; a negative token is a byte without one.
    @inline(__always)
    func forEachToken(of word: UnsafeBufferPointer<UInt8>, _ body: (Int32, Int) -> Void) {
        let id = lexicon.id(of: word)
        if id >= 0, isWhole(id, word) {
            body(id, word.count)
        } else if !known.forEachToken(of: word, body) {
            for (token, end) in merge(word) { body(token, end) }
        }
    }

    /// Whether the bytes of a token merge into that token, so that words which are it need no merging.
    @inline(__always)
    private func isWhole(_ id: Int32, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let mark = known[id]
        return mark == .unknown ? findOut(id, word) : mark == .whole
    }

    @inline(never)
    private func findOut(_ id: Int32, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let tokens = parts(of: word)
        let isWhole = tokens.count == 1 && tokens[0].token == id
        known[id] = isWhole ? .whole : .merged
        return isWhole
    }

    @inline(never)
    private func merge(_ word: UnsafeBufferPointer<UInt8>) -> [(token: Int32, end: Int)] {
        let tokens = parts(of: word)
        known.keep(word, tokens: tokens)
        return tokens
    }

    private func parts(of word: UnsafeBufferPointer<UInt8>) -> [(token: Int32, end: Int)] {
        var tokens: [(token: Int32, end: Int)] = []
        merging.forEachToken(of: word) { tokens.append(($0, $1)) }
        return tokens
    }
}
