#!/usr/bin/env python3
"""Proves that transformers opens a captioner's folder that this project wrote, and computes what this project computes.

    python Tools/oracles/captioner_folder.py --model .demo/pformer/finetune/model     proves it of this folder
    python Tools/oracles/captioner_folder.py                                          makes the fixture of the tests

Both want a release build of the tools world, train and caption. Without --model a captioner is trained for a few steps
at very small sizes by the recipes of the small world, and becomes Tests/BLIP2Tests/Fixtures/captioner. The folder is
opened by `Blip2ForConditionalGeneration`, which must find every weight and no other. What it computes in float64 -
outputs of the parts, logits with and without padding, generated ids - is stored beside a copy of the folder, as
io.safetensors and meta.json, and the test CaptionerFolderTests compares it with ours.

Made with Python 3.11, torch 2.13.0, transformers 5.23.0, tokenizers 0.23.3 and Pillow 13.0.0.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import AutoImageProcessor, AutoTokenizer, Blip2ForConditionalGeneration

ROOT = pathlib.Path(__file__).parents[2]
FIXTURE = ROOT / "Tests/BLIP2Tests/Fixtures/captioner"
RECIPES = ROOT / "Apps/train/recipes/world"
BUILT = ROOT / ".build/release"
SEED = 7
SIZES = "width=16 {0}.layers=2 {0}.heads=2 {0}.hidden_width=24 {0}.initializer_range=0.3"
TEST = "swift test -c release --disable-xctest --disable-testable-imports --filter CaptionerFolderTests"
# Where this project and transformers mean the same. With beams a length penalty of 0: ours counts the prompt, as LAVIS's
# release of transformers did, and the present one does not.
OPTIONS = [
    {"num_beams": 1, "max_new_tokens": 16},
    {"num_beams": 1, "max_new_tokens": 16, "min_new_tokens": 8},
    {"num_beams": 1, "max_new_tokens": 16, "repetition_penalty": 1.5},
    {"num_beams": 4, "max_new_tokens": 16, "length_penalty": 0.0},
    {"num_beams": 4, "max_new_tokens": 16, "length_penalty": 0.0, "min_new_tokens": 8, "repetition_penalty": 1.2},
]


def run(*command, **settings):
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, **settings)


def trained(folder):
    """A captioner that the recipes of the small world trained a little, at very small sizes."""
    run(BUILT / "world", "--output", folder / "world", "--train", 24, "--test", 4, "--sentences", 60, "--size", 32)

    def train(recipe, output, *options):
        text = (RECIPES / f"{recipe}.yaml").read_text().replace(".demo/", f"{folder}/")
        (folder / f"{recipe}.yaml").write_text(text)
        run(BUILT / "train", "--cfg-path", folder / f"{recipe}.yaml", "--output-dir", folder / output,
            "--options", *" ".join(options).split(), "run.batch_size_train=8")
        return folder / output / "model"

    pixels = "datasets.pairs.image_size=32"
    train("vision", "vision", "model.vision.image_size=32 model.vision.patch_size=16 model.vision." +
          SIZES.format("model.vision"), "model.text." + SIZES.format("model.text"), pixels, "run.max_epoch=0.5")
    train("language", "language", "model.block_length=32 model.language." + SIZES.format("model.language"),
          "run.max_epoch=60")
    train("stage1", "baseline/stage1", pixels, "model.num_query_token=4 run.max_epoch=0.5")
    return train("stage2", "baseline/stage2", pixels, "run.max_epoch=4 model.prompt=a")


def opened(folder):
    model, report = Blip2ForConditionalGeneration.from_pretrained(
        folder, output_loading_info=True, dtype=torch.float32)
    wrong = {kind: sorted(keys) for kind, keys in report.items() if keys}
    if wrong:
        raise SystemExit(f"{folder}: transformers does not find what it wants: {wrong}")
    return model.double().eval()


def inputs(model):
    """Pictures of noise, and texts of equal and of unequal length behind the places of the query vectors."""
    config, generator = model.config, torch.Generator().manual_seed(SEED)
    size, words = config.vision_config.image_size, config.text_config
    pixels = torch.randn(3, 3, size, size, generator=generator)
    text = torch.randint(3, config.image_token_index, (3, 5), generator=generator)
    text[text == words.eos_token_id] = words.bos_token_id
    begun = torch.cat([torch.full((3, 1), words.bos_token_id), text], 1)
    queries = torch.full((3, config.num_query_tokens), config.image_token_index)
    unequal = torch.stack([torch.roll(row, count) for count, row in enumerate(begun)])
    mask = torch.ones_like(unequal)
    for count in range(3):
        unequal[count, :count], mask[count, :count] = words.pad_token_id, 0
    return pixels, {
        "prompt": (torch.cat([queries, begun], 1), torch.ones(3, queries.shape[1] + begun.shape[1]).long()),
        "padded": (torch.cat([queries, unequal], 1), torch.cat([torch.ones_like(queries), mask], 1)),
    }


@torch.no_grad()
def examine(folder):
    """Adds to a captioner's folder what transformers computes with it."""
    model = opened(folder)
    pixels, texts = inputs(model)
    values = {"pixel_values": pixels}
    generated = []
    for kind, (ids, mask) in texts.items():
        prefix = "" if kind == "prompt" else f"{kind}/"
        seen = model(pixel_values=pixels.double(), input_ids=ids, attention_mask=mask)
        values |= {f"{prefix}input_ids": ids, f"{prefix}attention_mask": mask, f"{prefix}logits": seen.logits}
        for options in OPTIONS:
            rows = model.generate(pixel_values=pixels.double(), input_ids=ids, attention_mask=mask, do_sample=False,
                                  **options)
            generated.append({"inputs": kind, "options": options, "ids": rows.tolist()})
    values["vision/last_hidden_state"] = seen.vision_outputs.last_hidden_state
    values["qformer/last_hidden_state"] = seen.qformer_outputs.last_hidden_state
    values["language_projection"] = model.language_projection(seen.qformer_outputs.last_hidden_state)
    save_file({name: (value.float() if value.is_floating_point() else value).contiguous().clone()
               for name, value in values.items()}, folder / "io.safetensors")
    meta = {"image_token_index": model.config.image_token_index, "num_query_tokens": model.config.num_query_tokens,
            "generate": generated}
    (folder / "meta.json").write_text(json.dumps(meta) + "\n")
    return model


