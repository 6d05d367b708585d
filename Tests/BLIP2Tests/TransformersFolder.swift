import BLIP2
import Checkpoints
import Foundation
import JSON
import LanguageModels
import Layers
import Tensors
import Testing

/// A captioner's folder, and beside it what transformers' `Blip2ForConditionalGeneration` computed with it.
struct TransformersFolder: CustomTestStringConvertible {
    private static let tolerance = 1e-5

    let url: URL
    private let model: VisionLanguageModel
    private let tokens: LanguageTokens
    private let recorded: SafetensorsFile
    private let meta: JSONValue

    init(_ url: URL) throws {
        self.url = url
        let directory = ModelDirectory(url)
        let configuration = try directory.configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
        model = VisionLanguageModel(
            configuration.blip2, language: OPT(configuration.language, weights: .unset), weights: .unset)
        try model.load(huggingFace: directory.weights())
        tokens = configuration.tokens
        recorded = try SafetensorsFile(contentsOf: directory.file("io.safetensors"))
        meta = try JSONDocument(contentsOf: directory.file("meta.json")).root
    }

    var testDescription: String { url.lastPathComponent }

    func run(_ tally: inout Tally) throws {
        let pixels = try recorded.tensor(named: "pixel_values")
        for prefix in ["", "padded/"] { try compareLogits(pixels, prefix, &tally) }
        for entry in try meta["generate"].array { try compareGenerated(pixels, entry, &tally) }
    }

    /// The text of a batch without the places of the query vectors.
    private func text(_ prefix: String) throws -> MaskedTokens {
        let ids = try recorded.indexTensor(named: "\(prefix)input_ids")
        let mask = try recorded.indexTensor(named: "\(prefix)attention_mask")
        let first = try meta["num_query_tokens"].int
        return MaskedTokens(
            ids: ids.slice(axis: 1, from: first, to: ids.shape[1]),
            mask: mask.slice(axis: 1, from: first, to: mask.shape[1]))
    }

    private func compareLogits(_ pixels: Tensor, _ prefix: String, _ tally: inout Tally) throws {
        let recorder = Recorder()
        _ = model.losses(
            on: CaptionBatch(pixels: pixels, target: TargetText(try text(prefix))), .evaluation(recorder: recorder))
        let names = [
            "vision/last_hidden_state": "ln_vision#0/out",
            "qformer/last_hidden_state": "Qformer.bert#0/last_hidden_state",
            "language_projection": "opt_proj#0/out",
        ]
        for (name, own) in names.sorted(by: { $0.key < $1.key }) where prefix.isEmpty {
            tally.expect(
                "outputs of parts", "\(url.lastPathComponent) \(name)", recorder.tensors[own],
                try recorded.tensor(named: name), within: Self.tolerance)
        }
        let seen = try recorded.indexTensor(named: "\(prefix)attention_mask").scalars
        let rows = IndexTensor(
            seen.indices.filter { seen[$0] == 1 }.map { Int32($0) }, shape: [seen.reduce(0) { $0 + Int($1) }])
        func visible(_ logits: Tensor?) -> Tensor? {
            logits.map { $0.reshaped(to: [seen.count, $0.shape[-1]]).gathering(rows) }
        }
        let expected = try #require(visible(try recorded.tensor(named: "\(prefix)logits")))
        tally.expect(
            "logits", "\(url.lastPathComponent) \(prefix)logits", visible(recorder.tensors["opt_model#0/logits"]),
            expected, within: Self.tolerance)
    }

    /// Nil where this project keeps to the transformers of LAVIS, or has no such option: with beams and a length
    /// penalty other than 0 the present transformers does not count the prompt, LAVIS's did.
    private func options(_ values: JSONValue, _ text: MaskedTokens) throws -> GenerationOptions? {
        let known = [
            "num_beams", "max_new_tokens", "min_length", "min_new_tokens", "repetition_penalty", "length_penalty",
        ]
        let beamCount = try values["num_beams"].int
        let penalty = try values.optional("length_penalty")?.double ?? 1
        guard beamCount == 1 || penalty == 0, try values.object.allSatisfy({ known.contains($0.key) }) else {
            return nil
        }
        // transformers counts the query vectors and the padding.
        let whole = try values.optional("min_length").map { try $0.int - (try meta["num_query_tokens"].int) } ?? 0
        let new = try values.optional("min_new_tokens").map { try $0.int + text.tokenCount } ?? 0
        return GenerationOptions(
            beamCount: beamCount, maximumNewTokens: try values["max_new_tokens"].int, minimumLength: max(whole, new),
            lengthPenalty: Float(penalty),
            repetitionPenalty: Float(try values.optional("repetition_penalty")?.double ?? 1), end: tokens.end,
            padding: tokens.padding)
    }

    private func compareGenerated(_ pixels: Tensor, _ entry: JSONValue, _ tally: inout Tally) throws {
        let kind = try entry["inputs"].string
        let text =
            kind == "no_prompt"
            ? MaskedTokens(IndexTensor(repeating: tokens.beginning, shape: [pixels.shape[0], 1]))
            : try text(kind == "padded" ? "padded/" : "")
        guard let options = try options(entry["options"], text) else { return }
        let first = try meta["num_query_tokens"].int
        let expected = try entry["ids"].array.map { Array(try $0.int32s.dropFirst(first)) }
        let width = expected.first?.count ?? 0
        let found = model.generate(for: pixels, prompt: text, options: options).map { texts in
            texts[0].ids + Array(repeating: tokens.padding, count: max(width - texts[0].ids.count, 0))
        }
        let label = "\(url.lastPathComponent) \(kind) \(JSONWriter().text(try entry["options"].tree))"
        tally.expect("lists of ids", label, found, equals: expected)
    }
}
