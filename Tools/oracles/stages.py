"""Makes Tests/BLIP2Tests/Fixtures/stages: what PyTorch says of the losses of every stage, with and without P-Former.

    python Tools/oracles/stages.py

Made with Python 3.11, torch 2.15.0 and safetensors 0.8.0 on a processor. The models are written out below from their
published description, under the names of the original's checkpoints. Weights and inputs are float32 numbers, drawn by
name from SEED; PyTorch computes with them in float64, and results are rounded to float32 when stored.

Each folder has the layout of a run of the original code: meta.json (sizes, draws, token ids), model.safetensors, and
io.safetensors (in/, tok/, rand/: inputs; act/, loss/, grad/: results).
"""
import json
import math
import pathlib
import zlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

SEED = 20231
TARGET = pathlib.Path(__file__).parents[2] / "Tests/BLIP2Tests/Fixtures/stages"
BATCH, TOKENS, QUERIES, PATCH, IMAGE = 3, 5, 4, 4, 12
SIZES = dict(h=8, layers=2, heads=2, inter=12, vdepth=2, vheads=3, oh=10, olayers=2, oheads=2, offn=14, opos=24)
VISION, WORDS, LANGUAGE_WORDS, POSITIONS, CONTRAST = 12, 30, 25, 16, 6
PAD, CLS, SEP, MASK, DEC = 0, 1, 2, 3, WORDS
LANGUAGE_PAD, LANGUAGE_BOS = 1, 2


def draw(name, *shape):
    generator = torch.Generator().manual_seed(SEED + zlib.crc32(name.encode()))
    return torch.randn(shape, generator=generator)


