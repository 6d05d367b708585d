import BERT
import BLIP2
import Checkpoints
import Evaluation
import Foundation
import JSON
import LanguageModels
import Layers
import QFormer
import SmallWorld
import Tensors
import TestSupport
import TextTokenizers
import VisionEncoder

/// A world of a few pictures with its lists, captioners and a matcher of random weights, and evaluations of them.
final class SmallEvaluation: Sendable {
    /// Made once for all tests.
    static let shared = Result { try SmallEvaluation() }

    private let folder: TemporaryFolder
    /// `captioner`, `t5-captioner` and `matcher` are the models' folders.
    var root: URL { folder.url }
    /// The lists.
    var annotations: URL { root.appending(path: "world/annotations") }
    /// The pictures.
    var images: URL { root.appending(path: "world/images") }

    private init() throws {
        folder = try TemporaryFolder()
        var options = World.Options()
        (options.trainCount, options.testCount, options.noCapsCount, options.sentenceCount) = (4, 9, 6, 60)
        try WorldFiles(World(options: options), in: folder.file("world")).write()
        try writeCaptioner()
        try writeT5Captioner()
        try writeMatcher()
    }

    /// Heads are of the published widths, so that a checkpoint's shapes tell how many there are.
    private func sizes(vocabularyCount: Int = 30522, positionCount: Int = 512) -> BLIP2Configuration {
        BLIP2Configuration(
            vision: ViTConfiguration(
                imageSize: 64, patchSize: 16, width: 88, layerCount: 2, headCount: 1, feedForwardWidth: 176,
                initializerRange: 0.3),
            qformer: QFormerConfiguration(
                bert: BERTConfiguration(
                    vocabularyCount: vocabularyCount, width: 128, layerCount: 2, headCount: 2, feedForwardWidth: 256,
                    positionCount: positionCount, initializerRange: 0.3),
                imageWidth: 88, crossAttentionInterval: 1), queryCount: 4, contrastWidth: 64)
    }

    private func writeCaptioner() throws {
        let tokenizer = try BytePairTokenizer(directory: root.appending(path: "world/opt"))
        let sizes = OPTConfiguration(
            vocabularyCount: tokenizer.vocabularyCount, width: 32, layerCount: 2, headCount: 2, feedForwardWidth: 64,
            positionCount: 128, initializerRange: 0.4)
        let end = tokenizer.encode("\n", addingSpecialTokens: false)[0]
        let captioner = WrittenCaptioner(
            sizes: self.sizes(), language: .opt(sizes), tokenizer: tokenizer,
            tokens: LanguageTokens(beginning: 2, end: end, padding: 1), imageTokenID: tokenizer.vocabularyCount - 1)
        let model = try captioner.write(to: root.appending(path: "captioner"), seed: 3) { model in
            try model.scaleRows(of: "opt_model.model.decoder.embed_tokens.weight", by: 2.5, only: end)
        }
        try writeCheckpoint(model, sizes, tokenizer)
    }

    private func writeT5Captioner() throws {
        let tokenizer = try TextTokenizers.load(root.appending(path: "world/t5"))
        let sizes = T5Configuration(
            vocabularyCount: tokenizer.vocabularyCount + 1, width: 32, headWidth: 16, feedForwardWidth: 48,
            encoderLayerCount: 2, decoderLayerCount: 2, headCount: 2, activation: .gelu)
        let captioner = WrittenCaptioner(
            sizes: self.sizes(), language: .t5(sizes), tokenizer: tokenizer,
            tokens: LanguageTokens(beginning: 1, end: 1, padding: 0), imageTokenID: tokenizer.vocabularyCount)
        _ = try captioner.write(to: root.appending(path: "t5-captioner"), seed: 13) { model in
            try model.scaleRows(of: "t5_proj.weight", by: 20)
            try model.scaleRows(of: "t5_model.lm_head.weight", by: 5, only: 1)
        }
    }

