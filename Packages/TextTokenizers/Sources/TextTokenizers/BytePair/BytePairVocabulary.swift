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
        let lines = try TokenizerFile.read(mergesFile, kind: "a list of merges")
        self.spelled = spelled
        var list = TokenList()
        for id in 0..<spelled.count {
            var bytes: [UInt8] = []
            spelled[id].withUnsafeBufferPointer { _ = ByteAlphabet.appendBytes(of: $0, to: &bytes) }
            list.append(bytes)
        }
        let lexicon: Lexicon
        do {
            lexicon = try Lexicon(list)
        } catch {
            throw TokenizerFileError(
                .duplicate, vocabularyFile,
                found:
                    "\(TokenizerFileError.quoted(spelled[error.second])) under the ids \(error.first) and \(error.second)",
                expected: "every token once")
        }
        let (pairs, table) = try lines.withUnsafeBufferPointer { bytes throws(TokenizerFileError) in
            try MergeFile.read(bytes, mergesFile, lexicon)
        }
        merges = pairs
        self.lexicon = lexicon
        let byteTokens = (0..<256).map { byte in
            withUnsafeBytes(of: UInt8(byte)) { lexicon.id(of: $0.assumingMemoryBound(to: UInt8.self)) }
        }
        merging = PairMerging(merges: table, byteTokens: byteTokens)
        markWords()
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
