import Tensors

/// The sizes of a T5 model of version 1.1, as Flan-T5 is. Keys are those of Hugging Face's `config.json`.
public struct T5Configuration: Hashable, Sendable {
    /// Rows of the token table and of the head; at least the tokenizer's entries.
    public var vocabularyCount: Int
    /// The width of the residual stream.
    public var width: Int
    /// The width of an attention head; the heads together may be wider than the stream.
    public var headWidth: Int
    /// The width between the two layers of a feed-forward part.
    public var feedForwardWidth: Int
    /// The number of blocks of the encoder.
    public var encoderLayerCount: Int
    /// The number of blocks of the decoder.
    public var decoderLayerCount: Int
    /// The number of attention heads.
    public var headCount: Int
    /// Into how many classes distances between tokens fall.
    public var bucketCount: Int
    /// From this distance on all fall into one class.
    public var maximumDistance: Int
    /// The dropout rate everywhere.
    public var dropoutRate: Float
    /// Added to the mean square in the norms.
    public var epsilon: Float
    /// The activation of the feed-forward gate: the tanh form of GELU as Flan-T5 was trained, or the exact one that
    /// the original BLIP-2 runs it with.
    public var activation: Activation
    /// The token that every text of the decoder begins with.
    public var start: Int32

    /// A model of these sizes.
    public init(
        vocabularyCount: Int, width: Int, headWidth: Int = 64, feedForwardWidth: Int, encoderLayerCount: Int,
        decoderLayerCount: Int, headCount: Int, bucketCount: Int = 32, maximumDistance: Int = 128,
        dropoutRate: Float = 0.1, epsilon: Float = 1e-6, activation: Activation = .geluTanh, start: Int32 = 0
    ) {
        self.vocabularyCount = vocabularyCount
        self.width = width
        self.headWidth = headWidth
        self.feedForwardWidth = feedForwardWidth
        self.encoderLayerCount = encoderLayerCount
        self.decoderLayerCount = decoderLayerCount
        self.headCount = headCount
        self.bucketCount = bucketCount
        self.maximumDistance = maximumDistance
        self.dropoutRate = dropoutRate
        self.epsilon = epsilon
        self.activation = activation
        self.start = start
    }

    /// Flan-T5-XL.
    public static let flanXL = T5Configuration(
        vocabularyCount: 32128, width: 2048, feedForwardWidth: 5120, encoderLayerCount: 24, decoderLayerCount: 24,
        headCount: 32)

    /// Flan-T5-XXL.
    public static let flanXXL = T5Configuration(
        vocabularyCount: 32128, width: 4096, feedForwardWidth: 10240, encoderLayerCount: 24, decoderLayerCount: 24,
        headCount: 64)

    /// A model that two cores train in minutes, for a vocabulary of this size.
    public static func tiny(vocabularyCount: Int) -> T5Configuration {
        T5Configuration(
            vocabularyCount: vocabularyCount, width: 128, headWidth: 32, feedForwardWidth: 256, encoderLayerCount: 3,
            decoderLayerCount: 3, headCount: 4)
    }
}

extension T5Configuration: Codable {
    private enum CodingKeys: String, CodingKey {
        case vocabularyCount = "vocab_size"
        case width = "d_model"
        case headWidth = "d_kv"
        case feedForwardWidth = "d_ff"
        case encoderLayerCount = "num_layers"
        case decoderLayerCount = "num_decoder_layers"
        case headCount = "num_heads"
        case bucketCount = "relative_attention_num_buckets"
        case maximumDistance = "relative_attention_max_distance"
        case dropoutRate = "dropout_rate"
        case epsilon = "layer_norm_epsilon"
        case feedForward = "feed_forward_proj"
        case activation = "dense_act_fn"
        case start = "decoder_start_token_id"
        case tiesHead = "tie_word_embeddings"
        case isGated = "is_gated_act"
    }

    private static let gatedGELU = "gated-gelu"

    /// Decodes the keys of transformers' `T5Config`, with its defaults; refuses T5 before version 1.1, whose
    /// feed-forward parts have no gate and whose head is the token table.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, or fallback: Value) throws -> Value {
            try values.decodeIfPresent(Value.self, forKey: key) ?? fallback
        }
        let feedForward = try value(.feedForward, or: "relu")
        guard feedForward == Self.gatedGELU else {
            throw DecodingError.dataCorruptedError(
                forKey: .feedForward, in: values,
                debugDescription: "is \"\(feedForward)\", wanted \"\(Self.gatedGELU)\" as of T5 version 1.1 and Flan-T5"
            )
        }
        guard try !value(.tiesHead, or: true) else {
            throw DecodingError.dataCorruptedError(
                forKey: .tiesHead, in: values,
                debugDescription: "must be false, as of T5 version 1.1 and Flan-T5, which have a head of their own")
        }
        vocabularyCount = try value(.vocabularyCount, or: 32128)
        width = try value(.width, or: 512)
        headWidth = try value(.headWidth, or: 64)
        feedForwardWidth = try value(.feedForwardWidth, or: 2048)
        encoderLayerCount = try value(.encoderLayerCount, or: 6)
        decoderLayerCount = try value(.decoderLayerCount, or: encoderLayerCount)
        headCount = try value(.headCount, or: 8)
        bucketCount = try value(.bucketCount, or: 32)
        maximumDistance = try value(.maximumDistance, or: 128)
        dropoutRate = try value(.dropoutRate, or: 0.1)
        epsilon = try value(.epsilon, or: 1e-6)
        activation = try value(.activation, or: .geluTanh)
        start = try value(.start, or: 0)
    }

    /// Encodes the keys of transformers' `T5Config`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(vocabularyCount, forKey: .vocabularyCount)
        try values.encode(width, forKey: .width)
        try values.encode(headWidth, forKey: .headWidth)
        try values.encode(feedForwardWidth, forKey: .feedForwardWidth)
        try values.encode(encoderLayerCount, forKey: .encoderLayerCount)
        try values.encode(decoderLayerCount, forKey: .decoderLayerCount)
        try values.encode(headCount, forKey: .headCount)
        try values.encode(bucketCount, forKey: .bucketCount)
        try values.encode(maximumDistance, forKey: .maximumDistance)
        try values.encode(dropoutRate, forKey: .dropoutRate)
        try values.encode(epsilon, forKey: .epsilon)
        try values.encode(Self.gatedGELU, forKey: .feedForward)
        try values.encode(activation, forKey: .activation)
        try values.encode(true, forKey: .isGated)
        try values.encode(start, forKey: .start)
        try values.encode(false, forKey: .tiesHead)
    }
}