    /// The same as LAVIS keeps it: what was trained in one file, the frozen parts apart.
    private func writeCheckpoint(
        _ model: VisionLanguageModel, _ language: OPTConfiguration, _ tokenizer: BytePairTokenizer
    ) throws {
        let all = model.namedParameters.map { (name: $0.name, tensor: $0.parameter.value.detached()) }
        func part(_ prefix: String) -> [(name: String, tensor: Tensor)] {
            all.filter { $0.name.hasPrefix(prefix) }.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
        }
        let frozen = ["visual_encoder.", "opt_model."]
        let place = root.appending(path: "checkpoints")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Safetensors.write(
            all.filter { weight in !frozen.contains { weight.name.hasPrefix($0) } },
            to: place.appending(path: "stage2.safetensors"))
        try Safetensors.write(part(frozen[0]), to: place.appending(path: "vit.safetensors"))
        try ModelDirectory(place.appending(path: "opt-2.7b")).write(
            OPTDescription(language, LanguageTokens(beginning: 2, end: 2, padding: 1)), kind: ModelKind.opt,
            part(frozen[1]))
        try tokenizer.save(to: place.appending(path: "opt-2.7b"))
    }

    private func writeMatcher() throws {
        let tokenizer = try WordPieceTokenizer(
            vocabularyFile: root.appending(path: "world/bert/vocab.txt"), addingBeginning: "[DEC]")
        let sizes = sizes(vocabularyCount: tokenizer.vocabularyCount, positionCount: 64)
        let directory = root.appending(path: "matcher")
        let model = RepresentationModel(
            sizes, ids: try tokenizer.sentenceTokenIDs(of: directory.path), weights: .random(RandomKey(seed: 5)))
        let weights = model.namedParameters.map { (name: $0.name, tensor: $0.parameter.value.detached()) }
        try ModelDirectory(directory).write(
            RepresentationConfiguration(blip2: sizes, hasProjection: false), kind: ModelKind.representation, weights)
        try tokenizer.save(to: directory)
        try Safetensors.write(
            weights.filter { !$0.name.hasPrefix("visual_encoder.") },
            to: root.appending(path: "checkpoints/stage1.safetensors"))
        let vocabulary = root.appending(path: "checkpoints/bert-base-uncased")
        try FileManager.default.createDirectory(at: vocabulary, withIntermediateDirectories: true)
        try tokenizer.save(to: vocabulary)
        try Safetensors.write(
            weights.filter { $0.name.hasPrefix("visual_encoder.") }.map {
                (String($0.name.dropFirst("visual_encoder.".count)), $0.tensor)
            }, to: root.appending(path: "checkpoints/vit-stage1.safetensors"))
    }

    /// A configuration's text, by the name of its task.
    func configuration(_ task: String) -> String {
        let lists = annotations.path
        let (model, data, split) =
            switch task {
            case "captioning": ("captioner", "captions:", "{list: \(lists)/coco_karpathy_test.json}")
            case "nocaps":
                (
                    "captioner", "captions:",
                    "{list: \(lists)/nocaps_val.json, references: \(lists)/nocaps_val_gt.json}"
                )
            case "vqa":
                (
                    "captioner", "questions:",
                    "{questions: \(lists)/vqa_val_eval.json, annotations: \(lists)/v2_mscoco_val2014_annotations.json}"
                )
            case "gqa": ("captioner", "questions:", "{questions: \(lists)/testdev_balanced_questions.json}")
            default: ("matcher", "pairs:", "{list: \(lists)/coco_karpathy_test.json}")
            }
        return """
            model: {pretrained: \(root.path)/\(model)}
            datasets:
              \(data)
                images: \(images.path)
                splits:
                  test: \(split)
            run:
              task: \(task == "nocaps" ? "captioning" : task)
              splits: [test]
              batch_size_eval: 4
            """
    }

    /// Evaluates in a folder; the table of scores, nil while other processes have their share to do.
    @discardableResult
    func evaluate(
        _ text: String, options: [String] = [], additions: [String] = [], in output: URL
    ) throws -> String? {
        let file = output.appendingPathExtension("yaml")
        try Data(text.utf8).write(to: file)
        var table: String?
        try EvaluationRun(configuration: file, options: options, additions: additions, folder: output).run {
            if case .scored(_, let found, _, _) = $0 { table = found }
        }
        return table
    }

    /// What an error says; empty if there is none.
    func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }
}

/// The entries of a JSON file.
func entries(_ file: URL) throws -> [JSONValue] { try JSONDocument(contentsOf: file).root.array.map { $0 } }

/// The entries of a file with an entry a line.
func lines(_ file: URL) throws -> [JSONValue] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
        try JSONDocument(parsing: Array($0.utf8), name: file.path).root
    }
}
