import CSentencePiece
import Foundation

/// The tokenizer of T5 and others: pieces of normalized text, chosen by libsentencepiece.
///
/// Under T5's conventions exact to transformers' `T5TokenizerFast`, also where two ways through a word score the same. A
/// character of several marks is normalized as libsentencepiece does it; the other drops marks or leaves them apart.
public struct SentencePieceTokenizer: Tokenizer {
    /// What stands around and between the model's pieces.
    public let conventions: SentencePieceConventions
    /// Tokens found in texts wherever they are spelled: T5's sentinels, `</s>`, `<pad>` and `<unk>`.
    public let addedTokens: [AddedToken]
    /// The ids of the model's own special pieces and of the added ones.
    public let specialTokens: SpecialTokens
    /// The number of the model's pieces and of the tokens added behind them.
    public let vocabularyCount: Int

    let model: SentencePieceModel
    /// The bytes of the model file.
    let file: [UInt8]
    private let lexicon: Lexicon
    private let library: SentencePieceLibrary
    private let matcher: AddedTokenMatcher
    private let ties: UnigramTies?

    /// Opens a model file.
    ///
    /// - Parameters:
    ///   - modelFile: a `spiece.model`.
    ///   - conventions: what stands around the pieces.
    /// - Throws: `TokenizerFileError` that names the byte of the file.
    public init(modelFile: URL, conventions: SentencePieceConventions = .t5) throws {
        let parts = try SentencePieceParts(modelFile)
        try self.init(
            parts, conventions: conventions, added: conventions == .t5 ? parts.sentinels(T5Sentinels.count) : [])
    }

    init(
        _ parts: SentencePieceParts, conventions: SentencePieceConventions, added: [AddedToken]
    ) throws(TokenizerFileError) {
        self.conventions = conventions
        model = parts.model
        file = parts.file
        lexicon = parts.lexicon
        library = try SentencePieceLibrary(parts.file, parts.url)
        vocabularyCount = parts.model.pieces.count + added.count
        switch conventions {
        case .library:
            specialTokens = parts.specialTokens(added)
            addedTokens = added
        case .t5:
            specialTokens = try parts.t5SpecialTokens(added)
            addedTokens = parts.t5Pieces + parts.innerSentinels + added
        }
        matcher = AddedTokenMatcher(addedTokens)
        ties = conventions == .t5 ? UnigramTies(model, lexicon) : nil
    }

    /// The tokens behind the model's pieces.
    var tokensBehind: ArraySlice<AddedToken> { addedTokens.drop { Int($0.id) < model.pieces.count } }

    /// Appends the ids of a text without the `</s>` that T5 puts behind it.
    public func encode(_ text: String, into ids: inout [Int32]) {
        forEachPart(of: text) { part, token in
            if let token { return ids.append(token.id) }
            library.encode(part.text) { found in
                // Only a want of memory leads to the unknown piece.
                guard let found else { return ids.append(model.unknown) }
                if let ties, ties.mayOccur(in: found) {
                    ties.forEachWord(of: found) { ids += $1 }
                } else {
                    ids.append(contentsOf: found)
                }
            }
        }
    }

    /// The ids of a text with the bytes that each stands for.
    public func encodeWithOffsets(_ text: String, addingSpecialTokens: Bool) -> OffsetEncoding {
        OffsetSink.encoding(of: text, within: addingSpecialTokens ? specialTokens : nil) { encode(text, into: &$0) }
    }

    private func encode(_ text: String, into sink: inout OffsetSink) {
        forEachPart(of: text) { part, token in
            let end = part.start + part.text.count - part.prefix
            if let token { return sink.append(token.id, part.start, end) }
            library.encodeSpans(part.text) { spans in
                guard let spans else { return sink.append(model.unknown, part.start, end) }
                forEachPiece(of: spans, in: part.text) { id, start, end in
                    sink.append(id, part.start + max(0, start - part.prefix), part.start + max(0, end - part.prefix))
                }
            }
        }
    }

    /// Calls `body` with each piece that stands once ties are settled, and the bytes of the text that it stands for.
    private func forEachPiece(
        of spans: UnsafeBufferPointer<sentencepiece_span>, in text: UnsafeBufferPointer<UInt8>,
        _ body: (Int32, Int, Int) -> Void
    ) {
        let ids = spans.map(\.id)
        ids.withUnsafeBufferPointer { ids in
            guard let ties, ties.mayOccur(in: ids) else {
                return spans.forEach { body($0.id, Int($0.start), Int($0.end)) }
            }
            ties.forEachWord(of: ids) { range, settled in
                if ids[range].elementsEqual(settled) {
                    return spans[range].forEach { body($0.id, Int($0.start), Int($0.end)) }
                }
                let bounds = spans[range].flatMap { places(of: $0, in: text) } + [Int(spans[range.upperBound - 1].end)]
                var start = 0
                for id in settled {
                    let end = start + lexicon[Int(id)].count
                    body(id, bounds[start], bounds[end])
                    start = end
                }
            }
        }
    }

    /// Where in the text each byte of a piece comes from; in proportion, should the normalizer have changed the length.
    private func places(of span: sentencepiece_span, in text: UnsafeBufferPointer<UInt8>) -> [Int] {
        let (start, end) = (Int(span.start), Int(span.end))
        let piece = lexicon[Int(span.id)]
        let mark = piece.starts(with: Self.blank) ? Self.blank.count : 0
        let first = mark > 0 && start < end && text[start] == UInt8(ascii: " ") ? start + 1 : start
        let rest = max(piece.count - mark, 1)
        return piece.indices.map { $0 < mark ? start : first + ($0 - mark) * (end - first) / rest }
    }