class Run:
    """One forward and backward pass: makes weights when they are first asked for, and records what is computed."""

    def __init__(self, name, frozen):
        self.name, self.frozen = name, frozen
        self.weights, self.values, self.calls = {}, {}, {}

    def weight(self, name, *shape, scale=0.3, offset=0.0):
        if name not in self.weights:
            drawn = draw(f"{self.name}/{name}", *shape) * scale + offset
            self.weights[name] = drawn.double().requires_grad_(not name.startswith(tuple(self.frozen)))
        return self.weights[name]

    def act(self, value, part, field="out"):
        call = self.calls.get((part, field), 0)
        self.calls[part, field] = call + 1
        self.values[f"act/{part}#{call}/{field}"] = value
        return value

    def linear(self, value, name, outputs):
        return F.linear(
            value, self.weight(name + ".weight", outputs, value.shape[-1]), self.weight(name + ".bias", outputs))

    def norm(self, value, name, epsilon):
        width = value.shape[-1]
        return F.layer_norm(value, (width,), self.weight(name + ".weight", width, scale=0.1, offset=1.0),
                            self.weight(name + ".bias", width), epsilon)

    # Attention and the layers of the three kinds of transformer

    def attend(self, query, key, value, heads, hidden=None):
        def split(x):
            return x.unflatten(-1, (heads, -1)).transpose(1, 2)
        scores = split(query) @ split(key).transpose(-1, -2) / math.sqrt(query.shape[-1] // heads)
        if hidden is not None:
            scores = scores.masked_fill(hidden, -1e9)
        return (scores.softmax(-1) @ split(value)).transpose(1, 2).flatten(2)

    def bert_attention(self, value, name, memory=None, past=None, hidden=None):
        width, memory = value.shape[-1], value if memory is None else memory
        query = self.linear(value, name + ".self.query", width)
        key, values = (self.linear(memory, f"{name}.self.{part}", width) for part in ("key", "value"))
        own = (key, values)
        if past is not None:
            key, values = (torch.cat(pair, 1) for pair in zip(past, own))
        seen = self.attend(query, key, values, SIZES["heads"], hidden)
        projected = self.linear(seen, name + ".output.dense", width)
        return self.norm(projected + value, name + ".output.LayerNorm", 1e-12), own

    def bert_forward(self, value, name, suffix=""):
        inner = F.gelu(self.linear(value, f"{name}.intermediate{suffix}.dense", SIZES["inter"]))
        outer = self.linear(inner, f"{name}.output{suffix}.dense", value.shape[-1])
        return self.norm(outer + value, f"{name}.output{suffix}.LayerNorm", 1e-12)

    def vision(self):
        self.values["in/image"] = draw("image", BATCH, 3, IMAGE, IMAGE)
        name, grid = "visual_encoder", IMAGE // PATCH
        kernel = self.weight(f"{name}.patch_embed.proj.weight", VISION, 3, PATCH, PATCH)
        bias = self.weight(f"{name}.patch_embed.proj.bias", VISION)
        patches = F.conv2d(self.values["in/image"].double(), kernel, bias, stride=PATCH).flatten(2).transpose(1, 2)
        self.act(patches, f"{name}.patch_embed")
        first = self.weight(f"{name}.cls_token", 1, 1, VISION).expand(BATCH, -1, -1)
        stream = torch.cat([first, patches], 1) + self.weight(f"{name}.pos_embed", 1, grid * grid + 1, VISION)
        for index in range(SIZES["vdepth"]):
            block = f"{name}.blocks.{index}"
            bias = torch.cat([self.weight(f"{block}.attn.q_bias", VISION), torch.zeros(VISION),
                              self.weight(f"{block}.attn.v_bias", VISION)])
            qkv = F.linear(self.norm(stream, f"{block}.norm1", 1e-6),
                           self.weight(f"{block}.attn.qkv.weight", 3 * VISION, VISION), bias)
            seen = self.attend(*qkv.chunk(3, -1), SIZES["vheads"])
            stream = stream + self.linear(seen, f"{block}.attn.proj", VISION)
            inner = F.gelu(self.linear(self.norm(stream, f"{block}.norm2", 1e-6), f"{block}.mlp.fc1", 16))
            stream = stream + self.linear(inner, f"{block}.mlp.fc2", VISION)
        return self.act(self.norm(self.act(stream, name), "ln_vision", 1e-5), "ln_vision")

    def embed_text(self, ids, name, words):
        places = self.weight(f"{name}.position_embeddings.weight", POSITIONS, SIZES["h"])[: ids.shape[1]]
        return self.weight(f"{name}.word_embeddings.weight", words, SIZES["h"])[ids] + places

    def qformer(self, queries=None, ids=None, image=None, past=None, hidden=None):
        """The Q-Former over queries, text, or both; returns the last hidden states and each layer's keys and values."""
        name = "Qformer.bert.embeddings"
        pieces = [] if queries is None else [queries]
        if ids is not None:
            pieces.append(self.embed_text(ids, name, WORDS + 1))
        stream = self.act(self.norm(torch.cat(pieces, 1), f"{name}.LayerNorm", 1e-12), name)
        count, memory = 0 if queries is None else queries.shape[1], []
        for index in range(SIZES["layers"]):
            layer = f"Qformer.bert.encoder.layer.{index}"
            stream, own = self.bert_attention(
                stream, f"{layer}.attention", past=None if past is None else past[index], hidden=hidden)
            memory.append(own)
            query, text = stream[:, :count], stream[:, count:]
            if count > 0:
                if index % 2 == 0:
                    query, _ = self.bert_attention(query, f"{layer}.crossattention", memory=image)
                query = self.bert_forward(query, layer, "_query")
            if text.shape[1] > 0:
                text = self.bert_forward(text, layer)
            stream = torch.cat([query, text], 1)
        return self.act(stream, "Qformer.bert", "last_hidden_state"), memory

    def queries(self):
        return self.weight("query_tokens", 1, QUERIES, SIZES["h"])

    def pformer(self, ids, mask):
        name, width = "Pformer", SIZES["h"]
        types = self.weight(f"{name}.embeddings.token_type_embeddings.weight", 2, width)[0]
        embedded = self.embed_text(ids, f"{name}.embeddings", WORDS) + types
        stream = self.act(self.norm(embedded, f"{name}.embeddings.LayerNorm", 1e-12), f"{name}.embeddings")
        for index in range(SIZES["layers"]):
            layer = f"{name}.encoder.layer.{index}"
            stream, _ = self.bert_attention(stream, f"{layer}.attention", hidden=(mask == 0)[:, None, None, :])
            stream = self.bert_forward(stream, layer)
        sentence = self.act(stream, f"{name}.encoder", "last_hidden_state")[:, 0]
        prompt = self.act(self.linear(sentence, f"{name}.cls_proj", QUERIES * width), f"{name}.cls_proj")
        pooled = torch.tanh(self.linear(prompt.unflatten(-1, (QUERIES, width)), f"{name}.pooler.0", width))
        return sentence, self.act(self.linear(pooled, f"{name}.opt_proj", SIZES["oh"]), f"{name}.opt_proj")

    def opt(self, prefix, ids, mask):
        """The language model's loss on a text after vectors; the first token is predicted from the last vector."""
        name, width = "opt_model.model.decoder", SIZES["oh"]
        table = self.weight(f"{name}.embed_tokens.weight", LANGUAGE_WORDS, width)
        self.weights["opt_model.lm_head.weight"] = table
        mask = torch.cat([torch.ones(BATCH, QUERIES, dtype=mask.dtype), mask], 1)
        places = mask.cumsum(1) * mask - 1 + 2
        positions = self.weight(f"{name}.embed_positions.weight", SIZES["opos"] + 2, width)
        stream = torch.cat([prefix, table[ids]], 1) + positions[places]
        count = stream.shape[1]
        hidden = torch.ones(count, count).triu(1).bool() | (mask == 0)[:, None, None, :]
        for index in range(SIZES["olayers"]):
            layer = f"{name}.layers.{index}"
            normed = self.norm(stream, f"{layer}.self_attn_layer_norm", 1e-5)
            query, key, value = (self.linear(normed, f"{layer}.self_attn.{part}_proj", width) for part in "qkv")
            seen = self.attend(query, key, value, SIZES["oheads"], hidden)
            stream = stream + self.linear(seen, f"{layer}.self_attn.out_proj", width)
            normed = self.norm(stream, f"{layer}.final_layer_norm", 1e-5)
            inner = F.relu(self.linear(normed, f"{layer}.fc1", SIZES["offn"]))
            stream = stream + self.linear(inner, f"{layer}.fc2", width)
        logits = self.act(F.linear(self.norm(stream, f"{name}.final_layer_norm", 1e-5), table), "opt_model", "logits")
        labels = torch.cat([torch.full((BATCH, QUERIES), -100), ids.masked_fill(mask[:, QUERIES:] == 0, -100)], 1)
        return self.act(F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()), "opt_model", "loss")

    # Texts and results

    def text(self, kind, first, words, pad, last=None):
        ids = 4 + draw(f"{self.name}/{kind}", BATCH, TOKENS).abs().mul(1000).long() % (words - 4)
        lengths = torch.tensor([TOKENS, TOKENS - 1, TOKENS - 2])
        mask = (torch.arange(TOKENS) < lengths[:, None]).long()
        ids[:, 0] = first
        if last is not None:
            ids[torch.arange(BATCH), lengths - 1] = last
        ids = ids.masked_fill(mask == 0, pad)
        self.values[f"tok/{kind}_ids"], self.values[f"tok/{kind}_mask"] = ids, mask
        return ids, mask

    def finish(self, kind, losses, multinomial=()):
        total = sum(losses.values())
        losses = {"loss": total, **losses}
        trained = {name: value for name, value in self.weights.items() if value.requires_grad}
        for (name, _), gradient in zip(trained.items(), torch.autograd.grad(total, list(trained.values()))):
            self.values[f"grad/{name}"] = gradient
        for part in ("Qformer.bert", "Pformer"):
            if any(name.startswith(part) for name in self.weights):
                self.weights[f"{part}.embeddings.position_ids"] = torch.arange(POSITIONS)[None]
        self.values |= {f"loss/{name}": value for name, value in losses.items()}
        folder = TARGET / self.name
        folder.mkdir(parents=True, exist_ok=True)
        save(self.weights, folder / "model.safetensors")
        save(self.values, folder / "io.safetensors")
        meta = {
            "class": f"reference.{kind}", "weights": "model.safetensors", "text_input": [], "mse_align_unweighted": [],
            "kwargs": {"img_size": IMAGE, "num_query_token": QUERIES, "embed_dim": CONTRAST, "loss_weight": 2.0},
            "config": SIZES, "random": [{"kind": "multinomial", "value": [value]} for value in multinomial],
            "sentence_ids": {"padding": PAD, "classification": CLS, "separator": SEP, "mask": MASK, "decoding": DEC},
        }
        (folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")


def save(tensors, file):
    save_file({name: (value.float() if value.is_floating_point() else value).detach().contiguous().clone()
               for name, value in tensors.items()}, file)


def smoothed(scores):
    return F.cross_entropy(scores, torch.arange(BATCH), label_smoothing=0.1)


def stage0():
    run = Run("prompts", ["opt_model"])
    ids, mask = run.text("bert", CLS, WORDS, PAD, SEP)
    hidden = draw("mask", BATCH, TOKENS) > 0.6
    run.values["rand/bernoulli_0"] = hidden.to(torch.uint8)
    sentence, prompt = run.pformer(ids.masked_fill(hidden & (ids != PAD) & (ids != CLS), MASK), mask)
    vectors = F.normalize(run.act(run.linear(sentence, "Pformer.text_proj", CONTRAST), "Pformer.text_proj"), dim=-1)
    contrast = smoothed(vectors @ vectors.detach().T / run.weight("Pformer.temp", scale=0, offset=0.07))
    language = run.opt(prompt, *run.text("opt", LANGUAGE_BOS, LANGUAGE_WORDS, LANGUAGE_PAD))
    table = run.weights["opt_model.lm_head.weight"]
    run.weights["opt_vocab_embeddings"] = table
    nearest = table[torch.cdist(prompt, table).argmin(-1)]
    run.finish("PformerOPT", {"loss_c": contrast, "loss_vq": F.mse_loss(prompt, nearest), "loss_lm": language})


def stage1(name, kind, aligned):
    run = Run(name, ["visual_encoder", "Pformer"])
    ids, mask = run.text("bert", CLS, WORDS, PAD, SEP)
    image = run.vision()
    seen, past = run.qformer(run.queries().expand(BATCH, -1, -1), image=image)
    texts, _ = run.qformer(ids=ids, hidden=(mask == 0)[:, None, None, :])
    images = F.normalize(run.act(run.linear(seen, "vision_proj", CONTRAST), "vision_proj"), dim=-1)
    texts = F.normalize(run.act(run.linear(texts[:, 0], "text_proj", CONTRAST), "text_proj"), dim=-1)
    temperature = run.weight("temp", scale=0, offset=0.07)
    to_texts = torch.einsum("iqc,tc->itq", images, texts.detach()).amax(-1) / temperature
    to_images = torch.einsum("tc,iqc->tiq", texts, images.detach()).amax(-1) / temperature
    # A negative image for each text, then a negative text for each image, fixed here.
    negative_images, negative_texts = [1, 2, 0], [2, 0, 1]
    pairs_ids, pairs_mask = (torch.cat([part, part, part[negative_texts]]) for part in (ids, mask))
    visible = torch.cat([torch.ones(3 * BATCH, QUERIES, dtype=mask.dtype), pairs_mask], 1)
    joint, _ = run.qformer(
        run.queries().expand(3 * BATCH, -1, -1), pairs_ids, torch.cat([image, image[negative_images], image]),
        hidden=(visible == 0)[:, None, None, :])
    matches = run.act(run.linear(joint[:, :QUERIES], "itm_head", 2), "itm_head").mean(1)
    matching = F.cross_entropy(matches, torch.tensor([1] * BATCH + [0] * 2 * BATCH))
    written = torch.cat([torch.full((BATCH, 1), DEC), ids[:, 1:]], 1)
    later = torch.cat([torch.zeros(TOKENS, QUERIES), torch.ones(TOKENS, TOKENS).triu(1)], 1).bool()
    states, _ = run.qformer(
        ids=written, past=past, hidden=later | (visible[:BATCH] == 0)[:, None, None, :])
    head = "Qformer.cls.predictions"
    states = F.gelu(run.linear(states, f"{head}.transform.dense", SIZES["h"]))
    states = run.norm(states, f"{head}.transform.LayerNorm", 1e-12)
    table, bias = run.weights["Qformer.bert.embeddings.word_embeddings.weight"], run.weight(f"{head}.bias", WORDS + 1)
    logits = run.act(F.linear(states, table, bias), "Qformer", "logits")
    writing = F.cross_entropy(logits[:, :-1].flatten(0, 1), written.masked_fill(mask == 0, -100)[:, 1:].flatten(),
                              label_smoothing=0.1)
    losses = {"loss_itc": (smoothed(to_texts) + smoothed(to_images)) / 2, "loss_itm": matching, "loss_lm": writing}
    if aligned:
        prompt = run.act(run.linear(seen, "opt_proj", SIZES["oh"]), "opt_proj")
        losses["loss_align"] = 2 * F.mse_loss(prompt, run.pformer(ids, mask)[1])
    run.finish(kind, losses, negative_images + negative_texts)


def stage2(name, kind, aligned):
    run = Run(name, ["visual_encoder", "Pformer", "opt_model"])
    seen, _ = run.qformer(run.queries().expand(BATCH, -1, -1), image=run.vision())
    prompt = run.act(run.linear(seen, "opt_proj", SIZES["oh"]), "opt_proj")
    sentence = run.text("bert", CLS, WORDS, PAD, SEP)
    losses = {"loss_lm": run.opt(prompt, *run.text("opt", LANGUAGE_BOS, LANGUAGE_WORDS, LANGUAGE_PAD))}
    if aligned:
        losses["loss_align"] = 2 * F.mse_loss(prompt, run.pformer(*sentence)[1])
    run.finish(kind, losses)


stage0()
stage1("representation", "Blip2Qformer", False)
stage1("representation_aligned", "Blip2QformerPformer", True)
stage2("captioning", "Blip2OPT", False)
stage2("captioning_aligned", "Blip2PformerOPT", True)
