import Foundation

/// The byte-level byte-pair tokenizer of GPT-2 and OPT.
///
/// Exact to transformers 4.26.0's `GPT2Tokenizer` (the slow one, which LAVIS calls) with the pattern as the Python
/// module regex 2026.11.15 matches it. Special tokens spelled in a text are plain text, as they are there.
public struct BytePairTokenizer: Tokenizer {
    /// Which tokens are special.
    public let conventions: BytePairConventions
    /// Tokens beside the vocabulary proper, found in texts wherever they are spelled.
    public let addedTokens: [AddedToken]
    /// The ids of the tokens that the conventions name.
    public let specialTokens: SpecialTokens

    let vocabulary: BytePairVocabulary
    private let matcher: AddedTokenMatcher

    /// The number of entries of `vocab.json` and of added tokens.
    public var vocabularyCount: Int { vocabulary.spelled.count + addedTokens.count }

    /// Opens a vocabulary and its merges.
    ///
    /// - Parameters:
    ///   - vocabularyFile: a `vocab.json`, spelled tokens to ids that leave no gap.
    ///   - mergesFile: the `merges.txt` that belongs to it.
    ///   - conventions: which tokens are special.
    /// - Throws: `TokenizerFileError` that names the file and, in `merges.txt`, the line.
    public init(vocabularyFile: URL, mergesFile: URL, conventions: BytePairConventions = .opt) throws {
        let vocabulary = try BytePairVocabulary(
            spelled: VocabularyJSON.read(vocabularyFile), vocabularyFile: vocabularyFile, mergesFile: mergesFile)
        try self.init(vocabulary: vocabulary, file: vocabularyFile, conventions: conventions, added: [])
    }

    /// - Parameters:
    ///   - added: tokens behind the vocabulary.
    ///   - cutting: tokens of the vocabulary that are found in texts wherever they are spelled, as added ones are.
    init(
        vocabulary: BytePairVocabulary, file: URL, conventions: BytePairConventions, added: [AddedToken],
        cutting: [AddedToken] = []
    ) throws(TokenizerFileError) {
        func id(_ token: String?) throws(TokenizerFileError) -> Int32? {
            guard let token else { return nil }
            if let added = added.first(where: { $0.content == token }) { return added.id }
            let id = vocabulary.spelledID(of: token)
            if id >= 0 { return id }
            throw TokenizerFileError(
                .unknownToken, file, found: "no \(token) among \(vocabulary.spelled.count) tokens",
                expected: "the special tokens that the conventions name")
        }
        var special = SpecialTokens()
        special.beginning = try id(conventions.beginning)
        special.end = try id(conventions.end)
        special.padding = try id(conventions.padding)
        special.unknown = try id(conventions.unknown)
        special.additional = (cutting + added).filter { $0.isSpecial && !special.contains($0.id) }.map(\.id)
        if conventions.addsBeginning, let beginning = special.beginning { special.prefix = [beginning] }
        self.init(
            vocabulary: vocabulary, conventions: conventions, specialTokens: special, added: added, cutting: cutting)
    }

    init(
        vocabulary: BytePairVocabulary, conventions: BytePairConventions, specialTokens: SpecialTokens,
        added: [AddedToken], cutting: [AddedToken] = []
    ) {
        self.vocabulary = vocabulary
        self.conventions = conventions
        self.specialTokens = specialTokens
        addedTokens = added
        matcher = AddedTokenMatcher(cutting + added)
    }

    /// Appends the ids of a text without the beginning token.
    public func encode(_ text: String, into ids: inout [Int32]) {
        IDSink.append(to: &ids) { encode(text, into: &$0) }
    }

    /// The ids of a text with the bytes that each stands for, which may be parts of characters.
    public func encodeWithOffsets(_ text: String, addingSpecialTokens: Bool) -> OffsetEncoding {
        OffsetSink.encoding(of: text, within: addingSpecialTokens ? specialTokens : nil) { encode(text, into: &$0) }
    }

    private func encode(_ text: String, into sink: inout some TokenSink) {
        var text = text
        text.withUTF8 { text in
            if matcher.isEmpty { return encode(text, 0..<text.count, into: &sink) }
            matcher.forEachPart(of: text) { range, token in
                if let token {
                    sink.append(token.id, range.lowerBound, range.upperBound)
                } else {
                    encode(text, range, into: &sink)
                }
            }
        }
    }

    @inline(__always)
    private func encode(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, into sink: inout some TokenSink) {
        let part = UnsafeBufferPointer(rebasing: text[range])
        let table = UnicodeProperties.bytes
        let unknown = specialTokens.unknown
        var start = 0
        while start < part.count {
            let end = WordPattern.end(of: part, from: start, table)
            var from = range.lowerBound + start
            vocabulary.forEachToken(of: UnsafeBufferPointer(rebasing: part[start..<end])) { token, end in
                let to = range.lowerBound + start + end
                // Without an unknown token, bytes that the vocabulary lacks are left out.
                if let token = token >= 0 ? token : unknown { sink.append(token, from, to) }
                from = to
            }
            start = end
        }
    }

    /// The id of a token as `vocab.json` spells it, in GPT-2's byte alphabet.
    public func id(of token: String) -> Int32? {
        if let added = addedTokens.first(where: { $0.content.utf8.elementsEqual(token.utf8) }) { return added.id }
        let id = vocabulary.spelledID(of: token)
        return id < 0 ? nil : id
    }

    /// A token as `vocab.json` spells it, in GPT-2's byte alphabet.
    public func token(of id: Int32) -> String? {
        if 0..<Int32(vocabulary.spelled.count) ~= id {
            return String(decoding: vocabulary.spelled[Int(id)], as: UTF8.self)
        }
        return addedTokens.first { $0.id == id }?.content
    }

    /// Appends the bytes of a token.
    public func decode(_ id: Int32, into bytes: inout [UInt8], state: inout DecodingState) {
        if 0..<Int32(vocabulary.spelled.count) ~= id {
            // A token with characters that stand for no byte is text as it is spelled.
            let token = vocabulary.lexicon[Int(id)]
            if state.followsAddedToken { bytes.append(UInt8(ascii: " ")) }
            if token.isEmpty { bytes += vocabulary.spelled[Int(id)] } else { bytes += token }
            state.followsAddedToken = false
            state.isAtBeginning = false
        } else {
            state.append(id, of: addedTokens, to: &bytes)
        }
    }
}

extension Lexicon {
    /// The id of a token spelled in the byte alphabet, or -1.
    func id(ofSpelled token: String) -> Int32 {
        var token = token
        return token.withUTF8 { token in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: token.count + 1) { bytes in
                guard let start = bytes.baseAddress, let count = ByteAlphabet.decode(token, to: start) else {
                    return -1
                }
                return id(of: UnsafeBufferPointer(start: start, count: count))
            }
        }
    }
}
