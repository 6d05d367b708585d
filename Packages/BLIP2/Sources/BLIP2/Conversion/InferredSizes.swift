import BERT
import Checkpoints
import JSON
import PFormer
import QFormer
import Tensors
import VisionEncoder

/// The sizes of models whose checkpoint says nothing of them, from the shapes of its tensors in LAVIS's names. How many
/// heads there are no shape tells: they are taken to be of the published widths.
struct InferredSizes {
    private let source: any TensorSource

    init(_ source: any TensorSource) { self.source = source }

    /// The greatest extent that is taken for a size; no vocabulary has as many tokens.
    private static let largestExtent = 1 << 22

    private func shape(_ name: String, rank: Int) throws -> Shape {
        guard let shape = try shapeIfPresent(name, rank: rank) else {
            throw CheckpointError(file: source.origin, key: name, problem: "is missing, and the sizes are told by it")
        }
        return shape
    }

    private func shapeIfPresent(_ name: String, rank: Int) throws -> Shape? {
        guard let shape = source.shape(of: name) else { return nil }
        guard shape.rank == rank, shape.dimensions.allSatisfy((1...Self.largestExtent).contains) else {
            throw CheckpointError(
                file: source.origin, key: name,
                problem: "has shape \(shape), wanted \(rank) axes of 1 to \(Self.largestExtent) elements")
        }
        return shape
    }

    /// How many layers are numbered `prefix.0.suffix`, `prefix.1.suffix` and so on.
    private func layerCount(_ prefix: String, _ suffix: String) -> Int {
        (0...).prefix { source.shape(of: "\(prefix).\($0).\(suffix)") != nil }.count
    }

    private func headCount(width: Int, headWidth: Int, of part: String) throws -> Int {
        guard width % headWidth == 0, width >= headWidth else {
            throw CheckpointError(
                file: source.origin,
                problem: "its \(part) of width \(width) does not have heads of \(headWidth), and a checkpoint does not "
                    + "say how many there are; wanted a configuration that does")
        }
        return width / headWidth
    }

    /// The image encoder's. EVA's checkpoint has a block more than BLIP-2 uses.
    func vision() throws -> ViTConfiguration {
        let patchKey = "visual_encoder.patch_embed.proj.weight"
        let patches = try shape(patchKey, rank: 4)
        let table = try shape("visual_encoder.pos_embed", rank: 3)
        guard let grid = PositionGrid.size(patchCount: table[1] - 1) else {
            throw CheckpointError(
                file: source.origin, key: "visual_encoder.pos_embed", problem: "has shape \(table), which is no square")
        }
        guard grid * patches[2] <= SizeCheck.largestImageSize else {
            throw CheckpointError(
                file: source.origin, key: patchKey,
                problem: "has shape \(patches): \(grid) of them to a side make pictures of more than "
                    + "\(SizeCheck.largestImageSize) pixels")
        }
        let count = layerCount("visual_encoder.blocks", "norm1.weight")
        let evaG = ViTConfiguration.evaG
        return ViTConfiguration(
            imageSize: grid * patches[2], patchSize: patches[2], width: patches[0],
            layerCount: patches[0] == evaG.width ? min(count, evaG.layerCount) : count,
            headCount: try headCount(width: patches[0], headWidth: 88, of: "image encoder"),
            feedForwardWidth: try shape("visual_encoder.blocks.0.mlp.fc1.weight", rank: 2)[0])
    }

    /// The Q-Former's; without its text parts those have the published sizes.
    func qformer() throws -> QFormerConfiguration {
        let layers = "Qformer.bert.encoder.layer"
        let width = try shape("\(layers).0.attention.self.query.weight", rank: 2)[0]
        let words = try shapeIfPresent("Qformer.bert.embeddings.word_embeddings.weight", rank: 2)
        let positions = try shapeIfPresent("Qformer.bert.embeddings.position_embeddings.weight", rank: 2)
        let count = layerCount(layers, "attention.self.query.weight")
        let interval = (1..<max(count, 2)).first {
            source.shape(of: "\(layers).\($0).crossattention.self.query.weight") != nil
        }
        return QFormerConfiguration(
            bert: BERTConfiguration(
                vocabularyCount: words?[0] ?? QFormerConfiguration.bertBase.bert.vocabularyCount, width: width,
                layerCount: count, headCount: try headCount(width: width, headWidth: 64, of: "Q-Former"),
                feedForwardWidth: try shape("\(layers).0.intermediate_query.dense.weight", rank: 2)[0],
                positionCount: positions?[0] ?? 512),
            imageWidth: try shape("\(layers).0.crossattention.self.key.weight", rank: 2)[1],
            crossAttentionInterval: interval ?? max(count, 1))
    }

    /// Image encoder, Q-Former and queries.
    func blip2() throws -> BLIP2Configuration {
        let (vision, qformer) = (try vision(), try qformer())
        guard vision.width == qformer.imageWidth else {
            throw CheckpointError(
                file: source.origin,
                problem:
                    "its Q-Former reads image vectors of \(qformer.imageWidth), the image encoder gives \(vision.width)"
            )
        }
        return BLIP2Configuration(
            vision: vision, qformer: qformer, queryCount: try shape("query_tokens", rank: 3)[1],
            contrastWidth: try shapeIfPresent("vision_proj.weight", rank: 2)?[0] ?? 256)
    }

    /// A P-Former's.
    func pformer() throws -> PFormerConfiguration {
        let words = try shape("Pformer.embeddings.word_embeddings.weight", rank: 2)
        let family: PFormerConfiguration.Family = source.shape(of: "Pformer.t5_proj.weight") == nil ? .opt : .t5
        let layers = "Pformer.encoder.layer"
        return PFormerConfiguration(
            bert: BERTConfiguration(
                vocabularyCount: words[0], width: words[1],
                layerCount: layerCount(layers, "attention.self.query.weight"),
                headCount: try headCount(width: words[1], headWidth: 64, of: "P-Former"),
                feedForwardWidth: try shape("\(layers).0.intermediate.dense.weight", rank: 2)[0],
                positionCount: try shape("Pformer.embeddings.position_embeddings.weight", rank: 2)[0]),
            promptCount: try shape("Pformer.cls_proj.weight", rank: 2)[0] / words[1],
            languageWidth: try shape("Pformer.\(family.rawValue)_proj.weight", rank: 2)[0],
            contrastWidth: try shapeIfPresent("Pformer.text_proj.weight", rank: 2)?[0] ?? 256, family: family)
    }
}
