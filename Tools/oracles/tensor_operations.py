"""Makes Tests/TensorsTests/Fixtures/tensor_operations.safetensors: what PyTorch says of each operation of Tensors.

    python Tools/oracles/tensor_operations.py

Made with Python 3.11, torch 2.15.0 and safetensors 0.8.0 on a processor; each case has its own seed (see `Case`).
Inputs are float32 numbers; PyTorch computes with them in float64, and results are rounded to float32 when stored.

Tensors of a case `name`: name.input.N are differentiated, name.constant.N and name.indices.N are not; name.output,
name.cotangent (drawn; the scalar that is differentiated is the sum of output * cotangent) and name.gradient.N.
"""
import pathlib
import zlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

SEED = 20230
TARGET = pathlib.Path(__file__).parents[2] / "Tests/TensorsTests/Fixtures/tensor_operations.safetensors"
fixture = {}

class Case:
    """One operation: draws operands, then records the result and the gradients of `function(*operands)`."""

    def __init__(self, name):
        self.name = name
        self.generator = torch.Generator().manual_seed(SEED + zlib.crc32(name.encode()))

    def normal(self, *shape, scale=1.0):
        return torch.randn(shape, generator=self.generator) * scale

    def positive(self, *shape):
        return torch.rand(shape, generator=self.generator) * 2 + 0.25

    def away_from_zero(self, *shape):
        """Nothing within 0.2 of 0, where a finite difference would straddle the kink of ReLU or a pole."""
        drawn = self.normal(*shape)
        return drawn + 0.2 * torch.where(drawn < 0, -1.0, 1.0)

    def well_apart(self, *shape):
        """A shuffle of multiples of a fifth, so that which element is greatest is not in doubt."""
        count = torch.Size(shape).numel()
        order = torch.randperm(count, generator=self.generator)
        return ((order - count / 2) / 5).float().reshape(shape)

    def indices(self, end, *shape):
        return torch.randint(0, end, shape, generator=self.generator, dtype=torch.int32)

    def record(self, function, *inputs, indices=(), constants=()):
        leaves = [value.double().requires_grad_() for value in inputs]
        output = function(*leaves, *[value.double() for value in constants], *[value.long() for value in indices])
        cotangent = self.normal(*output.shape)
        gradients = torch.autograd.grad((output * cotangent.double()).sum(), leaves)
        parts = {"input": inputs, "constant": constants, "indices": indices, "gradient": gradients}
        for part, values in parts.items():
            for number, value in enumerate(values):
                self.store(f"{part}.{number}", value)
        self.store("output", output)
        self.store("cotangent", cotangent)

    def store(self, part, value):
        value = value.detach()
        fixture[f"{self.name}.{part}"] = (value.float() if value.dtype == torch.float64 else value).contiguous()

def arithmetic():
    operations = {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
    }
    shapes = {
        "same": ((3, 5), (3, 5)),
        "trailing": ((2, 3, 5), (5,)),
        "leading": ((7,), (3, 1, 7)),
        "outer": ((2, 1, 5), (3, 1)),
        "middle": ((2, 3, 5), (2, 1, 5)),
        "scalar": ((), (3, 5)),
        "rank5": ((2, 1, 3, 1, 2), (3, 1, 2, 1)),
    }
    for operation, function in operations.items():
        for kind, (left, right) in shapes.items():
            case = Case(f"{operation}.{kind}")
            case.record(function, case.normal(*left), case.away_from_zero(*right))
    case = Case("affine")
    case.record(lambda x: (1.5 - x * 0.75) / 3 + (-x) * 0.5 - 0.25, case.normal(3, 7))

def products():
    shapes = {"matrix": ((), ()), "batched": ((3,), (3,)), "batchedTwice": ((2, 3), (2, 3)), "shared": ((2, 3), ())}
    m, n, k = 5, 3, 7
    for kind, (left_batch, right_batch) in shapes.items():
        for left_transposed in (False, True):
            for right_transposed in (False, True):
                case = Case(f"product.{kind}.{'t' if left_transposed else 'n'}{'t' if right_transposed else 'n'}")
                left = (k, m) if left_transposed else (m, k)
                right = (n, k) if right_transposed else (k, n)

                def function(a, b):
                    return (a.mT if left_transposed else a) @ (b.mT if right_transposed else b)

                case.record(function, case.normal(*left_batch, *left), case.normal(*right_batch, *right))

