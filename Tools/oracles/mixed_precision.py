"""Makes Tests/TensorsTests/Fixtures/mixed_precision.safetensors: products whose operands are rounded to bfloat16.

    python Tools/oracles/mixed_precision.py

Made with Python 3.11, torch 2.15.0 and safetensors 0.8.0 on a processor, seed 20240. The arithmetic is that of training in
mixed precision: the operands of each product of a linear layer and of attention, forward and back, are rounded to bfloat16
(to nearest even), and everything else is exact. Sums are in float64; results are rounded to float32 when stored. Weights
stay as they are and are rounded for each product.

`linear` and `attention`: <name>.input.N, <name>.cotangent, <name>.output, <name>.gradient.N. `steps`: three steps of AdamW
on a transformer block: steps.weight.NAME at the start, steps.ids.STEP and steps.labels.STEP, steps.loss.STEP and
steps.gradient.STEP.NAME (of the first step), steps.trained.NAME at the end.
"""
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

TARGET = pathlib.Path(__file__).parents[2] / "Tests/TensorsTests/Fixtures/mixed_precision.safetensors"
HEADS, SCALE = 3, 0.3
generator = torch.Generator().manual_seed(20240)
fixture = {}


def normal(*shape, scale=1.0):
    return torch.randn(shape, generator=generator) * scale


def rounded(x):
    return x.to(torch.bfloat16).to(x.dtype)


def store(name, value):
    value = value.detach()
    fixture[name] = (value.float() if value.is_floating_point() else value.int()).clone().contiguous()


class Linear(torch.autograd.Function):
    """x · weightᵀ of two matrices."""

    @staticmethod
    def forward(context, x, weight):
        context.save_for_backward(x, weight)
        return rounded(x) @ rounded(weight).T

    @staticmethod
    def backward(context, gradient):
        x, weight = context.saved_tensors
        return rounded(gradient) @ rounded(weight), rounded(gradient).T @ rounded(x)


def linear(x, weight, bias=None):
    result = Linear.apply(x.flatten(0, -2), weight).unflatten(0, x.shape[:-1])
    return result if bias is None else result + bias


class Attention(torch.autograd.Function):
    """softmax(scale · query · keyᵀ + bias) · value of [batch, heads, rows, width]. The derivative of the probabilities takes
    their mean from the result, as kernels do that do not keep them."""

    @staticmethod
    def forward(context, query, key, value, bias):
        probabilities = (SCALE * (rounded(query) @ rounded(key).mT) + bias).softmax(-1)
        output = rounded(probabilities) @ rounded(value)
        context.save_for_backward(query, key, value, probabilities, output)
        return output

    @staticmethod
    def backward(context, gradient):
        query, key, value, probabilities, output = context.saved_tensors
        by_probabilities = rounded(gradient) @ rounded(value).mT
        mean = (gradient * output).sum(-1, keepdim=True)
        by_scores = SCALE * probabilities * (by_probabilities - mean)
        return (
            rounded(by_scores) @ rounded(key),
            rounded(by_scores).mT @ rounded(query),
            rounded(probabilities).mT @ rounded(gradient),
            None,
        )


def attend(query, key, value, bias):
    heads = [x.unflatten(-1, (HEADS, -1)).transpose(1, 2) for x in (query, key, value)]
    return Attention.apply(*heads, bias).transpose(1, 2).flatten(2)


def record(name, function, *inputs):
    leaves = [value.double().requires_grad_() for value in inputs]
    output = function(*leaves)
    cotangent = normal(*output.shape)
    gradients = torch.autograd.grad((output * cotangent.double()).sum(), leaves)
    for number, (value, gradient) in enumerate(zip(inputs, gradients)):
        store(f"{name}.input.{number}", value)
        store(f"{name}.gradient.{number}", gradient)
    store(f"{name}.output", output)
    store(f"{name}.cotangent", cotangent)


def causal(tokens):
    return torch.full((tokens, tokens), -1e9, dtype=torch.float64).triu(1)


def steps():
    vocabulary, tokens, width, batch = 41, 19, 24, 3
    shapes = {
        "table": (vocabulary, width), "norm": (width,), "normBias": (width,), "fused": (3 * width, width),
        "fusedBias": (3 * width,), "output": (width, width), "inner": (4 * width, width), "innerBias": (4 * width,),
        "outer": (width, 4 * width),
    }
    weights = {name: normal(*shape, scale=0.2).double() for name, shape in shapes.items()}
    weights["norm"] += 1
    for name, weight in weights.items():
        store(f"steps.weight.{name}", weight)
        weight.copy_(weight.float())
        weight.requires_grad_()
    optimizer = torch.optim.AdamW(weights.values(), lr=1e-2, weight_decay=0.05)
    for step in range(3):
        ids = torch.randint(0, vocabulary, (batch, tokens + 1), generator=generator)
        store(f"steps.ids.{step}", ids)
        w = weights
        x = w["table"][ids[:, :-1]]
        normed = F.layer_norm(x, (width,), w["norm"], w["normBias"], 1e-5)
        query, key, value = linear(normed, w["fused"], w["fusedBias"]).chunk(3, -1)
        x = x + linear(attend(query, key, value, causal(tokens)), w["output"])
        x = x + linear(F.gelu(linear(x, w["inner"], w["innerBias"])), w["outer"])
        loss = F.cross_entropy(linear(x, w["table"]).flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        store(f"steps.loss.{step}", loss)
        if step == 0:
            for name, weight in weights.items():
                store(f"steps.gradient.{name}", weight.grad)
        optimizer.step()
    for name, weight in weights.items():
        store(f"steps.trained.{name}", weight)


record("linear", linear, normal(5, 41, 67), normal(59, 67), normal(59))
record("fewRows", linear, normal(3, 131), normal(31, 131), normal(31))
record("longSums", linear, normal(9, 1031), normal(17, 1031), normal(17))
record("attention", lambda q, k, v: attend(q, k, v, causal(29)), *[normal(2, 29, 3 * 16) for _ in range(3)])
steps()
save_file(fixture, TARGET)
