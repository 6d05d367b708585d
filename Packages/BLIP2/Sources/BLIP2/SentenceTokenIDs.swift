import JSON
import TextTokenizers

/// The token ids of the WordPiece vocabulary that the losses of the Q-Former and the P-Former speak of.
public struct SentenceTokenIDs: Codable, Hashable, Sendable {
    /// `[PAD]`
    public var padding: Int32
    /// `[CLS]`, which begins every text
    public var classification: Int32
    /// `[SEP]`, which ends every text
    public var separator: Int32
    /// `[MASK]`
    public var mask: Int32
    /// `[DEC]`, which begins a text that the Q-Former writes: added behind the vocabulary
    public var decoding: Int32

    /// The ids of bert-base-uncased with `[DEC]` behind its 30522 tokens.
    public static let bertBaseUncased = SentenceTokenIDs(
        padding: 0, classification: 101, separator: 102, mask: 103, decoding: 30522)

    /// Token ids.
    public init(padding: Int32, classification: Int32, separator: Int32, mask: Int32, decoding: Int32) {
        self.padding = padding
        self.classification = classification
        self.separator = separator
        self.mask = mask
        self.decoding = decoding
    }
}

extension WordPieceTokenizer {
    /// The ids that the losses speak of. Throws an error that names the folder and the token that is missing.
    public func sentenceTokenIDs(of directory: String) throws -> SentenceTokenIDs {
        func required(_ token: String) throws -> Int32 {
            guard let id = id(of: token) else {
                throw FileError(file: directory, problem: "the vocabulary lacks \(token)")
            }
            return id
        }
        return SentenceTokenIDs(
            padding: try required("[PAD]"), classification: try required("[CLS]"), separator: try required("[SEP]"),
            mask: try required("[MASK]"),
            // Stage 0 has no [DEC]; the other stages add it behind the vocabulary, as BLIP-2 does.
            decoding: id(of: "[DEC]") ?? Int32(vocabularyCount))
    }
}
