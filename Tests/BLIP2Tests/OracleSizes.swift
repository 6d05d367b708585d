import BERT
import BLIP2
import Checkpoints
import JSON
import LanguageModels
import Layers
import PFormer
import QFormer
import Tensors
import Testing
import VisionEncoder

/// The sizes of a case's models, read off its settings and the shapes of its weights.
struct OracleSizes {
    let weights: SafetensorsFile
    let ids: SentenceTokenIDs
    let lossWeight: Float
    /// Whether the image encoder trains.
    let trainsEncoder: Bool
    private let oracle: OracleCase
    private let queryCount: Int

    init(_ oracle: OracleCase) throws {
        self.oracle = oracle
        weights = try oracle.weights()
        ids = try Self.ids(oracle)
        lossWeight = Float(try oracle.argument("loss_weight")?.double ?? 1)
        trainsEncoder = try oracle.argument("freeze_vit")?.bool == false
        queryCount = try oracle.argument("num_query_token")?.int ?? oracle.size("nq")
    }

    /// The kind of language model.
    var family: PFormerConfiguration.Family {
        weights.shape(of: "t5_model.shared.weight") == nil ? .opt : .t5
    }

    private static func ids(_ oracle: OracleCase) throws -> SentenceTokenIDs {
        guard let ids = try oracle.meta.optional("sentence_ids") else {
            return SentenceTokenIDs(
                padding: 0, classification: 101, separator: 102, mask: 103,
                decoding: try OracleTokenizers(oracle).bert.specialTokens.beginning ?? 0)
        }
        func id(_ name: String) throws -> Int32 { Int32(clamping: try ids[name].int) }
        return SentenceTokenIDs(
            padding: try id("padding"), classification: try id("classification"), separator: try id("separator"),
            mask: try id("mask"), decoding: try id("decoding"))
    }

    func opt() throws -> OPTConfiguration {
        let table = try shape("opt_model.model.decoder.embed_tokens.weight")
        return OPTConfiguration(
            vocabularyCount: table[0], width: try oracle.size("oh"), layerCount: try oracle.size("olayers"),
            headCount: try oracle.size("oheads"), feedForwardWidth: try oracle.size("offn"),
            positionCount: try oracle.size("opos"))
    }

    /// The original code runs T5 with the exact GELU. The distance from which all are one class is
    /// stated nowhere; of the sizes that are usual, only 16 gives what was recorded.
    func t5() throws -> T5Configuration {
        let buckets = try shape("t5_model.encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")
        return T5Configuration(
            vocabularyCount: try shape("t5_model.shared.weight")[0], width: try oracle.size("t5d"),
            headWidth: try oracle.size("t5kv"), feedForwardWidth: try oracle.size("t5ff"),
            encoderLayerCount: try oracle.size("t5l"), decoderLayerCount: try oracle.size("t5l"),
            headCount: try oracle.size("t5h"), bucketCount: buckets[0], maximumDistance: 16, activation: .gelu)
    }

    private func bert(vocabularyCount: Int) throws -> BERTConfiguration {
        BERTConfiguration(
            vocabularyCount: vocabularyCount, width: try oracle.size("h"), layerCount: try oracle.size("layers"),
            headCount: try oracle.size("heads"), feedForwardWidth: try oracle.size("inter"),
            positionCount: try weights.shape(of: "Qformer.bert.embeddings.position_ids")?[1]
                ?? shape("Pformer.embeddings.position_ids")[1])
    }

    func pformer() throws -> PFormerConfiguration {
        PFormerConfiguration(
            bert: try bert(vocabularyCount: shape("Pformer.embeddings.word_embeddings.weight")[0]),
            promptCount: queryCount, languageWidth: try shape("Pformer.\(family.rawValue)_proj.weight")[0],
            contrastWidth: weights.shape(of: "Pformer.text_proj.weight")?[0] ?? 256, family: family)
    }

    func blip2() throws -> BLIP2Configuration {
        let patch = try shape("visual_encoder.patch_embed.proj.weight")
        let inner = try shape("visual_encoder.blocks.0.mlp.fc1.weight")
        let vision = ViTConfiguration(
            imageSize: try oracle.argument("img_size")?.int ?? oracle.size("img"), patchSize: patch[2], width: patch[0],
            layerCount: try oracle.size("vdepth"), headCount: try oracle.size("vheads"), feedForwardWidth: inner[0])
        let words = weights.shape(of: "Qformer.bert.embeddings.word_embeddings.weight")?[0] ?? 0
        return BLIP2Configuration(
            vision: vision,
            qformer: QFormerConfiguration(bert: try bert(vocabularyCount: words), imageWidth: vision.width),
            queryCount: queryCount, contrastWidth: try oracle.argument("embed_dim")?.int ?? 256)
    }

    private func shape(_ name: String) throws -> Shape {
        try #require(weights.shape(of: name), "\(weights.origin) has no \(name)")
    }
}
