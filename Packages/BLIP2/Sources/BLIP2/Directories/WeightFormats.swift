import Tensors

/// The storage types that the weight matrices of a model's parts are kept in; nil for the type of the file.
///
/// Weights that are no matrices, and tables that are added to tokens or scores, stay as they are: they are small, and
/// their errors would act everywhere. 8 bits are for the image encoder and the layers of the language model, where nearly
/// all weights are: the Q-Former's and the table of tokens, which is OPT's head as well, change captions more than all of
/// those together.
public struct WeightFormats: Sendable, Hashable {
    /// Of the image encoder.
    public var vision: WeightFormat?
    /// Of the language model.
    public var language: WeightFormat?
    /// Of what stands between, the Q-Former and the projection.
    public var qformer: WeightFormat?

    /// One type for all parts but those that are given another; int8 leaves the Q-Former as it is.
    public init(_ format: WeightFormat? = nil, vision: WeightFormat? = nil, language: WeightFormat? = nil) {
        self.vision = vision ?? format
        self.language = language ?? format
        qformer = format == .int8 ? nil : format
    }

    /// The types of the file.
    public static let stored = WeightFormats()

    /// The type of a matrix with a name of LAVIS or of transformers; nil if it stays as it is.
    public func format(of name: String) -> WeightFormat? {
        if Self.tables.contains(where: { name.hasSuffix("\($0).weight") }) { return nil }
        func begins(_ prefixes: String...) -> Bool { prefixes.contains { name.hasPrefix($0) } }
        if begins("visual_encoder.", "vision_model.") { return vision }
        guard begins("opt_model.", "t5_model.", "language_model.") else { return qformer }
        let isOfTokens = Self.tokenTables.contains { name.hasSuffix("\($0).weight") }
        return language == .int8 && isOfTokens ? nil : language
    }

    private static let tables = ["embed_positions", "position_embeddings", "relative_attention_bias"]
    private static let tokenTables = ["embed_tokens", "shared", "lm_head"]
}
