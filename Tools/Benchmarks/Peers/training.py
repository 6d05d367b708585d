"""The training steps of `benchmarks training` in PyTorch, for comparison; run by the benchmark, which writes a line
`<model> <adamw> <steps>` (model: vit, qformer, opt; adamw: plain, fused) and reads the seconds a step took.

Plain torch modules, eager, in float32 or under autocast to bfloat16: pre-norm blocks (the Q-Former: post-norm), linear layers with biases, fused
scaled_dot_product_attention, no dropout. The sizes are those of TrainingSizes.swift, which come as JSON.
usage: training.py THREADS SIZES float32|bfloat16"""
import json
import sys
import time
from types import SimpleNamespace

import torch
import torch.nn as nn
import torch.nn.functional as F


class Attention(nn.Module):
    def __init__(self, sizes, memory_width=None):
        super().__init__()
        width, self.heads, self.crosses = sizes.width, sizes.heads, memory_width is not None
        if self.crosses:
            self.query, self.key_value = nn.Linear(width, width), nn.Linear(memory_width, 2 * width)
        else:
            self.fused = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, x, memory=None, causal=False):
        batch, rows, width = x.shape
        heads = lambda t, parts: t.view(batch, -1, parts, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        if self.crosses:
            (query,), (key, value) = heads(self.query(x), 1), heads(self.key_value(memory), 2)
        else:
            query, key, value = heads(self.fused(x), 3)
        result = F.scaled_dot_product_attention(query, key, value, is_causal=causal)
        return self.output(result.transpose(1, 2).reshape(batch, rows, width))


class Block(nn.Module):
    def __init__(self, sizes, activation, causal=False):
        super().__init__()
        width = sizes.width
        self.norm1, self.attention, self.norm2 = nn.LayerNorm(width), Attention(sizes), nn.LayerNorm(width)
        self.expansion, self.contraction = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.activation, self.causal = activation, causal

    def forward(self, x):
        x = x + self.attention(self.norm1(x), causal=self.causal)
        return x + self.contraction(self.activation(self.expansion(self.norm2(x))))


class ViT(nn.Module):
    """Square pictures in patches, a class token, and cross-entropy over 10 classes from it."""

    def __init__(self, sizes):
        super().__init__()
        width, patch, side = sizes.width, sizes.patch, sizes.image
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, (side // patch) ** 2 + 1, width) * 0.02)
        self.blocks = nn.Sequential(*[Block(sizes, F.gelu) for _ in range(sizes.layers)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 10)
        self.pixels, self.labels = torch.randn(sizes.batch, 3, side, side), torch.randint(0, 10, (sizes.batch,))

    def loss(self):
        x = self.patches(self.pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], 1) + self.positions
        return F.cross_entropy(self.head(self.norm(self.blocks(x))[:, 0]), self.labels)


class QFormer(nn.Module):
    """Learned queries, cross-attention in every second layer, and the mean of the squared result."""

    def __init__(self, sizes):
        super().__init__()
        self.queries = nn.Parameter(torch.randn(1, sizes.queries, sizes.width) * 0.02)
        self.norm = nn.LayerNorm(sizes.width)
        self.layers = nn.ModuleList(self.layer(sizes, crosses=index % 2 == 0) for index in range(sizes.layers))
        self.image = torch.randn(sizes.batch, sizes.vectors, sizes.imageWidth)

    @staticmethod
    def layer(sizes, crosses):
        width = sizes.width
        norms = [nn.LayerNorm(width) for _ in range(3 if crosses else 2)]
        cross = [Attention(sizes, sizes.imageWidth)] if crosses else []
        parts = {"attention": Attention(sizes), "expansion": nn.Linear(width, 4 * width)}
        parts |= {"contraction": nn.Linear(4 * width, width)}
        return nn.ModuleDict(parts | {"cross": nn.ModuleList(cross), "norms": nn.ModuleList(norms)})

    def loss(self):
        x = self.norm(self.queries).expand(len(self.image), -1, -1)
        for layer in self.layers:
            norms = iter(layer["norms"])
            x = next(norms)(x + layer["attention"](x))
            for cross in layer["cross"]:
                x = next(norms)(x + cross(x, self.image))
            x = next(norms)(x + layer["contraction"](F.gelu(layer["expansion"](x))))
        return x.square().mean()


class OPT(nn.Module):
    """A causal decoder with a tied head, and cross-entropy of the next token."""

    def __init__(self, sizes):
        super().__init__()
        width = sizes.width
        self.tokens, self.positions = nn.Embedding(sizes.vocabulary, width), nn.Embedding(sizes.tokens, width)
        self.blocks = nn.Sequential(*[Block(sizes, F.relu, causal=True) for _ in range(sizes.layers)])
        self.norm = nn.LayerNorm(width)
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.ids = torch.randint(0, sizes.vocabulary, (sizes.batch, sizes.tokens + 1))

    def loss(self):
        x = self.blocks(self.tokens(self.ids[:, :-1]) + self.positions.weight)
        logits = F.linear(self.norm(x), self.tokens.weight)
        return F.cross_entropy(logits.flatten(0, 1), self.ids[:, 1:].flatten())


def main():
    torch.manual_seed(0)
    torch.set_num_threads(int(sys.argv[1]))
    models = {"vit": ViT, "qformer": QFormer, "opt": OPT}
    sizes = {name: SimpleNamespace(**values) for name, values in json.loads(sys.argv[2]).items()}
    autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=sys.argv[3] == "bfloat16")
    runs = {}
    print(f"PyTorch {torch.__version__}", flush=True)
    for line in sys.stdin:
        name, kind, count = line.split()
        if (name, kind) not in runs:
            model = models[name](sizes[name])
            fused = {"fused": True} if kind == "fused" else {}
            runs[name, kind] = model, torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.05, **fused)
        model, optimizer = runs[name, kind]

        def step():
            optimizer.zero_grad(set_to_none=True)
            with autocast:
                loss = model.loss()
            loss.backward()
            optimizer.step()

        step()
        began = time.perf_counter()
        for _ in range(int(count)):
            step()
        print((time.perf_counter() - began) / int(count), flush=True)


main()
