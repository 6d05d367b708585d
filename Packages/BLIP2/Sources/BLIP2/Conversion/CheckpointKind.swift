import Tensors

/// What a checkpoint holds and whose names it bears, told by the names.
public enum CheckpointKind: String, Sendable, Hashable, CaseIterable {
    /// A captioner of transformers: `Blip2ForConditionalGeneration`.
    case huggingFaceCaptioner
    /// A matcher of transformers: `Blip2ForImageTextRetrieval`.
    case huggingFaceMatcher
    /// Stage 2 of LAVIS: a Q-Former in front of a language model.
    case lavisCaptioner
    /// Stage 1 of LAVIS: a Q-Former with its text parts and heads.
    case lavisRepresentation
    /// Stage 0: a P-Former.
    case prompts
    /// EVA's image encoder.
    case vision
    /// An OPT of its own.
    case opt
    /// A T5 of its own.
    case t5
    /// A BERT of its own.
    case bert

    /// The kind of a checkpoint with these names; nil if it is none that is known.
    public init?(names: [String]) {
        let names = Set(names)
        func has(_ prefix: String) -> Bool { names.contains { $0.hasPrefix(prefix) } }
        if names.contains("language_projection.weight") && has("vision_model.") {
            self = .huggingFaceCaptioner
        } else if names.contains("itm_head.weight") && has("vision_model.") {
            self = .huggingFaceMatcher
        } else if has("Qformer.") {
            let isStage1 = names.contains("itm_head.weight") || names.contains("text_proj.weight")
            guard isStage1 || names.contains("opt_proj.weight") || names.contains("t5_proj.weight") else { return nil }
            self = isStage1 ? .lavisRepresentation : .lavisCaptioner
        } else if names.contains("Pformer.cls_proj.weight") {
            self = .prompts
        } else if names.contains("patch_embed.proj.weight") && has("blocks.") {
            self = .vision
        } else if !names.isDisjoint(with: ["model.decoder.embed_positions.weight", "decoder.embed_positions.weight"]) {
            self = .opt
        } else if names.contains("shared.weight") && has("encoder.block.") {
            self = .t5
        } else if !names.isDisjoint(with: [
            "embeddings.word_embeddings.weight", "bert.embeddings.word_embeddings.weight",
        ]) {
            self = .bert
        } else {
            return nil
        }
    }

    /// What the checkpoint is, for a reader.
    public var description: String {
        switch self {
        case .huggingFaceCaptioner: "a captioner in the names of transformers (Blip2ForConditionalGeneration)"
        case .huggingFaceMatcher: "a matcher in the names of transformers (Blip2ForImageTextRetrieval)"
        case .lavisCaptioner: "stage 2 or caption fine-tuning in the names of LAVIS: a Q-Former for a language model"
        case .lavisRepresentation: "stage 1 in the names of LAVIS: a Q-Former with text parts and heads"
        case .prompts: "stage 0: a P-Former"
        case .vision: "an image encoder, as eva_vit_g.pth is"
        case .opt: "an OPT language model"
        case .t5: "a T5 language model"
        case .bert: "a BERT"
        }
    }

    /// What is needed beside it, given which names it has: what LAVIS froze it does not store.
    public func needs(names: [String]) -> [String] {
        func lacks(_ prefix: String) -> Bool { !names.contains { $0.hasPrefix(prefix) } }
        let vision = lacks("visual_encoder.") ? ["the frozen image encoder: eva_vit_g.pth"] : []
        switch self {
        case .lavisCaptioner:
            let language = lacks("opt_model.") && lacks("t5_model.")
            let isT5 = names.contains("t5_proj.weight")
            return vision
                + (language
                    ? ["the frozen language model: a folder of \(isT5 ? "flan-t5" : "opt"), with its tokenizer"] : [])
        case .lavisRepresentation: return vision + ["the vocabulary: a folder with bert-base-uncased's vocab.txt"]
        case .prompts: return ["the vocabulary: a folder with bert-base-uncased's vocab.txt"]
        case .vision: return ["the Q-Former and the language model of a captioner"]
        case .huggingFaceCaptioner, .huggingFaceMatcher, .opt, .t5, .bert: return []
        }
    }
}
