/// Sizes of the models of `benchmarks training`, as Peers/training.py takes them. Feed-forward parts are four times as wide.
struct TrainingSizes: Encodable {
    let vit: ViT
    let qformer: QFormer
    let opt: OPT

    struct ViT: Encodable {
        let batch, width, heads, layers, patch, image: Int
    }

    struct QFormer: Encodable {
        let batch, width, heads, layers, queries, vectors, imageWidth: Int
    }

    struct OPT: Encodable {
        let batch, width, heads, layers, vocabulary, tokens: Int
    }

    /// About those of the small world.
    static let small = TrainingSizes(
        vit: ViT(batch: 32, width: 128, heads: 4, layers: 4, patch: 8, image: 64),
        qformer: QFormer(batch: 32, width: 128, heads: 4, layers: 4, queries: 16, vectors: 65, imageWidth: 128),
        opt: OPT(batch: 32, width: 128, heads: 4, layers: 4, vocabulary: 1000, tokens: 32))

    /// ViT-S/16, a Q-Former of its width, and OPT-125m.
    static let intermediate = TrainingSizes(
        vit: ViT(batch: 16, width: 384, heads: 6, layers: 12, patch: 16, image: 224),
        qformer: QFormer(batch: 16, width: 384, heads: 6, layers: 6, queries: 32, vectors: 197, imageWidth: 384),
        opt: OPT(batch: 16, width: 768, heads: 12, layers: 12, vocabulary: 50272, tokens: 32))
}
