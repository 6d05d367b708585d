/// The sizes of an OPT model. Keys are those of Hugging Face's `config.json`.
public struct OPTConfiguration: Hashable, Sendable {
    /// How the layers are built.
    public enum Layout: Hashable, Sendable {
        /// Norms before attention and feed-forward parts, and after the last layer.
        case preNorm
        /// Norms after them, none after the last layer; where tokens have vectors of another width than the layers,
        /// there is a map in front of the layers and one after them. Quirk: of OPT's sizes, only 350m is built so.
        case postNorm(wordWidth: Int)
    }

    /// Rows of the token table; at least the tokenizer's entries.
    public var vocabularyCount: Int
    /// The width of the residual stream.
    public var width: Int
    /// The number of layers.
    public var layerCount: Int
    /// The number of attention heads.
    public var headCount: Int
    /// The width between the two layers of a feed-forward part.
    public var feedForwardWidth: Int
    /// The most tokens, vectors in front included, that have a position.
    public var positionCount: Int
    /// The dropout rate after attention and feed-forward parts.
    public var dropoutRate: Float
    /// The deviation of the normal distribution that weights are drawn from.
    public var initializerRange: Float
    /// How the layers are built.
    public var layout: Layout

    /// A model of these sizes.
    public init(
        vocabularyCount: Int, width: Int, layerCount: Int, headCount: Int, feedForwardWidth: Int,
        positionCount: Int = 2048,
        dropoutRate: Float = 0.1, initializerRange: Float = 0.02, layout: Layout = .preNorm
    ) {
        self.vocabularyCount = vocabularyCount
        self.width = width
        self.layerCount = layerCount
        self.headCount = headCount
        self.feedForwardWidth = feedForwardWidth
        self.positionCount = positionCount
        self.dropoutRate = dropoutRate
        self.initializerRange = initializerRange
        self.layout = layout
    }

    /// The width of a token's vector, and of the vectors in front of the tokens.
    public var wordWidth: Int {
        switch layout {
        case .preNorm: width
        case .postNorm(let wordWidth): wordWidth
        }
    }

    /// OPT-350m.
    public static let opt350m = OPTConfiguration(
        vocabularyCount: 50272, width: 1024, layerCount: 24, headCount: 16, feedForwardWidth: 4096,
        layout: .postNorm(wordWidth: 512))

    /// OPT-2.7b.
    public static let opt2p7b = OPTConfiguration(
        vocabularyCount: 50272, width: 2560, layerCount: 32, headCount: 32, feedForwardWidth: 10240)

    /// OPT-6.7b.
    public static let opt6p7b = OPTConfiguration(
        vocabularyCount: 50272, width: 4096, layerCount: 32, headCount: 32, feedForwardWidth: 16384)

    /// A model that two cores train in minutes, for a vocabulary of this size.
    public static func tiny(vocabularyCount: Int) -> OPTConfiguration {
        OPTConfiguration(
            vocabularyCount: vocabularyCount, width: 128, layerCount: 4, headCount: 4, feedForwardWidth: 512,
            positionCount: 128)
    }
}

extension OPTConfiguration: Codable {
    private enum CodingKeys: String, CodingKey {
        case vocabularyCount = "vocab_size"
        case width = "hidden_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case feedForwardWidth = "ffn_dim"
        case positionCount = "max_position_embeddings"
        case dropoutRate = "dropout"
        case initializerRange = "init_std"
        case normsFirst = "do_layer_norm_before"
        case wordWidth = "word_embed_proj_dim"
        case activation = "activation_function"
    }

    private static let relu = "relu"

    /// Decodes the keys of transformers' `OPTConfig`, with its defaults.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, or fallback: Value) throws -> Value {
            try values.decodeIfPresent(Value.self, forKey: key) ?? fallback
        }
        let activation = try value(.activation, or: Self.relu)
        guard activation == Self.relu else {
            throw DecodingError.dataCorruptedError(
                forKey: .activation, in: values,
                debugDescription: "is \"\(activation)\", wanted \"\(Self.relu)\" as of every OPT")
        }
        let width = try value(.width, or: 768)
        let wordWidth = try value(.wordWidth, or: width)
        let normsFirst = try value(.normsFirst, or: true)
        guard !normsFirst || wordWidth == width else {
            throw DecodingError.dataCorruptedError(
                forKey: .wordWidth, in: values,
                debugDescription: "must be hidden_size, \(width), where do_layer_norm_before is true")
        }
        self.init(
            vocabularyCount: try value(.vocabularyCount, or: 50272), width: width,
            layerCount: try value(.layerCount, or: 12), headCount: try value(.headCount, or: 12),
            feedForwardWidth: try value(.feedForwardWidth, or: 3072),
            positionCount: try value(.positionCount, or: 2048),
            dropoutRate: try value(.dropoutRate, or: 0.1),
            initializerRange: try value(.initializerRange, or: 0.02),
            layout: normsFirst ? .preNorm : .postNorm(wordWidth: wordWidth))
    }

    /// Encodes the keys of transformers' `OPTConfig`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(vocabularyCount, forKey: .vocabularyCount)
        try values.encode(width, forKey: .width)
        try values.encode(layerCount, forKey: .layerCount)
        try values.encode(headCount, forKey: .headCount)
        try values.encode(feedForwardWidth, forKey: .feedForwardWidth)
        try values.encode(positionCount, forKey: .positionCount)
        try values.encode(dropoutRate, forKey: .dropoutRate)
        try values.encode(initializerRange, forKey: .initializerRange)
        try values.encode(layout == .preNorm, forKey: .normsFirst)
        try values.encode(wordWidth, forKey: .wordWidth)
        try values.encode(Self.relu, forKey: .activation)
    }
}