def shapes():
    def case(name, function, *shape):
        drawn = Case(name)
        drawn.record(function, drawn.normal(*shape))

    case("reshaped", lambda x: x.reshape(5, 6), 2, 3, 5)
    case("transposed.matrix", lambda x: x.permute(1, 0), 3, 7)
    case("transposed.rank3", lambda x: x.permute(2, 0, 1), 2, 3, 5)
    case("transposed.heads", lambda x: x.permute(0, 2, 1, 3), 2, 3, 5, 4)
    case("transposed.rank5", lambda x: x.permute(4, 0, 3, 1, 2), 2, 3, 2, 3, 2)
    case("broadcast", lambda x: x.expand(2, 3, 4, 5), 3, 1, 5)
    for axis in range(3):
        case(f"slice.{axis}", lambda x: x.narrow(axis, 1, 2), 3, 4, 5)
        case(f"sum.{axis}", lambda x: x.sum(axis), 3, 4, 5)
        case(f"mean.{axis}", lambda x: x.mean(axis), 3, 4, 5)
        drawn = Case(f"max.{axis}")
        drawn.record(lambda x: x.amax(axis), drawn.well_apart(3, 4, 5))
        parts = [[3, 4, 5], [3, 4, 5], [3, 4, 5]]
        parts[1][axis], parts[2][axis] = 1, 2
        drawn = Case(f"concatenating.{axis}")
        drawn.record(lambda *x: torch.cat(x, axis), *[drawn.normal(*part) for part in parts])
        case(f"split.{axis}", lambda x: torch.cat(torch.split(x, [1, x.shape[axis] - 1], axis)[::-1], axis), 3, 4, 5)
    case("sum.all", lambda x: x.sum(), 3, 4, 5)
    case("mean.all", lambda x: x.mean(), 3, 4, 5)
    gathered = Case("gathering")
    gathered.record(lambda x, i: x[i], gathered.normal(5, 3, 2), indices=[gathered.indices(5, 4, 2)])

def elementwise():
    def case(name, function, kind="normal"):
        drawn = Case(name)
        drawn.record(function, getattr(drawn, kind)(7, 19))

    case("exp", torch.exp)
    case("log", torch.log, "positive")
    case("squareRoot", torch.sqrt, "positive")
    case("squared", torch.square)
    for name, function in ACTIVATIONS.items():
        case(f"activated.{name}", function, "away_from_zero")
    error = Case("meanSquaredError")
    error.record(F.mse_loss, error.normal(3, 5), error.normal(3, 5))

ACTIVATIONS = {
    "identity": lambda x: x,
    "relu": F.relu,
    "gelu": F.gelu,
    "gelu_new": lambda x: F.gelu(x, approximate="tanh"),
    "silu": F.silu,
    "tanh": torch.tanh,
}

def rows():
    for name, scale in {"plain": 1.0, "steep": 30.0}.items():
        case = Case(f"softmax.{name}")
        case.record(lambda x: F.softmax(x, -1), case.normal(2, 5, 17, scale=scale))
        case = Case(f"logSoftmax.{name}")
        case.record(lambda x: F.log_softmax(x, -1), case.normal(2, 5, 17, scale=scale))
    case = Case("l2Normalized.plain")
    case.record(lambda x: F.normalize(x, dim=-1), case.normal(2, 5, 13))
    case = Case("l2Normalized.short")
    lengths = torch.tensor([0.1, 2.0, 0.2, 1.0, 0.05])[:, None]
    case.record(lambda x: F.normalize(x, dim=-1, eps=3.0), case.normal(5, 13) * lengths)
    case = Case("layerNorm")
    case.record(
        lambda x, w, b: F.layer_norm(x, (19,), w, b, 1e-5),
        case.normal(2, 5, 19) + 3, case.normal(19), case.normal(19))
    case = Case("rmsNorm")
    case.record(lambda x, w: F.rms_norm(x, (19,), w, 1e-6), case.normal(2, 5, 19), case.normal(19))

def losses():
    def case(name, ignored=False, smoothing=0.0):
        drawn = Case(f"crossEntropy.{name}")
        labels = drawn.indices(11, 3, 4)
        if ignored:
            labels.flatten()[::3] = -100
        drawn.record(
            lambda x, y: F.cross_entropy(x.flatten(0, 1), y.flatten(), label_smoothing=smoothing),
            drawn.normal(3, 4, 11, scale=3.0), indices=[labels])

    case("plain")
    case("ignored", ignored=True)
    case("smoothed", smoothing=0.1)
    case("ignoredSmoothed", ignored=True, smoothing=0.25)

def weights():
    for name, function in ACTIVATIONS.items():
        case = Case(f"linear.{name}")
        operands = case.normal(2, 5, 7), case.normal(11, 7), case.normal(11)
        while F.linear(*operands).abs().min() < 0.1:  # the kink of ReLU lies there
            operands = case.normal(2, 5, 7), case.normal(11, 7), case.normal(11)
        case.record(lambda x, w, b: function(F.linear(x, w, b)), *operands)
    case = Case("linear.plain")
    case.record(lambda x, w: F.linear(x, w), case.normal(5, 7), case.normal(3, 7))
    case = Case("embed")
    case.record(lambda w, i: F.embedding(i, w), case.normal(9, 5), indices=[case.indices(9, 3, 8)])
    case = Case("tied")
    case.record(
        lambda w, x, i: F.linear(torch.tanh(F.embedding(i, w) + x), w),
        case.normal(9, 5), case.normal(3, 4, 5), indices=[case.indices(9, 3, 4)])
    case = Case("residual")
    case.record(
        lambda x, w: (x + F.gelu(F.linear(x, w))) * x, case.normal(3, 5), case.normal(5, 5))

