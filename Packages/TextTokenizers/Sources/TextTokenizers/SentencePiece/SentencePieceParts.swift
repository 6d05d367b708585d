import Foundation

/// A model file with what it says, before conventions make a tokenizer of it.
struct SentencePieceParts {
    let file: [UInt8]
    let url: URL
    let model: SentencePieceModel
    let lexicon: Lexicon

    /// Reads and checks a model file.
    init(_ url: URL) throws(TokenizerFileError) {
        let file = try TokenizerFile.read(
            url, kind: SentencePieceModel.kind, byteLimit: SentencePieceModel.byteLimit)
        try self.init(file: file, url)
    }

    init(file: [UInt8], _ url: URL) throws(TokenizerFileError) {
        self.file = file
        self.url = url
        model = try SentencePieceModel(file, url)
        lexicon = Lexicon(model.pieces)
        if let (first, second) = lexicon.duplicate {
            throw TokenizerFileError(
                .duplicate, url,
                found:
                    "the piece \(TokenizerFileError.quoted(model.pieces[second])) under the ids \(first) and \(second)",
                expected: "every piece once")
        }
    }

    /// The id of a piece.
    func id(of piece: some Collection<UInt8>) -> Int32? {
        let id = Array(piece).withUnsafeBufferPointer { lexicon.id(of: $0) }
        return id < 0 ? nil : id
    }

    /// The id of a control or unknown piece.
    func special(_ spelling: some Collection<UInt8>) -> Int32? {
        id(of: spelling).flatMap { id in
            let kind = model.kinds[Int(id)]
            return kind == .control || kind == .unknown ? id : nil
        }
    }

    /// Whether the model has T5's special pieces.
    var isT5: Bool { t5Pieces.map(\.content) == T5Sentinels.pieces && t5Pieces[2].id == model.unknown }

    /// T5's special pieces of the model itself, which cut a text like the sentinels but take in no white space.
    var t5Pieces: [AddedToken] {
        T5Sentinels.pieces.compactMap { piece in
            special(piece.utf8).map { AddedToken(piece, id: $0, stripsLeft: false, stripsRight: false) }
        }
    }

    /// The sentinels that are pieces of the model itself.
    var innerSentinels: [AddedToken] {
        model.kinds.indices.compactMap { id in
            let isSentinel = model.kinds[id] == .control && model.pieces[id].starts(with: T5Sentinels.prefix.utf8)
            return isSentinel ? AddedToken(String(decoding: model.pieces[id], as: UTF8.self), id: Int32(id)) : nil
        }
    }

    /// T5's sentinels behind the model's pieces, the last first.
    func sentinels(_ count: Int) -> [AddedToken] {
        (0..<count).map { AddedToken(T5Sentinels.spelling(count - 1 - $0), id: Int32(model.pieces.count + $0)) }
    }

    /// The model's own special pieces, and nothing around a text.
    func specialTokens(_ added: [AddedToken]) -> SpecialTokens {
        var special = SpecialTokens()
        special.unknown = model.unknown
        special.beginning = self.special(model.roles.beginning)
        special.end = self.special(model.roles.end)
        special.padding = self.special(model.roles.padding)
        let controls = model.kinds.indices.filter { model.kinds[$0] == .control }.map { Int32($0) }
        special.additional = (controls + added.filter(\.isSpecial).map(\.id)).filter { !special.contains($0) }
        return special
    }

    func t5SpecialTokens(_ added: [AddedToken]) throws(TokenizerFileError) -> SpecialTokens {
        guard isT5 else {
            throw TokenizerFileError(
                .unknownToken, url, found: "a model with the special pieces \(t5Pieces.map(\.content))",
                expected: "T5's \(T5Sentinels.pieces)")
        }
        var special = SpecialTokens()
        special.padding = t5Pieces[0].id
        special.end = t5Pieces[1].id
        special.unknown = t5Pieces[2].id
        special.additional = (innerSentinels + added).filter(\.isSpecial).map(\.id).reversed()
        special.suffix = [t5Pieces[1].id]
        return special
    }
}

/// The tokens that T5 marks gaps in a text with, and the pieces that its models have.
enum T5Sentinels {
    static let count = 100
    static let limit = 4096
    static let prefix = "<extra_id_"
    static let pieces = ["<pad>", "</s>", "<unk>"]

    static func spelling(_ index: Int) -> String { "\(prefix)\(index)>" }
}
