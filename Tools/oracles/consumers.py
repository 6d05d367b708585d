#!/usr/bin/env python3
"""Writes the files that the clients in Tests/Consumers read and the answers they must give.

    python -m pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0 pillow==13.0.0
    python Tools/oracles/consumers.py

The vision encoder is written here from the description of EVA ViT-g/14 in the BLIP-2 paper's code: pre-norm blocks, one
fused projection for query, key and value of which the key has no bias, exact GELU, no norm at the end.
"""
import json
import pathlib

import torch
from PIL import Image, ImageDraw
from safetensors.torch import save_file
from torch.nn import functional
from transformers import BertTokenizer

CONSUMERS = pathlib.Path(__file__).resolve().parents[2] / "Tests/Consumers"
SENTENCE = "Two small RED squares, left of a café's unbelievable #1 sign!"
WORDS = """two small red square left of a cafe un ##believ ##able sign ##s # 1 ! , ' s""".split()
SIZE, PATCH, WIDTH, HEADS, LAYERS, MLP = 16, 4, 24, 3, 2, int(24 * 4.3637)
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711])


def tokenizer_files(folder):
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    ids = BertTokenizer(str(folder / "vocab.txt"))(SENTENCE)["input_ids"]
    (folder / "sentence.txt").write_text(SENTENCE)
    (folder / "ids.txt").write_text(" ".join(map(str, ids)) + "\n")


def weights():
    generator = torch.Generator().manual_seed(42)

    def normal(*shape, deviation=0.2, mean=0.0):
        return mean + deviation * torch.randn(*shape, generator=generator)

    tensors = {
        "cls_token": normal(1, 1, WIDTH),
        "pos_embed": normal(1, 1 + (SIZE // PATCH) ** 2, WIDTH),
        "patch_embed.proj.weight": normal(WIDTH, 3, PATCH, PATCH),
        "patch_embed.proj.bias": normal(WIDTH),
    }
    for layer in range(LAYERS):
        block = {
            "norm1.weight": normal(WIDTH, mean=1.0),
            "norm1.bias": normal(WIDTH),
            "attn.q_bias": normal(WIDTH),
            "attn.v_bias": normal(WIDTH),
            "attn.qkv.weight": normal(3 * WIDTH, WIDTH),
            "attn.proj.weight": normal(WIDTH, WIDTH),
            "attn.proj.bias": normal(WIDTH),
            "norm2.weight": normal(WIDTH, mean=1.0),
            "norm2.bias": normal(WIDTH),
            "mlp.fc1.weight": normal(MLP, WIDTH),
            "mlp.fc1.bias": normal(MLP),
            "mlp.fc2.weight": normal(WIDTH, MLP),
            "mlp.fc2.bias": normal(WIDTH),
        }
        tensors.update({f"blocks.{layer}.{name}": tensor for name, tensor in block.items()})
    return tensors


def attention(x, w):
    bias = torch.cat([w["attn.q_bias"], torch.zeros(WIDTH, dtype=x.dtype), w["attn.v_bias"]])
    fused = functional.linear(x, w["attn.qkv.weight"], bias)
    query, key, value = fused.reshape(len(x), -1, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
    scores = (query * (WIDTH // HEADS) ** -0.5) @ key.transpose(-2, -1)
    mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(x.shape)
    return functional.linear(mixed, w["attn.proj.weight"], w["attn.proj.bias"])


def block(x, w):
    norm = lambda name: functional.layer_norm(x, [WIDTH], w[f"{name}.weight"], w[f"{name}.bias"], 1e-6)
    x = x + attention(norm("norm1"), w)
    hidden = functional.gelu(functional.linear(norm("norm2"), w["mlp.fc1.weight"], w["mlp.fc1.bias"]))
    return x + functional.linear(hidden, w["mlp.fc2.weight"], w["mlp.fc2.bias"])


def encode(pixels, w):
    patches = functional.conv2d(pixels, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=PATCH)
    x = torch.cat([w["cls_token"], patches.flatten(2).transpose(1, 2)], dim=1) + w["pos_embed"]
    for layer in range(LAYERS):
        prefix = f"blocks.{layer}."
        x = block(x, {name[len(prefix):]: tensor for name, tensor in w.items() if name.startswith(prefix)})
    return x


def picture():
    image = Image.new("RGB", (75, 58), (90, 140, 190))
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 10, 34, 44), fill=(200, 40, 30))
    draw.ellipse((38, 18, 70, 50), fill=(240, 220, 60), outline=(10, 10, 10), width=2)
    return image


def vision_files(folder):
    folder.mkdir(parents=True, exist_ok=True)
    picture().save(folder / "picture.jpg", quality=90)
    save_file(weights(), folder / "encoder.safetensors")
    resized = Image.open(folder / "picture.jpg").convert("RGB").resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    levels = torch.frombuffer(bytearray(resized.tobytes()), dtype=torch.uint8).reshape(SIZE, SIZE, 3)
    pixels = ((levels / 255 - MEAN) / DEVIATION).permute(2, 0, 1)[None]
    features = encode(pixels.double(), {name: tensor.double() for name, tensor in weights().items()})[0]
    lines = [" ".join(f"{value:.6f}" for value in row) for row in features.tolist()]
    (folder / "features.txt").write_text("\n".join(lines) + "\n")
    print("largest feature", features.abs().max().item())


tokenizer_files(CONSUMERS / "TextTokenizers/Fixtures")
vision_files(CONSUMERS / "VisionEncoder/Fixtures")