def attention():
    batch, heads, queries, keys, head_width = 2, 3, 5, 7, 4
    width = heads * head_width
    scale = 0.6

    def split(x):
        return x.unflatten(-1, (heads, -1)).transpose(1, 2)

    def attend(q, k, v, bias=0.0):
        scores = split(q) @ split(k).mT * scale + bias
        return (scores.softmax(-1) @ split(v)).transpose(1, 2).flatten(2)

    def operands(case):
        return case.normal(batch, queries, width), case.normal(batch, keys, width), case.normal(batch, keys, width)

    case = Case("attend.plain")
    case.record(attend, *operands(case))
    biases = {
        "full": (batch, heads, queries, keys), "keys": (batch, 1, 1, keys), "relative": (1, heads, queries, keys),
        "matrix": (queries, keys),
    }
    for name, shape in biases.items():
        case = Case(f"attend.bias.{name}")
        case.record(attend, *operands(case), case.normal(*shape))
    case = Case("attend.masked")
    mask = torch.zeros(batch, 1, 1, keys)
    mask[0, ..., 4:] = -10000.0
    mask[1, ..., :2] = torch.finfo(torch.float32).min
    case.record(attend, *operands(case), constants=[mask])
    case = Case("attend.fused")
    case.record(lambda x: attend(*x.chunk(3, -1)), case.normal(batch, queries, 3 * width))
    case = Case("attend.causal")
    mask = torch.full((queries, queries), torch.finfo(torch.float32).min).triu(1)
    case.record(lambda x, bias: attend(*x.chunk(3, -1), bias), case.normal(batch, queries, 3 * width), constants=[mask])

def optimizer():
    """Five steps of torch.optim.AdamW, in float64, with the gradients given."""
    case = Case("adamw")
    start, gradients = case.normal(5, 7), case.normal(4, 5, 7)
    parameter = torch.nn.Parameter(start.double())
    adamw = torch.optim.AdamW([parameter], lr=0.01, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.05)
    values = []
    for gradient in gradients.double():
        parameter.grad = gradient
        adamw.step()
        values.append(parameter.detach().clone())
    case.store("start", start)
    case.store("gradients", gradients)
    case.store("values", torch.stack(values))

def storage_types():
    """Rounding to the half types, with ties, subnormal numbers, overflow and infinities among the numbers."""
    case = Case("half")
    special = torch.tensor([
        0.0, -0.0, 1.0, -1.0, 1.00390625, 1.01171875, 1.00048828125, 1.00146484375, 65504.0, 65519.0, 65520.0,
        70000.0, -70000.0, 6.1e-5, 5.9e-5, 6e-8, 2.98e-8, 2.99e-8, 3e-8, 1e-40, 3.3895e38, 3.4e38, float("inf"),
        float("-inf"),
    ])
    powers = torch.logspace(-12, 5, 300, base=10.0) * torch.where(torch.arange(300) % 2 == 0, 1.0, -1.0)
    source = torch.cat([special, powers, case.normal(701)])
    case.store("source", source)
    case.store("bfloat16", source.bfloat16())
    case.store("float16", source.half())
    x, gradient, weight = case.normal(5, 37), case.normal(5, 23), case.normal(23, 37)
    for name, half in {"bfloat16": weight.bfloat16(), "float16": weight.half()}.items():
        case.store(f"weight.{name}", half)
        case.store(f"product.{name}", x.double() @ half.double().T)
        case.store(f"inputGradient.{name}", gradient.double() @ half.double())
    case.store("input", x)
    case.store("gradient", gradient)

def choices():
    case = Case("nearest")
    codebook, x = case.normal(29, 6), case.normal(4, 9, 6)
    case.store("codebook", codebook)
    case.store("rows", x)
    distances = (x.double()[..., None, :] - codebook.double()).square().sum(-1)
    case.store("indices", distances.argmin(-1).int())

def main():
    groups = (arithmetic, products, shapes, elementwise, rows, losses, weights, attention, optimizer, storage_types)
    for group in groups + (choices,):
        group()
    save_file(fixture, TARGET, metadata={"made_by": "Tools/oracles/tensor_operations.py", "torch": torch.__version__})
    print(f"{len(fixture)} tensors, {TARGET.stat().st_size} bytes -> {TARGET}")

if __name__ == "__main__":
    main()
