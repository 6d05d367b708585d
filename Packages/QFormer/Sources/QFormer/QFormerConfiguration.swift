import BERT

/// The sizes of a Q-Former: those of its BERT, and what it adds. Decoded from transformers' `qformer_config`.
public struct QFormerConfiguration: Hashable, Sendable {
    /// The sizes of the layers, and of the text tables.
    public var bert: BERTConfiguration
    /// Elements of an image vector.
    public var imageWidth: Int
    /// Every how many layers, from the first on, one looks at the image.
    public var crossAttentionInterval: Int

    /// The published sizes: bert-base-uncased with one more token, which begins a caption, over EVA ViT-g/14.
    public static let bertBase = QFormerConfiguration(bert: BERTConfiguration(vocabularyCount: 30523), imageWidth: 1408)

    /// Sizes for tests and the small world.
    public static let tiny = QFormerConfiguration(bert: .tiny, imageWidth: 128)

    /// Sizes over image vectors of `imageWidth` elements.
    public init(bert: BERTConfiguration, imageWidth: Int, crossAttentionInterval: Int = 2) {
        self.bert = bert
        self.imageWidth = imageWidth
        self.crossAttentionInterval = crossAttentionInterval
    }

    func looksAtImage(layer: Int) -> Bool { layer % crossAttentionInterval == 0 }
}

extension QFormerConfiguration: Codable {
    private enum CodingKeys: String, CodingKey {
        case imageWidth = "encoder_hidden_size"
        case crossAttentionInterval = "cross_attention_frequency"
    }

    /// Decodes the keys of transformers' `Blip2QFormerConfig`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            bert: try BERTConfiguration(from: decoder),
            imageWidth: try values.decodeIfPresent(Int.self, forKey: .imageWidth) ?? Self.bertBase.imageWidth,
            crossAttentionInterval: try values.decodeIfPresent(Int.self, forKey: .crossAttentionInterval) ?? 2)
    }

    /// Encodes the keys of transformers' `Blip2QFormerConfig`.
    public func encode(to encoder: any Encoder) throws {
        try bert.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(imageWidth, forKey: .imageWidth)
        try values.encode(crossAttentionInterval, forKey: .crossAttentionInterval)
    }
}