@torch.no_grad()
def compare_captions(model, folder, pictures):
    """The caption app and transformers, each from the folder alone, say the same of pictures."""
    if not pictures:
        return
    tokenizer, processor = AutoTokenizer.from_pretrained(folder), AutoImageProcessor.from_pretrained(folder)
    prompt = json.loads((folder / "generation_config.json").read_text())["prompt"]
    start = torch.tensor([[model.config.image_token_index] * model.config.num_query_tokens
                          + tokenizer(prompt)["input_ids"]])
    ours = subprocess.run([BUILT / "caption", "--model", folder, "--num-beams", "1", "--min-length", "0", *pictures],
                          check=True, capture_output=True, text=True).stdout.splitlines()
    for picture, line in zip(pictures, ours, strict=True):
        pixels = processor(Image.open(picture).convert("RGB"), return_tensors="pt")["pixel_values"].double()
        rows = model.generate(pixel_values=pixels, input_ids=start, attention_mask=torch.ones_like(start),
                              do_sample=False, num_beams=1, max_new_tokens=30)
        theirs = tokenizer.decode(rows[0, start.shape[1]:], skip_special_tokens=True).strip()
        if line != f"{picture}\t{theirs}":
            raise SystemExit(f"{picture}: caption says {line!r}, transformers {theirs!r}")
    print(f"{len(pictures)} captions are equal")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=pathlib.Path, help="a captioner's folder")
    parser.add_argument("--pictures", type=pathlib.Path, nargs="*", default=[], help="pictures to caption")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        copy = folder / "captioner"
        shutil.copytree(arguments.model or trained(folder), copy)
        pictures = arguments.pictures or sorted(folder.glob("world/images/*/*"))
        compare_captions(examine(copy), copy, pictures)
        if arguments.model is None:
            shutil.rmtree(FIXTURE, ignore_errors=True)
            shutil.copytree(copy, FIXTURE, copy_function=shutil.copyfile)
        run(*TEST.split(), env={**os.environ, "BLIP_CAPTIONER": str(copy)})


if __name__ == "__main__":
    main()
