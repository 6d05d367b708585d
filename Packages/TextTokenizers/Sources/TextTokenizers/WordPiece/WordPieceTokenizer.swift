import Foundation

/// BERT's tokenizer: words between blanks and punctuation, cut greedily into the longest pieces of a vocabulary.
///
/// Exact to transformers 4.26.0's `BertTokenizer` (the slow one, which LAVIS and BLIP-2 call) with Python 3.11's
/// Unicode 14.
public struct WordPieceTokenizer: Tokenizer {
    /// How texts are cut into words.
    public let rules: WordPieceRules
    /// Tokens beside the vocabulary proper, such as the `[DEC]` that BLIP-2 adds.
    public let addedTokens: [AddedToken]
    /// `[CLS]` in front and `[SEP]` behind, `[PAD]`, `[UNK]`, `[MASK]`, and the added beginning.
    public let specialTokens: SpecialTokens

    let tokens: TokenList
    private let vocabulary: WordPieceVocabulary
    private let splitter: WordSplitter
    private let ascii: ASCIIWords

    /// The number of lines of `vocab.txt` and of added tokens.
    public var vocabularyCount: Int { tokens.count + addedTokens.count }

    /// Opens a vocabulary of one token a line.
    ///
    /// - Parameters:
    ///   - vocabularyFile: a `vocab.txt` with at least `[UNK]`, `[CLS]`, `[SEP]` and `[PAD]`.
    ///   - addingBeginning: a token to add behind the vocabulary for the beginning of a text; BLIP-2 adds `"[DEC]"`.
    ///   - rules: how texts are cut into words.
    /// - Throws: `TokenizerFileError` that names the line.
    public init(
        vocabularyFile: URL, addingBeginning: String? = nil, rules: WordPieceRules = .bertUncased
    ) throws {
        let (tokens, lexicon) = try VocabularyText.read(vocabularyFile)
        var added: [AddedToken] = []
        if let addingBeginning { added.append(AddedToken(addingBeginning, id: Int32(tokens.count))) }
        try self.init(
            tokens: tokens, lexicon: lexicon, file: vocabularyFile, beginning: addingBeginning, added: added,
            rules: rules)
    }

    /// - Parameters:
    ///   - added: tokens behind the vocabulary.
    ///   - cutting: tokens of the vocabulary that are found in texts wherever they are spelled, as added ones are.
    init(
        tokens: TokenList, lexicon: Lexicon, file: URL, beginning: String?, added: [AddedToken],
        cutting: [AddedToken] = [], rules: WordPieceRules
    ) throws(TokenizerFileError) {
        func id(_ token: String) throws(TokenizerFileError) -> Int32 {
            let id = lexicon.id(of: token)
            if id >= 0 { return id }
            throw TokenizerFileError(
                .unknownToken, file, found: "no \(token) among \(tokens.count) tokens",
                expected: "a BERT vocabulary, which has [UNK], [CLS], [SEP] and [PAD]")
        }
        var special = SpecialTokens()
        special.unknown = try id("[UNK]")
        special.classification = try id("[CLS]")
        special.separator = try id("[SEP]")
        special.padding = try id("[PAD]")
        special.mask = try? id("[MASK]")
        if let beginning {
            let addedID = added.first { $0.content == beginning }?.id
            special.beginning = if let addedID { addedID } else { try id(beginning) }
        }
        special.additional = (cutting + added).filter { $0.isSpecial && !special.contains($0.id) }.map(\.id)
        special.prefix = [special.classification ?? 0]
        special.suffix = [special.separator ?? 0]
        self.init(
            tokens: tokens, lexicon: lexicon, specialTokens: special, added: added, cutting: cutting, rules: rules)
    }

