/// Which tokens of a byte-level vocabulary are special, and what encoding puts in front of a text.
public struct BytePairConventions: Hashable, Sendable {
    /// The token that begins a text.
    public var beginning: String?
    /// The token that ends a text.
    public var end: String?
    /// The token that fills rows.
    public var padding: String?
    /// The token for bytes that the vocabulary lacks.
    public var unknown: String?
    /// Whether encoding puts the beginning token in front.
    public var addsBeginning: Bool

    /// OPT: `</s>` in front, and for the end and the unknown too; `<pad>`.
    public static let opt = BytePairConventions(
        beginning: "</s>", end: "</s>", padding: "<pad>", unknown: "</s>", addsBeginning: true)
    /// GPT-2: `<|endoftext|>` for everything, and nothing in front.
    public static let gpt2 = BytePairConventions(
        beginning: "<|endoftext|>", end: "<|endoftext|>", padding: nil, unknown: "<|endoftext|>", addsBeginning: false)

    /// Conventions of one's own.
    public init(beginning: String?, end: String?, padding: String?, unknown: String?, addsBeginning: Bool) {
        self.beginning = beginning
        self.end = end
        self.padding = padding
        self.unknown = unknown
        self.addsBeginning = addsBeginning
    }
}
