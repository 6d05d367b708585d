import Checkpoints
import LanguageModels
import Tensors

/// A checkpoint that a conversion reads, seen in LAVIS's names.
public struct ConversionInput {
    /// What it gives: the whole model, the image encoder, the language model.
    public let part: String
    /// The checkpoint.
    public let checkpoint: any StoredCheckpoint
    /// What it is.
    public let kind: CheckpointKind
    /// The checkpoint in LAVIS's names.
    let source: RenamedSource

    /// A checkpoint and what it is for.
    ///
    /// - Throws: `CheckpointError` if two tensors would get the same name.
    init(_ part: String, _ checkpoint: any StoredCheckpoint, _ kind: CheckpointKind, family: String?) throws {
        self.part = part
        self.checkpoint = checkpoint
        self.kind = kind
        let map: KeyMap =
            switch kind {
            case .huggingFaceCaptioner: HuggingFaceKeys.captioner(family ?? "opt").inverted
            case .huggingFaceMatcher: HuggingFaceKeys.retrieval.inverted
            case .vision: KeyMap([.rename("**", "visual_encoder.**")])
            case .opt:
                KeyMap([
                    .rename("decoder.**", "opt_model.model.decoder.**"), .rename("**", "opt_model.**"),
                ])
            case .t5: KeyMap([.rename("**", "t5_model.**")])
            case .bert: Self.bert
            case .lavisCaptioner, .lavisRepresentation, .prompts: KeyMap([])
            }
        source = try KeyBiasFreeSource(checkpoint).renamed(by: map)
    }

    /// The oldest files call the weight and bias of a norm gamma and beta; those of `BertModel` alone have no prefix.
    private static let bert = KeyMap([
        .rename("cls.**", "cls.**"), .rename("bert.**.gamma", "bert.**.weight"),
        .rename("bert.**.beta", "bert.**.bias"), .rename("bert.**", "bert.**"), .rename("**.gamma", "bert.**.weight"),
        .rename("**.beta", "bert.**.bias"), .rename("**", "bert.**"),
    ])

    /// Why a tensor in LAVIS's names is not needed; nil if there is no reason.
    static func reasonAgainst(_ name: String, in model: ConversionTarget) -> String? {
        if name.hasSuffix(".position_ids") { return "numbers of positions" }
        if name.hasPrefix("opt_model."), OPT.copies.contains(String(name.dropFirst("opt_model.".count))) {
            return "copies of weights under other names"
        }
        if name.hasPrefix("t5_model."), T5.copies.contains(String(name.dropFirst("t5_model.".count))) {
            return "copies of weights under other names"
        }
        if name.hasSuffix("_vocab_embeddings") || name.hasPrefix("Qformer.cls.predictions.decoder.") {
            return "copies of weights under other names"
        }
        if name.hasPrefix("Pformer.") { return "the P-Former, which only training asks" }
        return model.dispensable.first { name.hasPrefix($0.prefix) }?.reason ?? visionReason(name, in: model)
    }

    /// EVA's checkpoint holds a block more than BLIP-2 uses, and what classification and pre-training need.
    private static func visionReason(_ name: String, in model: ConversionTarget) -> String? {
        guard name.hasPrefix("visual_encoder.") else { return nil }
        let rest = name.dropFirst("visual_encoder.".count)
        if rest.hasPrefix("blocks."), let number = rest.split(separator: ".").dropFirst().first {
            let isUsed = model.wanted.contains { $0.name.hasPrefix("visual_encoder.blocks.\(number).") }
            return isUsed ? nil : "blocks behind those that BLIP-2 uses"
        }
        let heads = ["norm.", "fc_norm.", "head.", "lm_head.", "mask_token", "rel_pos_bias."]
        return heads.contains { rest.hasPrefix($0) } ? "what EVA was trained with and BLIP-2 does not use" : nil
    }
}
