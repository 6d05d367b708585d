import BLIP2
import Checkpoints
import JSON
import Layers
import Tensors
import TestSupport
import Testing
import TextTokenizers
import VisionEncoder

/// What stands beside the runs of whole models: the image encoder alone and on pictures of other sizes, matching of
/// single pairs, and which weights the original halves.
struct ExtrasComparison {
    private static let tolerance = 1e-5
    /// Cosines may be near 0, where a share of their size is less than the rounding of what they are summed from.
    private static let cosineTolerance = 3e-6

    private let oracle: OracleCase
    private let file: SafetensorsFile
    /// The stage-1 case, of whose sizes the encoder is, and whose model matches.
    private let stage1: OracleCase

    init?(_ oracle: OracleCase) throws {
        guard try oracle.meta.optional("itm_texts") != nil else { return nil }
        self.oracle = oracle
        file = try oracle.recorded("extras.safetensors")
        stage1 = try #require(try OracleFolder().cases().first { try $0.kind == "Blip2Qformer" })
    }

    func run(_ tally: inout Tally) throws {
        let size = try file.tensor(named: "eva_in").shape[2]
        let recorder = Recorder()
        let out = try encoder(size)(file.tensor(named: "eva_in"), .evaluation(recorder: recorder))
        try compare("eva_out", out, &tally)
        try compare("eva_patch_embed", recorder.tensors["patch_embed#0/out"], &tally)
        for name in file.names where name.hasPrefix("eva_block_") {
            try compare(name, recorder.tensors["blocks.\(name.dropFirst("eva_block_".count))#0/out"], &tally)
        }
        for name in file.names where name.hasSuffix("/pos_embed") && name.hasPrefix("interp_") {
            let folder = String(name.dropLast("/pos_embed".count))
            let pixels = try file.tensor(named: "\(folder)/in")
            let fitted = try encoder(pixels.shape[2])
            try compare(name, fitted.namedParameters.first { $0.name == "pos_embed" }?.parameter.value, &tally)
            try compare("\(folder)/out", fitted(pixels), &tally)
        }
        try compareHalving(&tally)
        try compareMatching(&tally)
    }

    private func encoder(_ size: Int) throws -> VisionTransformer {
        let patch = try #require(file.shape(of: "eva/patch_embed.proj.weight"))
        let inner = try #require(file.shape(of: "eva/blocks.0.mlp.fc1.weight"))
        let layerCount = file.names.count { $0.hasPrefix("eva/blocks.") && $0.hasSuffix(".norm1.weight") }
        let encoder = VisionTransformer(
            ViTConfiguration(
                imageSize: size, patchSize: patch[2], width: patch[0], layerCount: layerCount,
                headCount: try stage1.size("vheads"), feedForwardWidth: inner[0]),
            weights: .unset)
        let fitted = FittedPositions(file, name: "eva/pos_embed", gridSize: size / patch[2])
        try load(encoder, from: fitted, prefix: "eva/")
        return encoder
    }

    private func compareHalving(_ tally: inout Tally) throws {
        let types = try JSONDocument(contentsOf: oracle.folder.appendingPathComponent("eva_fp16_dtypes.json")).root
        for member in try types.object {
            tally.expect(
                "halved weights", member.key, VisionTransformer.isHalvedByReference(member.key),
                equals: try member.value.string == "torch.float16")
        }
    }

    /// The pairs are the pictures of the stage-1 case with texts of their own.
    private func compareMatching(_ tally: inout Tally) throws {
        let model = try #require(try OracleModel(stage1)?.module as? RepresentationModel)
        let tokenizers = try OracleTokenizers(stage1)
        let images = try stage1.recorded().tensor(named: "in/image")
        for (index, text) in try oracle.meta["itm_texts"].array.enumerated() {
            let pixels = images.slice(axis: 0, from: index, to: index + 1)
            let tokens = tokenizers.unpaddedSentences([try text.string])
            try compare("itm_\(index)", model.matchLogits(pixels, tokens), &tally)
            let cosine = model.similarities(of: pixels, to: tokens).scalar
            let error = abs(cosine - (try file.tensor(named: "itc_\(index)").scalar))
            tally.expect("cosines", "itc_\(index)", share: Double(error) / Self.cosineTolerance)
        }
    }

    private func compare(_ name: String, _ actual: Tensor?, _ tally: inout Tally) throws {
        tally.expect("extras", name, actual, try file.tensor(named: name), within: Self.tolerance)
    }
}
