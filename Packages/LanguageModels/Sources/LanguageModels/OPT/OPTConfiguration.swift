/// The sizes of an OPT model. Keys are those of Hugging Face's `config.json`.
public struct OPTConfiguration: Codable, Hashable, Sendable {
    /// Rows of the token table; at least the tokenizer's entries.
    public var vocabularyCount: Int
    /// The width of the residual stream.
    public var width: Int
    /// The number of layers.
    public var layerCount: Int
    /// The number of attention heads.
    public var headCount: Int
    /// The width between the two layers of a feed-forward part.
    public var hiddenWidth: Int
    /// The most tokens, vectors in front included, that have a position.
    public var positionCount: Int
    /// The dropout rate after attention and feed-forward parts.
    public var dropout: Float
    /// The deviation of the normal distribution that weights are drawn from.
    public var initializerRange: Float

    /// A model of these sizes.
    public init(
        vocabularyCount: Int, width: Int, layerCount: Int, headCount: Int, hiddenWidth: Int, positionCount: Int = 2048,
        dropout: Float = 0.1, initializerRange: Float = 0.02
    ) {
        self.vocabularyCount = vocabularyCount
        self.width = width
        self.layerCount = layerCount
        self.headCount = headCount
        self.hiddenWidth = hiddenWidth
        self.positionCount = positionCount
        self.dropout = dropout
        self.initializerRange = initializerRange
    }

    enum CodingKeys: String, CodingKey {
        case vocabularyCount = "vocab_size"
        case width = "hidden_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case hiddenWidth = "ffn_dim"
        case positionCount = "max_position_embeddings"
        case dropout = "dropout"
        case initializerRange = "init_std"
    }

    /// OPT-2.7b.
    public static let opt2p7b = OPTConfiguration(
        vocabularyCount: 50272, width: 2560, layerCount: 32, headCount: 32, hiddenWidth: 10240)

    /// A model that two cores train in minutes, for a vocabulary of this size.
    public static func tiny(vocabularyCount: Int) -> OPTConfiguration {
        OPTConfiguration(
            vocabularyCount: vocabularyCount, width: 128, layerCount: 4, headCount: 4, hiddenWidth: 512,
            positionCount: 128)
    }
}
