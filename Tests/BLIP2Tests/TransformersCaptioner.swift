import BLIP2
import Checkpoints
import Foundation
import JSON
import LanguageModels
import Layers
import Tensors
import Testing

extension TransformersFolder {
    /// A captioner's boundaries, losses, positions for larger pictures, and generated ids.
    mutating func compareCaptioner() throws {
        let configuration = try directory.configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
        let model = try VisionLanguageModel(configuration, from: directory)
        let pixels = try recorded.tensor(named: "pixel_values")
        let recorder = Recorder()
        let prompts = model.prompts(for: pixels, .evaluation(recorder: recorder))
        try compareImageSide(recorder.tensors, model)
        for prefix in ["", "padded/"] { try compareLanguageSide(model, prompts, configuration, prefix) }
        try compareOtherSize(configuration)
        try compareGeneration(model, configuration, prompts)
    }

    /// The tokens after those that stand for query vectors.
    private func text(_ prefix: String, _ configuration: CaptionerConfiguration) throws -> MaskedTokens {
        let ids = try recorded.indexTensor(named: "\(prefix)input_ids")
        let mask = try recorded.indexTensor(named: "\(prefix)attention_mask")
        let count = configuration.queryCount
        let images = ids.slice(axis: 1, from: 0, to: count).scalars
        #expect(images.allSatisfy { Int($0) == configuration.imageTokenID }, "\(name): image tokens come first")
        return MaskedTokens(
            ids: ids.slice(axis: 1, from: count, to: ids.shape[1]),
            mask: mask.slice(axis: 1, from: count, to: mask.shape[1]))
    }

    private mutating func compareImageSide(_ own: [String: Tensor], _ model: VisionLanguageModel) throws {
        try compare("vision/embeddings", own["visual_encoder.embeddings#0/out"])
        for layer in (0...).prefix(while: { own["visual_encoder.blocks.\($0)#0/out"] != nil }) {
            try compare("vision/hidden_\(layer + 1)", own["visual_encoder.blocks.\(layer)#0/out"])
        }
        try compare("vision/last_hidden_state", own["ln_vision#0/out"])
        // Quirk of transformers: the pooled vector went through the norm twice.
        let first = own["ln_vision#0/out"].map {
            model.images.norm($0.slice(axis: 1, from: 0, to: 1).reshaped(to: [$0.shape[0], $0.shape[2]]))
        }
        try compare("vision/pooler_output", first)
        try compare("qformer/hidden_0", own["Qformer.bert.embeddings#0/out"])
        for layer in (0...).prefix(while: { own["Qformer.bert.encoder.layer.\($0)#0/out"] != nil }) {
            try compare("qformer/hidden_\(layer + 1)", own["Qformer.bert.encoder.layer.\(layer)#0/out"])
        }
        try compare("qformer/last_hidden_state", own["Qformer.bert#0/last_hidden_state"])
        try compare("language_projection", own["\(model.language.family)_proj#0/out"])
    }

    private mutating func compareLanguageSide(
        _ model: VisionLanguageModel, _ prompts: Tensor, _ configuration: CaptionerConfiguration, _ prefix: String
    ) throws {
        let text = try text(prefix, configuration)
        let isDecoder = model.language is OPT
        var labels = isDecoder ? text.labels() : try recorded.indexTensor(named: "labels")
        if isDecoder, prefix.isEmpty, recorded.names.contains("labels") {
            let all = try recorded.indexTensor(named: "labels")
            labels = all.slice(axis: 1, from: prompts.shape[1], to: all.shape[1])
        }
        let recorder = Recorder()
        let loss = model.language.loss(
            prefix: prompts, text: text, labels: labels, .evaluation(recorder: recorder).within("language"))
        try compare("\(prefix)loss", loss.reshaped(to: []))
        if prefix.isEmpty {
            try compare("encoder_last_hidden_state", recorder.tensors["language#0/encoder_last_hidden_state"])
        }
        // Where a decoder sees a token, or an encoder-decoder is asked for one: at other places transformers lets T5 see
        // padding, and LAVIS does not.
        let asked =
            isDecoder
            ? try recorded.indexTensor(named: "\(prefix)attention_mask").scalars.map { $0 == 1 }
            : labels.scalars.map { $0 != -100 }
        try compare(
            "\(prefix)logits", recorder.tensors["language#0/logits"],
            rows: asked.indices.filter { asked[$0] }.map { Int32($0) },
            within: isDecoder ? Self.tolerance : Self.steepTolerance)
    }

    /// Pictures of another size: the position table is fitted.
    private mutating func compareOtherSize(_ configuration: CaptionerConfiguration) throws {
        guard recorded.names.contains("interp/pixel_values") else { return }
        let pixels = try recorded.tensor(named: "interp/pixel_values")
        var other = configuration
        other.vision.imageSize = pixels.shape[2]
        let model = try VisionLanguageModel(other, from: directory)
        try compare("interp/vision_last_hidden_state", model.images(pixels, .evaluation()))
    }

    private mutating func compareGeneration(
        _ model: VisionLanguageModel, _ configuration: CaptionerConfiguration, _ prompts: Tensor
    ) throws {
        let meta = try JSONDocument(contentsOf: directory.file("meta.json")).root
        for run in try meta["generate"].array {
            let kind = try run["inputs"].string
            let prompt: MaskedTokens =
                switch kind {
                case "no_prompt":
                    MaskedTokens(IndexTensor(repeating: configuration.tokens.beginning, shape: [prompts.shape[0], 1]))
                case "padded": try text("padded/", configuration)
                default: try text("", configuration)
                }
            let options = try generationOptions(run["options"], configuration)
            let texts = model.language.generate(prefix: prompts, prompt: prompt, options: options).flatMap { $0 }
            let rows = try run["ids"].array.map { try $0.int32s }
            // Rows are filled up with padding or, by beam search where padding is 0, with the end.
            let own = zip(texts, rows).map { text, row in
                let fill = row.dropFirst(text.ids.count)
                let isFilled = fill.allSatisfy { $0 == options.padding || $0 == options.end }
                return text.ids + (isFilled ? Array(fill) : [])
            }
            compare("\(kind) \(JSONWriter().text(try run["options"].tree))", own, rows)
        }
    }

    private func generationOptions(
        _ values: JSONValue, _ configuration: CaptionerConfiguration
    ) throws -> GenerationOptions {
        var options = GenerationOptions(
            beamCount: 1, maximumNewTokens: 20, minimumLength: 0, end: configuration.tokens.end,
            padding: configuration.tokens.padding,
            convention: .huggingFace(imageToken: Int32(configuration.imageTokenID)))
        for option in try values.object {
            let value = option.value
            switch option.key {
            case "num_beams": options.beamCount = try value.int
            case "max_new_tokens": options.maximumNewTokens = try value.int
            case "min_length": options.minimumLength = try value.int
            case "min_new_tokens": options.minimumNewTokens = try value.int
            case "length_penalty": options.lengthPenalty = Float(try value.double)
            case "repetition_penalty": options.repetitionPenalty = Float(try value.double)
            case "no_repeat_ngram_size": options.unrepeatedRunLength = try value.int
            case "early_stopping": options.stopsEarly = try value.bool
            case "num_return_sequences": options.returnCount = try value.int
            default: Issue.record("\(name): the option \(option.key) is not known here")
            }
        }
        return options
    }
}
