import Foundation

/// A text tokenizer: text to ids and back, exactly as the published tokenizer of its family does it.
///
/// Conforming types are immutable values that any number of threads may use at once.
public protocol Tokenizer: Sendable {
    /// The number of ids, added tokens included; ids run from 0 to one less.
    var vocabularyCount: Int { get }

    /// The ids that mean something to a model beside the text they stand for.
    var specialTokens: SpecialTokens { get }

    /// Appends the ids of a text without the tokens that stand around it.
    func encode(_ text: String, into ids: inout [Int32])

    /// Encodes a text and says for each id which bytes of the text's UTF-8 it stands for.
    ///
    /// Tokens that `addingSpecialTokens` puts around the text have empty ranges at its ends.
    func encodeWithOffsets(_ text: String, addingSpecialTokens: Bool) -> OffsetEncoding

    /// The id of a token as the vocabulary file spells it, or nil when the vocabulary lacks it.
    func id(of token: String) -> Int32?

    /// A token as the vocabulary file spells it, or nil when the id is out of range.
    func token(of id: Int32) -> String?

    /// Appends the text that an id adds to the text of the ids before it; ids out of range add nothing.
    ///
    /// - Parameters:
    ///   - bytes: receives UTF-8, which only together with the neighbouring ids' bytes need be whole characters.
    ///   - state: what the ids before it left; a new `DecodingState()` at the beginning.
    func decode(_ id: Int32, into bytes: inout [UInt8], state: inout DecodingState)

    /// Writes the tokenizer in the files that the Hugging Face libraries read.
    ///
    /// - Throws: `FileError` of the package JSON when a file cannot be written.
    func save(to directory: URL) throws
}

/// Ids of a text with the byte ranges they stand for.
public struct OffsetEncoding: Hashable, Sendable {
    /// The ids in the order of the text.
    public var ids: [Int32]
    /// For each id the bytes of the text's UTF-8 that it stands for; ids of one character may share a range.
    public var ranges: [Range<Int>]

    /// Joins ids and their ranges, which must be equally many.
    public init(ids: [Int32], ranges: [Range<Int>]) {
        precondition(ids.count == ranges.count, "\(ids.count) ids cannot have \(ranges.count) ranges")
        self.ids = ids
        self.ranges = ranges
    }
}

/// What a tokenizer remembers from one decoded id to the next.
public struct DecodingState: Hashable, Sendable {
    /// Whether nothing was decoded yet.
    public var isAtBeginning = true
    /// Whether the last id was an added token, after which words begin anew.
    public var followsAddedToken = false

    /// The state before the first id.
    public init() {}
}

extension Tokenizer {
    /// The ids of a text, by default with the tokens that the model expects around it.
    public func encode(_ text: String, addingSpecialTokens: Bool = true) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(text.utf8.count / 3 + 4)
        let special = specialTokens
        if addingSpecialTokens { ids += special.prefix }
        encode(text, into: &ids)
        if addingSpecialTokens { ids += special.suffix }
        return ids
    }

    /// The ids of a text and their byte ranges, with the tokens that the model expects around it.
    public func encodeWithOffsets(_ text: String) -> OffsetEncoding {
        encodeWithOffsets(text, addingSpecialTokens: true)
    }

    /// The text of some ids.
    ///
    /// - Parameters:
    ///   - ids: ids of this tokenizer; others add nothing.
    ///   - skippingSpecialTokens: whether special tokens are left out.
    ///   - cleaningUp: whether blanks before punctuation and English clitics are removed, as Hugging Face's `decode`
    ///     does by default.
    /// - Returns: the text; bytes that make no character come as U+FFFD.
    public func decode(
        _ ids: some Sequence<Int32>, skippingSpecialTokens: Bool = true, cleaningUp: Bool = true
    ) -> String {
        var bytes: [UInt8] = []
        var state = DecodingState()
        for id in ids where !(skippingSpecialTokens && specialTokens.contains(id)) {
            decode(id, into: &bytes, state: &state)
        }
        if cleaningUp { TextCleanup.clean(&bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
