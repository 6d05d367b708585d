import BLIP2
import Datasets
import Foundation
import Images
import LanguageModels
import Layers
import PFormer
import Tensors
import Testing
import TextTokenizers

/// The losses that stage 2 logs are put together anew from files, tokens and models: the caption with its prompt and a
/// newline, the prompt's tokens not learned, and the weighted distance from the P-Former's prompts.
struct StageTwoLossTests {
    private let runs: SmallRuns
    private let seed: UInt64 = 42
    private let limit = 24

    init() throws { runs = try SmallRuns.trained.get() }

    private func directory(_ name: String) throws -> ModelDirectory {
        ModelDirectory(try runs.run(name).appending(path: "model"))
    }

    /// The model that the run starts from.
    private func model() throws -> VisionLanguageModel {
        let sizes = try directory("stage2_pformer").configuration(
            CaptionerConfiguration.self, kind: ModelKind.captioner)
        let model = VisionLanguageModel(
            sizes.blip2, language: sizes.language.model(weights: .unset), weights: .unset)
        try load(
            model.language, from: directory("language").weights(), allowing: LoadPolicy(unexpected: ["lm_head.weight"]))
        try load(
            model, from: directory("stage1_pformer").weights(),
            allowing: LoadPolicy(missing: ["opt_model.*"], unexpected: ["*"]))
        return model
    }

    private func teacher() throws -> PromptTransformer {
        let directory = try directory("stage0")
        let sizes = try directory.configuration(PFormerConfiguration.self, kind: ModelKind.promptTransformer)
        let model = PromptTransformer(sizes, weights: .unset)
        try load(
            model, from: directory.weights(), prefix: "Pformer.",
            allowing: LoadPolicy(unexpected: ["temp", "text_proj.*"]))
        return model
    }

    /// The pictures and captions of the first batch, in the order that seed and epoch give.
    private func firstBatch() throws -> (pixels: Tensor, captions: [String]) {
        let world = runs.folder.appending(path: ".demo/world")
        let pairs = try AnnotatedCaptions(
            contentsOf: world.appending(path: "annotations/coco_karpathy_train.json"),
            imagesIn: world.appending(path: "images"))
        let order = SampleOrder(sampleCount: pairs.count, key: RandomKey(seed: seed).child("pairs"))
        let chosen = try order.epoch(0).prefix(SmallRuns.batchSize).map { try pairs.sample($0) }
        let processor = EvaluationProcessor(size: 64)
        let images = try chosen.map { processor.square(try $0.picture.decode()) }
        return (processor.normalization.batch(of: images), chosen.map(\.caption))
    }

    private func rows(_ rows: [[Int32]], width: Int, padding: Int32) -> MaskedTokens {
        let ids = rows.map { $0 + [Int32](repeating: padding, count: width - $0.count) }
        let mask = rows.map { row in (0..<width).map { Int32($0 < row.count ? 1 : 0) } }
        return MaskedTokens(ids: IndexTensor(rows: ids), mask: IndexTensor(rows: mask))
    }

    @Test func theFirstStepsLossesAreThoseOfTheDescription() throws {
        let folder = runs.folder.appending(path: "prompted")
        let run = try runs.prepare(
            "stage2_pformer", options: ["model.prompt=a photo of", "datasets.pairs.prompt='a photo of '"], in: folder)
        try run.train(resuming: false)
        let logged = try #require(try runs.steps(folder).first)

        let batch = try firstBatch()
        let captions = batch.captions.map { "a photo of \($0)" }
        let opt = try BytePairTokenizer(directory: directory("language").url)
        let bert = try WordPieceTokenizer(directory: runs.run("vision").appending(path: "model/bert"))
        let texts = captions.map { Array(opt.encode($0 + "\n").prefix(limit)) }
        let text = rows(texts, width: texts.map(\.count).max() ?? 0, padding: 1)
        let promptCount = opt.encode("a photo of").count
        #expect(promptCount == 4)
        let labels = texts.map { row in
            (0..<text.tokenCount).map { $0 >= promptCount && $0 < row.count ? row[$0] : -100 }
        }
        let model = try model()
        let prompts = model.prompts(for: batch.pixels, .evaluation())
        let writing = model.language.loss(
            prefix: prompts, text: text, labels: IndexTensor(rows: labels), .evaluation())
        #expect(abs(Double(writing.scalar) / (try logged["loss_lm"].double) - 1) < 1e-5)

        let sentences = rows(captions.map { Array(bert.encode($0).prefix(limit)) }, width: limit, padding: 0)
        let wanted = try teacher()(sentences, .evaluation())
        let distance = (prompts - wanted).squared().mean().scalar
        #expect(abs(100 * Double(distance) / (try logged["loss_align"].double) - 1) < 1e-5)
    }
}
