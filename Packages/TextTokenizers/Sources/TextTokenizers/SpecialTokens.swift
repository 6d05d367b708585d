/// The ids of a vocabulary that mean something to a model beside the text they stand for.
public struct SpecialTokens: Hashable, Sendable {
    /// Begins a text: OPT's `</s>`, the `[DEC]` that BLIP-2 adds to BERT's.
    public var beginning: Int32?
    /// Ends a text: OPT's and T5's `</s>`.
    public var end: Int32?
    /// Fills a row up to the length of its batch.
    public var padding: Int32?
    /// Stands for what the vocabulary cannot spell.
    public var unknown: Int32?
    /// Stands in front of a whole text and gathers its meaning: BERT's `[CLS]`.
    public var classification: Int32?
    /// Stands after a text: BERT's `[SEP]`.
    public var separator: Int32?
    /// Stands for a token to be guessed: BERT's `[MASK]`.
    public var mask: Int32?
    /// Further special ids, such as T5's sentinels.
    public var additional: [Int32] = []
    /// What encoding puts in front of a text.
    public var prefix: [Int32] = []
    /// What encoding puts after a text.
    public var suffix: [Int32] = []

    /// No special tokens at all.
    public init() {}

    /// Whether decoding may skip this id: one of the named special tokens or an additional one.
    public func contains(_ id: Int32) -> Bool {
        id == beginning || id == end || id == padding || id == unknown || id == classification || id == separator
            || id == mask || additional.contains(id)
    }
}
