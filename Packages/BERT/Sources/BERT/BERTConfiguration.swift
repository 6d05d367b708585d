/// The sizes of a BERT encoder. Decoded from a `config.json` as transformers writes it for `BertModel`; a key that is
/// absent takes the value of bert-base-uncased.
public struct BERTConfiguration: Hashable, Sendable {
    /// The number of tokens.
    public var vocabularyCount = 30522
    /// Elements of a hidden state.
    public var width = 768
    /// The number of layers.
    public var layerCount = 12
    /// Attention heads of a layer.
    public var headCount = 12
    /// Elements of the feed-forward network's inner state.
    public var feedForwardWidth = 3072
    /// The longest text, in tokens.
    public var positionCount = 512
    /// The number of token types; only type 0 is used.
    public var typeCount = 2
    /// Dropout of hidden states and of attention probabilities.
    public var dropoutRate: Float = 0.1
    /// Of the layer norms.
    public var epsilon: Float = 1e-12
    /// The deviation of the normal distribution that weights start from.
    public var initializerRange: Float = 0.02

    /// The sizes of bert-base-uncased.
    public static let bertBase = BERTConfiguration()

    /// Sizes for tests and the small world.
    public static let tiny = BERTConfiguration(
        vocabularyCount: 1000, width: 128, layerCount: 4, headCount: 4, feedForwardWidth: 512, positionCount: 64)

    /// Sizes, each that of bert-base-uncased unless given.
    public init(
        vocabularyCount: Int = 30522, width: Int = 768, layerCount: Int = 12, headCount: Int = 12,
        feedForwardWidth: Int = 3072, positionCount: Int = 512, typeCount: Int = 2, dropoutRate: Float = 0.1,
        epsilon: Float = 1e-12, initializerRange: Float = 0.02
    ) {
        self.vocabularyCount = vocabularyCount
        self.width = width
        self.layerCount = layerCount
        self.headCount = headCount
        self.feedForwardWidth = feedForwardWidth
        self.positionCount = positionCount
        self.typeCount = typeCount
        self.dropoutRate = dropoutRate
        self.epsilon = epsilon
        self.initializerRange = initializerRange
    }
}

extension BERTConfiguration: Codable {
    private enum CodingKeys: String, CodingKey {
        case vocabularyCount = "vocab_size"
        case width = "hidden_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case feedForwardWidth = "intermediate_size"
        case positionCount = "max_position_embeddings"
        case typeCount = "type_vocab_size"
        case dropoutRate = "hidden_dropout_prob"
        case epsilon = "layer_norm_eps"
        case initializerRange = "initializer_range"
    }

    /// Decodes the keys of transformers' `BertConfig`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
            value = try values.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try read(.vocabularyCount, &vocabularyCount)
        try read(.width, &width)
        try read(.layerCount, &layerCount)
        try read(.headCount, &headCount)
        try read(.feedForwardWidth, &feedForwardWidth)
        try read(.positionCount, &positionCount)
        try read(.typeCount, &typeCount)
        try read(.dropoutRate, &dropoutRate)
        try read(.epsilon, &epsilon)
        try read(.initializerRange, &initializerRange)
    }
}