    init(
        tokens: TokenList, lexicon: Lexicon, specialTokens: SpecialTokens, added: [AddedToken],
        cutting: [AddedToken] = [], rules: WordPieceRules
    ) {
        self.rules = rules
        self.tokens = tokens
        self.specialTokens = specialTokens
        addedTokens = added
        vocabulary = WordPieceVocabulary(
            tokens: tokens, lexicon: lexicon, unknown: specialTokens.unknown ?? 0,
            maximumWordLength: rules.maximumWordLength)
        let named = ["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"].map { ($0, lexicon.id(of: $0)) }.filter { $0.1 >= 0 }
        splitter = WordSplitter(rules: rules, added: cutting + added, special: named)
        ascii = ASCIIWords(rules: rules, special: (cutting + added).map(\.content) + named.map(\.0))
    }

    /// Appends the ids of a text without `[CLS]` and `[SEP]`.
    public func encode(_ text: String, into ids: inout [Int32]) {
        IDSink.append(to: &ids) { encode(text, into: &$0) }
    }

    /// The ids of a text with the bytes that each stands for; removed characters belong to none.
    public func encodeWithOffsets(_ text: String, addingSpecialTokens: Bool) -> OffsetEncoding {
        OffsetSink.encoding(of: text, within: addingSpecialTokens ? specialTokens : nil) { encode(text, into: &$0) }
    }

    private func encode(_ text: String, into sink: inout some TokenSink) {
        var text = text
        text.withUTF8 { text in
            var word: [UInt8] = []
            ascii.forEachChunk(
                of: text,
                word: { bytes, start in
                    vocabulary.append(bytes, to: &sink) { (start + $0, start + $1) }
                },
                other: { range in
                    splitter.forEachPart(of: text, in: range) { part in
                        append(part, to: &sink, buffer: &word)
                    }
                })
        }
    }

    private func append(_ part: WordSplitter.Part, to sink: inout some TokenSink, buffer: inout [UInt8]) {
        switch part {
        case .token(let id, let characters):
            sink.append(id, characters.first?.start ?? 0, characters.last?.end ?? 0)
        case .word(let characters):
            // The character that each byte of the word comes from.
            var origins: [Int] = []
            buffer.removeAll(keepingCapacity: true)
            for index in characters.indices {
                buffer.append(scalar: characters[index].scalar)
                while origins.count < buffer.count { origins.append(index) }
            }
            buffer.withUnsafeBufferPointer { word in
                vocabulary.append(word, to: &sink) { (characters[origins[$0]].start, characters[origins[$1 - 1]].end) }
            }
        }
    }

    /// The id of a token as `vocab.txt` spells it.
    public func id(of token: String) -> Int32? {
        if let added = addedTokens.first(where: { $0.content.utf8.elementsEqual(token.utf8) }) { return added.id }
        let id = vocabulary.lexicon.id(of: token)
        return id < 0 ? nil : id
    }

    /// A token as `vocab.txt` spells it.
    public func token(of id: Int32) -> String? {
        if 0..<Int32(tokens.count) ~= id { return String(decoding: tokens[Int(id)], as: UTF8.self) }
        return addedTokens.first { $0.id == id }?.content
    }

    /// Appends a word behind a blank, or the rest of one without.
    public func decode(_ id: Int32, into bytes: inout [UInt8], state: inout DecodingState) {
        if 0..<Int32(tokens.count) ~= id {
            let token = tokens[Int(id)]
            // Quirk: behind an added token a continuation keeps its mark, as the reference joins the groups by blanks.
            let continues =
                token.starts(with: WordPieceVocabulary.mark)
                && !state.isAtBeginning && !state.followsAddedToken
            if !continues, !state.isAtBeginning { bytes.append(UInt8(ascii: " ")) }
            bytes += continues ? token.dropFirst(WordPieceVocabulary.mark.count) : token
            state.followsAddedToken = false
            state.isAtBeginning = false
        } else {
            state.append(id, of: addedTokens, to: &bytes)
        }
    }
}

extension Lexicon {
    /// The id of a token, or -1.
    func id(of token: String) -> Int32 {
        var token = token
        return token.withUTF8 { self.id(of: $0) }
    }
}
