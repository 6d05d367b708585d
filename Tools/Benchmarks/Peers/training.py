"""The training steps of `benchmarks training` in PyTorch, for comparison; run by the benchmark, which writes a line
`<model> <adamw> <steps>` (model: vit, qformer, opt; adamw: plain, fused) and reads the seconds a step took.

Plain torch modules, eager, float32: pre-norm blocks (the Q-Former: post-norm), linear layers with biases, fused
scaled_dot_product_attention, no dropout. The sizes are those of TrainingModels.swift.
usage: training.py THREADS"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH, HEADS, HIDDEN, LAYERS, BATCH = 128, 4, 512, 4, 32
VOCABULARY, TOKENS, QUERIES, VECTORS = 1000, 32, 16, 65


class Attention(nn.Module):
    def __init__(self, crosses=False):
        super().__init__()
        self.crosses = crosses
        if crosses:
            self.query, self.key_value = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH)
        else:
            self.fused = nn.Linear(WIDTH, 3 * WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)

    def forward(self, x, memory=None, causal=False):
        batch, rows, _ = x.shape
        heads = lambda t, parts: t.view(batch, -1, parts, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        if self.crosses:
            (query,), (key, value) = heads(self.query(x), 1), heads(self.key_value(memory), 2)
        else:
            query, key, value = heads(self.fused(x), 3)
        result = F.scaled_dot_product_attention(query, key, value, is_causal=causal)
        return self.output(result.transpose(1, 2).reshape(batch, rows, WIDTH))


class Block(nn.Module):
    def __init__(self, activation, causal=False):
        super().__init__()
        self.norm1, self.attention, self.norm2 = nn.LayerNorm(WIDTH), Attention(), nn.LayerNorm(WIDTH)
        self.expansion, self.contraction = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)
        self.activation, self.causal = activation, causal

    def forward(self, x):
        x = x + self.attention(self.norm1(x), causal=self.causal)
        return x + self.contraction(self.activation(self.expansion(self.norm2(x))))


class ViT(nn.Module):
    """64 x 64 pixels in patches of 8, a class token, and cross-entropy over 10 classes from it."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, 8, 8)
        self.token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.positions = nn.Parameter(torch.randn(1, VECTORS, WIDTH) * 0.02)
        self.blocks = nn.Sequential(*[Block(F.gelu) for _ in range(LAYERS)])
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 10)
        self.pixels, self.labels = torch.randn(BATCH, 3, 64, 64), torch.randint(0, 10, (BATCH,))

    def loss(self):
        x = self.patches(self.pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(BATCH, -1, -1), x], 1) + self.positions
        return F.cross_entropy(self.head(self.norm(self.blocks(x))[:, 0]), self.labels)


class QFormer(nn.Module):
    """Learned queries, cross-attention in every second layer, and the mean of the squared result."""

    def __init__(self):
        super().__init__()
        self.queries = nn.Parameter(torch.randn(1, QUERIES, WIDTH) * 0.02)
        self.norm = nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(self.layer(crosses=index % 2 == 0) for index in range(LAYERS))
        self.image = torch.randn(BATCH, VECTORS, WIDTH)

    @staticmethod
    def layer(crosses):
        norms = [nn.LayerNorm(WIDTH) for _ in range(3 if crosses else 2)]
        cross = [Attention(crosses=True)] if crosses else []
        parts = {"attention": Attention(), "expansion": nn.Linear(WIDTH, HIDDEN)}
        parts |= {"contraction": nn.Linear(HIDDEN, WIDTH)}
        return nn.ModuleDict(parts | {"cross": nn.ModuleList(cross), "norms": nn.ModuleList(norms)})

    def loss(self):
        x = self.norm(self.queries).expand(BATCH, -1, -1)
        for layer in self.layers:
            norms = iter(layer["norms"])
            x = next(norms)(x + layer["attention"](x))
            for cross in layer["cross"]:
                x = next(norms)(x + cross(x, self.image))
            x = next(norms)(x + layer["contraction"](F.gelu(layer["expansion"](x))))
        return x.square().mean()


class OPT(nn.Module):
    """A causal decoder with a tied head, and cross-entropy of the next token."""

    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(TOKENS, WIDTH)
        self.blocks = nn.Sequential(*[Block(F.relu, causal=True) for _ in range(LAYERS)])
        self.norm = nn.LayerNorm(WIDTH)
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.ids = torch.randint(0, VOCABULARY, (BATCH, TOKENS + 1))

    def loss(self):
        x = self.blocks(self.tokens(self.ids[:, :-1]) + self.positions.weight)
        logits = F.linear(self.norm(x), self.tokens.weight)
        return F.cross_entropy(logits.flatten(0, 1), self.ids[:, 1:].flatten())


def main():
    torch.manual_seed(0)
    torch.set_num_threads(int(sys.argv[1]))
    models = {"vit": ViT, "qformer": QFormer, "opt": OPT}
    runs = {}
    print(f"PyTorch {torch.__version__}", flush=True)
    for line in sys.stdin:
        name, kind, count = line.split()
        if (name, kind) not in runs:
            model = models[name]()
            fused = {"fused": True} if kind == "fused" else {}
            runs[name, kind] = model, torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.05, **fused)
        model, optimizer = runs[name, kind]

        def step():
            optimizer.zero_grad(set_to_none=True)
            model.loss().backward()
            optimizer.step()

        step()
        began = time.perf_counter()
        for _ in range(int(count)):
            step()
        print((time.perf_counter() - began) / int(count), flush=True)


main()
