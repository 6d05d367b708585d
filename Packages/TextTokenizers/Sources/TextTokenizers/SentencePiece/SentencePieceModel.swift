import Foundation

/// What a SentencePiece model file says, checked so far that the library can be trusted with it.
struct SentencePieceModel: Sendable {
    /// The kinds of pieces, numbered as in the file.
    enum Kind: UInt64 {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    /// How pieces are found in a text.
    enum Algorithm: UInt64 {
        case unigram = 1
        case bytePair, word, character
    }

    /// The pieces in the order of their ids.
    var pieces = TokenList()
    var kinds: [Kind] = []
    /// The logarithm of each piece's probability, or minus its rank in byte-pair models.
    var scores: [Float] = []
    /// The id of the one piece for what cannot be spelled.
    var unknown: Int32 = 0
    var algorithm = Algorithm.unigram
    /// What decoding makes of the unknown piece.
    var unknownText = Array(" \u{2047} ".utf8)
    /// The spellings of the pieces that begin and end a text and fill rows.
    var roles = Roles()
    var fallsBackToBytes = false
    var addsBlankInFront = true
    var removesExtraBlanks = true

    struct Roles: Sendable {
        var unknown = Array("<unk>".utf8)
        var beginning = Array("<s>".utf8)
        var end = Array("</s>".utf8)
        var padding = Array("<pad>".utf8)
    }

    /// The library builds its index of pieces by recursion over their bytes.
    static let pieceLengthLimit = 2048
    static let byteLimit = 64 << 20
    static let kind = "a SentencePiece model"

    /// Reads and checks the bytes of a model file.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - url: where they come from, for messages.
    init(_ bytes: [UInt8], _ url: URL) throws(TokenizerFileError) {
        do {
            try bytes.withUnsafeBufferPointer { bytes throws(ProtobufReader.Failure) in
                var parsing = SentencePieceParsing(bytes)
                self = try parsing.model()
            }
        } catch {
            throw TokenizerFileError(
                .malformed, url, found: "\(error.found) at byte \(error.place)", expected: Self.kind)
        }
        try check(url)
    }

    init() {}

    private func check(_ url: URL) throws(TokenizerFileError) {
        let unknowns = kinds.indices.filter { kinds[$0] == .unknown }
        guard unknowns.count == 1 else {
            throw TokenizerFileError(
                unknowns.isEmpty ? .unknownToken : .duplicate, url,
                found: "\(unknowns.count) unknown pieces among \(pieces.count)", expected: "one unknown piece")
        }
        guard kinds.contains(where: { $0 == .normal || $0 == .userDefined }) else {
            throw TokenizerFileError(
                .malformed, url, found: "\(pieces.count) pieces, none of which spells text", expected: Self.kind)
        }
        let bytePieces = kinds.count { $0 == .byte }
        guard bytePieces == (fallsBackToBytes ? 256 : 0) else {
            throw TokenizerFileError(
                .malformed, url, found: "\(bytePieces) pieces for bytes",
                expected: "256 in a model that falls back to bytes, none in others")
        }
    }

    /// The byte that a piece such as `<0x0A>` stands for; nil for all other pieces.
    func byte(of id: Int) -> UInt8? {
        kinds[id] == .byte ? Self.byte(spelled: pieces[id]) : nil
    }

    static func byte(spelled piece: ArraySlice<UInt8>) -> UInt8? {
        guard piece.count == 6, piece.starts(with: "<0x".utf8), piece.last == UInt8(ascii: ">") else { return nil }
        let digits = piece.dropFirst(3).dropLast()
        guard digits.allSatisfy({ 0x30...0x39 ~= $0 || 0x41...0x46 ~= $0 }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
