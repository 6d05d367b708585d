"""Makes Tests/LanguageModelsTests/Fixtures: tiny models of transformers with random weights, what they compute for vectors
in front of padded texts, and what they generate.

    python Tools/oracles/language_models.py

Versions: torch 2.15.0, transformers 5.23.0, safetensors 0.8.0. Seed 7.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import OPTConfig, OPTForCausalLM, T5Config, T5ForConditionalGeneration

FOLDER = Path(__file__).parents[2] / "Tests/LanguageModelsTests/Fixtures"
IMAGE, PADDING = 49, 1
OPTIONS = [
    {"num_beams": 1},
    {"num_beams": 1, "repetition_penalty": 1.4, "min_new_tokens": 5},
    {"num_beams": 4},
    {"num_beams": 4, "length_penalty": 2.0, "min_length": 12},
    {"num_beams": 4, "length_penalty": -1.0, "num_return_sequences": 3},
    {"num_beams": 3, "early_stopping": True},
    {"num_beams": 3, "no_repeat_ngram_size": 2},
]


def randomize(model):
    for name, weight in model.named_parameters():
        with torch.no_grad():
            if weight.ndim == 1:
                weight.add_(torch.randn_like(weight) * 0.1)
            else:
                weight.copy_(torch.randn_like(weight) * (1.0 if "shared" in name or "embed_tokens" in name else 0.25))
    return model.eval()


def generate(model, **inputs):
    runs = []
    for options in OPTIONS:
        out = model.generate(**inputs, max_new_tokens=12, output_scores=True, return_dict_in_generate=True, **options)
        scores = None if out.get("sequences_scores") is None else out.sequences_scores.tolist()
        runs.append({"options": options, "ids": out.sequences.tolist(), "scores": scores})
    return runs


def write(name, model, tensors, meta):
    weights = {k: v.clone().contiguous() for k, v in model.state_dict().items()}
    save_file(weights | {f"io/{k}": v.contiguous() for k, v in tensors.items()}, FOLDER / f"{name}.safetensors")
    text = json.dumps({"config": model.config.to_dict()} | meta, indent=1, default=str)
    (FOLDER / f"{name}.json").write_text(text + "\n")


def post_norm_opt(name, word_width):
    config = OPTConfig(
        vocab_size=50, hidden_size=24, ffn_dim=40, num_hidden_layers=3, num_attention_heads=4,
        word_embed_proj_dim=word_width,
        do_layer_norm_before=False, max_position_embeddings=48, dropout=0.0, pad_token_id=PADDING, bos_token_id=2,
        eos_token_id=4)
    model = randomize(OPTForCausalLM(config))
    prefix = torch.randn(3, 4, word_width)
    ids = torch.tensor([[1, 1, 2, 11, 12], [2, 21, 22, 23, 24], [1, 2, 31, 32, 33]])
    mask = torch.cat([torch.ones(3, 4, dtype=torch.long), (ids != PADDING).long()], 1)
    embeds = torch.cat([prefix, model.get_input_embeddings()(ids)], 1)
    all_ids = torch.cat([torch.full((3, 4), IMAGE), ids], 1)
    with torch.no_grad():
        logits = model(inputs_embeds=embeds, attention_mask=mask).logits
        runs = generate(model, input_ids=all_ids, inputs_embeds=embeds, attention_mask=mask)
    tensors = {"prefix": prefix, "ids": ids, "mask": mask[:, 4:], "logits": logits}
    write(name, model, tensors, {"image": IMAGE, "runs": runs})


def t5():
    config = T5Config(
        vocab_size=50, d_model=20, d_kv=6, d_ff=30, num_layers=3, num_decoder_layers=2, num_heads=4,
        relative_attention_num_buckets=8, relative_attention_max_distance=12, feed_forward_proj="gated-gelu",
        dropout_rate=0.0, tie_word_embeddings=False, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0)
    model = T5ForConditionalGeneration(config)
    # Whatever its configuration says, transformers 5 ties the head of a new T5 to its token table; Flan-T5's is not.
    model.config.tie_word_embeddings = False
    model.config.scale_decoder_outputs = False
    model.lm_head.weight = nn.Parameter(torch.empty(50, 20))
    model = randomize(model)
    assert model.lm_head.weight is not model.shared.weight
    prefix = torch.randn(3, 4, 20)
    ids = torch.tensor([[11, 12, 1, 0, 0], [21, 22, 23, 24, 1], [31, 32, 33, 1, 0]])
    mask = torch.cat([torch.ones(3, 4, dtype=torch.long), (ids != 0).long()], 1)
    embeds = torch.cat([prefix, model.shared(ids)], 1)
    labels = torch.tensor([[5, 6, 7, 1], [8, 1, -100, -100], [9, 10, 1, -100]])
    with torch.no_grad():
        out = model(
            inputs_embeds=embeds, attention_mask=mask, labels=labels, decoder_attention_mask=(labels != -100).long())
        runs = generate(model, inputs_embeds=embeds, attention_mask=mask)
    tensors = {
        "prefix": prefix, "ids": ids, "mask": mask[:, 4:], "labels": labels, "logits": out.logits, "loss": out.loss,
        "encoded": out.encoder_last_hidden_state}
    write("t5", model, tensors, {"image": IMAGE, "runs": runs})


if __name__ == "__main__":
    torch.manual_seed(7)
    FOLDER.mkdir(parents=True, exist_ok=True)
    post_norm_opt("opt_post_norm", 16)
    t5()
    post_norm_opt("opt_post_norm_one_width", 24)
