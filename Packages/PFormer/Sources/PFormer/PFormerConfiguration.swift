import BERT

/// The sizes of a P-Former, and the kind of language model it writes prompts for.
public struct PFormerConfiguration: Hashable, Sendable, Codable {
    /// The kind of language model; it names the projection in the checkpoint.
    public enum Family: String, Sendable, Codable {
        /// `opt_proj`
        case opt
        /// `t5_proj`
        case t5
    }

    /// The sizes of the text encoder.
    public var bert: BERTConfiguration
    /// How many vectors a prompt has.
    public var promptCount: Int
    /// Elements of the language model's token vectors.
    public var languageWidth: Int
    /// Elements of the vectors that are contrasted in prompt pretraining.
    public var contrastWidth: Int
    /// The kind of language model.
    public var family: Family

    /// The published sizes, for OPT-2.7b.
    public static let publishedOPT = PFormerConfiguration(bert: .bertBase, promptCount: 32, languageWidth: 2560)

    /// Sizes for tests and the small world.
    public static let tiny = PFormerConfiguration(bert: .tiny, promptCount: 16, languageWidth: 128, contrastWidth: 64)

    /// Sizes for prompts of `promptCount` vectors with `languageWidth` elements.
    public init(
        bert: BERTConfiguration, promptCount: Int, languageWidth: Int, contrastWidth: Int = 256, family: Family = .opt
    ) {
        self.bert = bert
        self.promptCount = promptCount
        self.languageWidth = languageWidth
        self.contrastWidth = contrastWidth
        self.family = family
    }
}