    /// A part of a text: what is encoded, where it begins in the text, and how many bytes were put in front of it.
    private typealias Part = (text: UnsafeBufferPointer<UInt8>, start: Int, prefix: Int)

    /// Calls `body` with what the library has to encode and with the added tokens between, in order.
    @inline(__always)
    private func forEachPart(of text: String, _ body: (Part, AddedToken?) -> Void) {
        var text = text
        text.withUTF8 { text in
            if matcher.isEmpty { return body((text, 0, 0), nil) }
            matcher.forEachPart(of: text) { range, token in
                let part = UnsafeBufferPointer(rebasing: text[range])
                if token != nil || conventions == .library { return body((part, range.lowerBound, 0), token) }
                withBlankInFront(withoutBlankEnd(part)) { body(($0, range.lowerBound, $1), nil) }
            }
        }
    }

    /// Calls `body` with a text that begins with a blank, and the number of bytes put in front of it for that.
    ///
    /// The published tokenizer sees to the blank also where the model does not, but never to a second one.
    @inline(__always)
    private func withBlankInFront(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Void
    ) {
        let hasBlank = text.first == UInt8(ascii: " ") || text.starts(with: Self.blank)
        if model.addsBlankInFront || hasBlank || text.isEmpty { return body(text, 0) }
        ([UInt8(ascii: " ")] + text).withUnsafeBufferPointer { body($0, 1) }
    }

    /// The text up to the white space at its end, where U+0085 is some of it.
    ///
    /// The published tokenizer strips it behind its normalizer, while the library strips only what its normalizer turned
    /// into blanks. This is not U+0085, so the end is looked at only when that occurs there.
    private func withoutBlankEnd(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var end = text.count
        var hasNextLine = false
        while end > 0 {
            let start = text.startOfScalar(before: end)
            let scalar = text.scalar(at: start).scalar
            if 0x21..<0x7F ~= scalar { break }
            if scalar == 0x85 {
                hasNextLine = true
            } else {
                var isBlank = false
                library.encode(UnsafeBufferPointer(rebasing: text[start..<end])) { isBlank = $0?.isEmpty ?? false }
                if !isBlank { break }
            }
            end = start
        }
        return hasNextLine ? UnsafeBufferPointer(rebasing: text[..<end]) : text
    }

    /// The id of a piece as the model spells it, blanks as U+2581, or of an added token.
    public func id(of token: String) -> Int32? {
        if let added = addedTokens.first(where: { $0.content.utf8.elementsEqual(token.utf8) }) { return added.id }
        let id = lexicon.id(of: token)
        return id < 0 ? nil : id
    }

    /// A piece as the model spells it, blanks as U+2581, or an added token.
    public func token(of id: Int32) -> String? {
        if 0..<Int32(model.pieces.count) ~= id { return String(decoding: model.pieces[Int(id)], as: UTF8.self) }
        return addedTokens.first { $0.id == id }?.content
    }

    /// The score of a piece: the logarithm of its probability in a unigram model; nil for other ids.
    public func score(of id: Int32) -> Float? {
        model.scores.indices.contains(Int(id)) ? model.scores[Int(id)] : nil
    }

    /// Appends the text of a piece, without the blank that stands in front of a whole text.
    public func decode(_ id: Int32, into bytes: inout [UInt8], state: inout DecodingState) {
        guard 0..<Int32(model.pieces.count) ~= id else {
            guard let added = addedTokens.first(where: { $0.id == id }) else { return }
            bytes += added.content.utf8
            state.isAtBeginning = false
            return
        }
        let piece = model.pieces[Int(id)]
        switch (model.kinds[Int(id)], conventions) {
        case (.control, .t5), (.unknown, .t5): bytes += piece
        case (.control, .library): return
        case (.unknown, .library): bytes += model.unknownText
        case (.byte, _): if let byte = model.byte(of: Int(id)) { bytes.append(byte) }
        default: return decodeText(piece, into: &bytes, state: &state)
        }
        state.isAtBeginning = false
    }

    private func decodeText(_ piece: ArraySlice<UInt8>, into bytes: inout [UInt8], state: inout DecodingState) {
        var rest = piece
        var isStripped = false
        if conventions == .library, state.isAtBeginning, model.addsBlankInFront || model.removesExtraBlanks,
            rest.starts(with: Self.blank)
        {
            rest = rest.dropFirst(Self.blank.count)
            isStripped = true
        }
        // Quirk: T5's decoder drops every blank of the first token, the library the first of each as long as there is
        // no text, and without the removal of extra blanks only the very first.
        let dropsBlanks = conventions == .t5 && state.isAtBeginning
        let count = bytes.count
        while let byte = rest.first {
            if byte == Self.blank[0], rest.starts(with: Self.blank) {
                if !dropsBlanks { bytes.append(UInt8(ascii: " ")) }
                rest = rest.dropFirst(Self.blank.count)
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        if conventions == .t5 || bytes.count > count || isStripped && !model.removesExtraBlanks {
            state.isAtBeginning = false
        }
    }

    /// How pieces spell a blank: U+2581.
    static let blank = Array("\u{2581}".utf8)
}
