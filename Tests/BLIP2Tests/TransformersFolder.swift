import BERT
import BLIP2
import Checkpoints
import Foundation
import JSON
import LanguageModels
import Layers
import Tensors
import Testing

/// A folder that transformers opens, and beside it what transformers computed with it. Every value that was recorded is
/// compared, or the run fails.
struct TransformersFolder {
    static let tolerance = 1e-5
    /// T5 does not scale its scores, so that random weights make its softmaxes steep and rounding grows: computed again by
    /// another build of PyTorch in float32, transformers' own logits are up to 1.6e-5 away from those recorded.
    static let steepTolerance = 5e-5
    private static let inputs = [
        "pixel_values", "input_ids", "attention_mask", "token_type_ids", "labels", "padded/input_ids",
        "padded/attention_mask", "interp/pixel_values",
    ]

    private(set) var tally = Tally()
    let directory: ModelDirectory
    let recorded: SafetensorsFile
    private var uncompared: Set<String>

    init(_ url: URL) throws {
        directory = ModelDirectory(url)
        recorded = try SafetensorsFile(contentsOf: directory.file("io.safetensors"))
        uncompared = Set(recorded.names).subtracting(Self.inputs)
    }

    var name: String { directory.url.lastPathComponent }

    mutating func run() throws {
        switch try JSONDocument(contentsOf: directory.file("config.json")).root["architectures"].array[0].string {
        case "Blip2ForConditionalGeneration": try compareCaptioner()
        case "Blip2ForImageTextRetrieval": try compareMatcher()
        case "BertModel": try compareBERT()
        case let other: Issue.record("\(name) holds a \(other), which is not known here")
        }
        #expect(uncompared.isEmpty, "\(name): nothing was compared with \(uncompared.sorted())")
    }

    /// Compares a value if it was recorded.
    mutating func compare(_ key: String, _ actual: Tensor?) throws {
        guard let expected = try expected(key) else { return }
        tally.expect("boundaries", "\(name) \(key)", actual, expected, within: Self.tolerance)
    }

    /// Compares rows of a value, `[rows, row]`, if it was recorded.
    mutating func compare(_ key: String, _ actual: Tensor?, rows: [Int32], within tolerance: Double) throws {
        guard let expected = try expected(key) else { return }
        func picked(_ tensor: Tensor) -> Tensor {
            tensor.reshaped(to: [expected.count / expected.shape[-1], expected.shape[-1]])
                .gathering(IndexTensor(rows, shape: [rows.count]))
        }
        guard let actual = tally.sameShape("boundaries", "\(name) \(key)", actual, expected) else { return }
        tally.expect("boundaries", "\(name) \(key)", picked(actual), picked(expected), within: tolerance)
    }

    mutating func compare(_ label: String, _ ids: [[Int32]], _ expected: [[Int32]]) {
        tally.expect("lists of ids", "\(name) \(label)", ids, equals: expected)
    }

    private mutating func expected(_ key: String) throws -> Tensor? {
        guard recorded.names.contains(key) else { return nil }
        uncompared.remove(key)
        return try recorded.tensor(named: key)
    }
}

// MARK: Matchers and BERT

extension TransformersFolder {
    private mutating func compareMatcher() throws {
        let configuration = try directory.configuration(RetrievalConfiguration.self, kind: ModelKind.captioner)
        let model = RepresentationModel(configuration.blip2, ids: .bertBaseUncased, weights: .unset)
        try model.load(huggingFace: directory.weights())
        let pixels = try recorded.tensor(named: "pixel_values")
        let texts = try tokens()
        let vectors = model.features(of: texts).vectors
        try compare("image_embeds", model.features(of: pixels).vectors)
        try compare(
            "text_embeds",
            vectors.slice(axis: 1, from: 0, to: 1).reshaped(to: [vectors.shape[0], vectors.shape[2]]))
        try compare("itm_logits", model.matchLogits(pixels, texts))
        try compare("itc_logits_per_image", model.similarities(of: pixels, to: texts))
    }

    private mutating func compareBERT() throws {
        let model = BERTModel(
            try directory.configuration(BERTConfiguration.self, kind: ModelKind.bert), weights: .unset)
        try load(model, from: directory.weights(), allowing: LoadPolicy(unexpected: ["embeddings.position_ids"]))
        let recorder = Recorder()
        let (hidden, pooled) = model(
            try tokens(), types: try recorded.indexTensor(named: "token_type_ids"), .evaluation(recorder: recorder))
        try compare("hidden_0", recorder.tensors["embeddings#0/out"])
        for layer in (0...).prefix(while: { recorder.tensors["encoder.layer.\($0)#0/out"] != nil }) {
            try compare("hidden_\(layer + 1)", recorder.tensors["encoder.layer.\(layer)#0/out"])
        }
        try compare("last_hidden_state", hidden)
        try compare("pooler_output", pooled)
    }

    private func tokens() throws -> MaskedTokens {
        MaskedTokens(
            ids: try recorded.indexTensor(named: "input_ids"),
            mask: try recorded.indexTensor(named: "attention_mask"))
    }
}
