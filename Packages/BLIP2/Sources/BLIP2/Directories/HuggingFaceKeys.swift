import Checkpoints

/// The names of LAVIS in the left column, and of transformers in the right
/// (`transformers/models/blip_2/convert_blip_2_original_to_pytorch.py`).
public enum HuggingFaceKeys {
    /// A captioner and transformers' `Blip2ForConditionalGeneration`.
    ///
    /// - Parameter family: of the language model, as LAVIS's names spell it: `opt` or `t5`
    public static func captioner(_ family: String) -> KeyMap {
        KeyMap(
            vision + qformer + [
                .rename("\(family)_proj.*", "language_projection.*"),
                .rename("\(family)_model.**", "language_model.**"),
            ])
    }

    /// A stage-1 model and transformers' `Blip2ForImageTextRetrieval`.
    public static let retrieval = KeyMap(
        vision + [
            .rename("Qformer.bert.embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight"),
            .rename("Qformer.bert.embeddings.position_embeddings.weight", "embeddings.position_embeddings.weight"),
        ] + qformer + [
            .rename("vision_proj.*", "vision_projection.*"),
            .rename("text_proj.*", "text_projection.*"),
        ])

    /// An OPT of its own, of whose files some leave out the first part of each name.
    public static let opt = KeyMap([.rename("decoder.**", "model.decoder.**")])

    private static let vision: [KeyMap.Rule] = [
        .rename("visual_encoder.cls_token", "vision_model.embeddings.class_embedding"),
        .rename("visual_encoder.pos_embed", "vision_model.embeddings.position_embedding"),
        .rename("visual_encoder.patch_embed.proj.*", "vision_model.embeddings.patch_embedding.*"),
        .rename("visual_encoder.blocks.*.norm1.*", "vision_model.encoder.layers.*.layer_norm1.*"),
        .rename("visual_encoder.blocks.*.norm2.*", "vision_model.encoder.layers.*.layer_norm2.*"),
        // The key has no bias in EVA; transformers stores zeros for it.
        .join(
            ["visual_encoder.blocks.*.attn.q_bias", nil, "visual_encoder.blocks.*.attn.v_bias"],
            "vision_model.encoder.layers.*.self_attn.qkv.bias", axis: 0),
        .rename("visual_encoder.blocks.*.attn.qkv.weight", "vision_model.encoder.layers.*.self_attn.qkv.weight"),
        .rename("visual_encoder.blocks.*.attn.proj.*", "vision_model.encoder.layers.*.self_attn.projection.*"),
        .rename("visual_encoder.blocks.*.mlp.*.*", "vision_model.encoder.layers.*.mlp.*.*"),
        .rename("ln_vision.*", "vision_model.post_layernorm.*"),
    ]

    private static let qformer: [KeyMap.Rule] = [
        .rename("Qformer.bert.embeddings.LayerNorm.*", "qformer.layernorm.*"),
        .rename(
            "Qformer.bert.encoder.layer.*.attention.self.*.*", "qformer.encoder.layer.*.attention.attention.*.*"),
        .rename(
            "Qformer.bert.encoder.layer.*.crossattention.self.*.*",
            "qformer.encoder.layer.*.crossattention.attention.*.*"),
        .rename("Qformer.bert.encoder.layer.**", "qformer.encoder.layer.**"),
    ]
}
