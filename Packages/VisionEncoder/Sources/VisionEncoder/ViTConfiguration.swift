/// The sizes of a vision transformer. Keys are those of Hugging Face's `vision_config` for BLIP-2.
public struct ViTConfiguration: Hashable, Sendable {
    /// Pixels to a side of the picture.
    public var imageSize: Int
    /// Pixels to a side of a patch.
    public var patchSize: Int
    /// The width of the residual stream.
    public var width: Int
    /// The number of blocks.
    public var layerCount: Int
    /// The number of attention heads.
    public var headCount: Int
    /// The width between the two layers of a feed-forward part.
    public var feedForwardWidth: Int
    /// Added to the variance in the norms.
    public var epsilon: Float
    /// The deviation of the normal distribution that weights are drawn from.
    public var initializerRange: Float

    /// A transformer of these sizes.
    public init(
        imageSize: Int, patchSize: Int, width: Int, layerCount: Int, headCount: Int, feedForwardWidth: Int,
        epsilon: Float = 1e-6, initializerRange: Float = 0.02
    ) {
        self.imageSize = imageSize
        self.patchSize = patchSize
        self.width = width
        self.layerCount = layerCount
        self.headCount = headCount
        self.feedForwardWidth = feedForwardWidth
        self.epsilon = epsilon
        self.initializerRange = initializerRange
    }

    /// Patches to a side of the picture.
    public var gridSize: Int { imageSize / patchSize }

    /// Vectors to a picture: one for each patch, and the class token in front.
    public var tokenCount: Int { gridSize * gridSize + 1 }

    /// EVA's ViT-g/14 as BLIP-2 uses it: 39 of its 40 blocks, at 224 pixels.
    public static let evaG = ViTConfiguration(
        imageSize: 224, patchSize: 14, width: 1408, layerCount: 39, headCount: 16, feedForwardWidth: 6144)

    /// A transformer that two cores train in minutes.
    public static let tiny = ViTConfiguration(
        imageSize: 64, patchSize: 8, width: 128, layerCount: 4, headCount: 4, feedForwardWidth: 512)
}

extension ViTConfiguration: Codable {
    private enum CodingKeys: String, CodingKey {
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case width = "hidden_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case feedForwardWidth = "intermediate_size"
        case epsilon = "layer_norm_eps"
        case initializerRange = "initializer_range"
    }

    /// Decodes the keys of transformers' `Blip2VisionConfig`; a key that is absent takes the value of EVA's ViT-g/14.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, or fallback: Value) throws -> Value {
            try values.decodeIfPresent(Value.self, forKey: key) ?? fallback
        }
        let evaG = Self.evaG
        self.init(
            imageSize: try value(.imageSize, or: evaG.imageSize), patchSize: try value(.patchSize, or: evaG.patchSize),
            width: try value(.width, or: evaG.width), layerCount: try value(.layerCount, or: evaG.layerCount),
            headCount: try value(.headCount, or: evaG.headCount),
            feedForwardWidth: try value(.feedForwardWidth, or: evaG.feedForwardWidth),
            epsilon: try value(.epsilon, or: evaG.epsilon),
            initializerRange: try value(.initializerRange, or: evaG.initializerRange))
    }
}
