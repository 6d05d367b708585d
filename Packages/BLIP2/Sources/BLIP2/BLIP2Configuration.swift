import BERT
import QFormer
import VisionEncoder

/// The sizes of what turns an image into query vectors: the image encoder and the Q-Former.
public struct BLIP2Configuration: Codable, Hashable, Sendable {
    /// The image encoder.
    public var vision: ViTConfiguration
    /// The Q-Former.
    public var qformer: QFormerConfiguration
    /// How many query vectors an image becomes.
    public var queryCount: Int
    /// Elements of the vectors that images and texts are contrasted by in stage 1.
    public var contrastWidth: Int

    /// The published sizes: EVA ViT-g/14, and a Q-Former of the size of BERT-base with 32 queries.
    public static let published = BLIP2Configuration(vision: .evaG, qformer: .bertBase, queryCount: 32)

    /// Sizes that two cores train in minutes.
    public static let tiny = BLIP2Configuration(vision: .tiny, qformer: .tiny, queryCount: 16, contrastWidth: 64)

    /// Sizes; the Q-Former's image width must be the image encoder's width.
    public init(vision: ViTConfiguration, qformer: QFormerConfiguration, queryCount: Int, contrastWidth: Int = 256) {
        precondition(
            vision.width == qformer.imageWidth,
            "a Q-Former for image vectors of \(qformer.imageWidth) elements cannot read \(vision.width)")
        self.vision = vision
        self.qformer = qformer
        self.queryCount = queryCount
        self.contrastWidth = contrastWidth
    }
}
