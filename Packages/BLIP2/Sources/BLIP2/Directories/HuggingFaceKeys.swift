import Checkpoints

/// The names of LAVIS's captioner in the left column, and of transformers' `Blip2ForConditionalGeneration` in the right
/// (`transformers/models/blip_2/convert_blip_2_original_to_pytorch.py`).
public let huggingFaceCaptionerKeys = KeyMap([
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
    .rename("Qformer.bert.embeddings.LayerNorm.*", "qformer.layernorm.*"),
    .rename(
        "Qformer.bert.encoder.layer.*.attention.self.*.*", "qformer.encoder.layer.*.attention.attention.*.*"),
    .rename(
        "Qformer.bert.encoder.layer.*.crossattention.self.*.*",
        "qformer.encoder.layer.*.crossattention.attention.*.*"),
    .rename("Qformer.bert.encoder.layer.**", "qformer.encoder.layer.**"),
    .rename("opt_proj.*", "language_projection.*"),
    .rename("opt_model.**", "language_model.**"),
])
