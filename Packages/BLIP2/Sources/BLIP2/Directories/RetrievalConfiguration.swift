import QFormer
import VisionEncoder

/// `config.json` of transformers' `Blip2ForImageTextRetrieval`.
public struct RetrievalConfiguration: Codable, Hashable, Sendable {
    /// The sizes.
    public let blip2: BLIP2Configuration

    /// A matcher of these sizes.
    public init(_ blip2: BLIP2Configuration) { self.blip2 = blip2 }

    private enum CodingKeys: String, CodingKey {
        case vision = "vision_config"
        case qformer = "qformer_config"
        case queryCount = "num_query_tokens"
        case contrastWidth = "image_text_hidden_size"
        case architectures
    }

    /// Decodes the keys of transformers' `Blip2Config`, with its defaults.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        blip2 = BLIP2Configuration(
            vision: try values.decode(ViTConfiguration.self, forKey: .vision),
            qformer: try values.decode(QFormerConfiguration.self, forKey: .qformer),
            queryCount: try values.decodeIfPresent(Int.self, forKey: .queryCount) ?? 32,
            contrastWidth: try values.decodeIfPresent(Int.self, forKey: .contrastWidth) ?? 256)
    }

    /// Encodes the keys of transformers' `Blip2Config`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(["Blip2ForImageTextRetrieval"], forKey: .architectures)
        try values.encode(VisionDescription(blip2.vision), forKey: .vision)
        try values.encode(QFormerDescription(blip2.qformer, readsText: true), forKey: .qformer)
        try values.encode(blip2.queryCount, forKey: .queryCount)
        try values.encode(blip2.contrastWidth, forKey: .contrastWidth)
    }
}
