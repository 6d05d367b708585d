#!/usr/bin/env python3
"""Writes Tests/TrainingTests/Fixtures/adamw.safetensors: seven steps of torch.optim.AdamW with the reference's two
parameter groups (no decay if ndim < 2 or the name contains "bias", "ln" or "bn"), and a norm clipped by torch.

Tensors: initial/NAME, gradient/STEP/NAME (absent where the parameter had none), after/STEP/NAME, rate [steps],
clipped/NAME and clipped_norm. One parameter has no gradient in the first two steps.

Versions: Python 3.11, torch 2.15.0, safetensors 0.8.0. Seed 7. Run from the repository's root.
"""
import pathlib

import torch
from safetensors.torch import save_file

torch.manual_seed(7)
torch.set_num_threads(1)
shapes = {
    "encoder.dense.weight": (5, 3),
    "encoder.dense.bias": (3,),
    "query_tokens": (1, 2, 4),
    "ln_vision.weight": (2, 2),
    "temp": (),
    "late.weight": (3, 37),
}
parameters = {name: torch.nn.Parameter(torch.randn(shape)) for name, shape in shapes.items()}
tensors = {f"initial/{name}": parameter.detach().clone() for name, parameter in parameters.items()}


def decays(name, parameter):
    return parameter.ndim >= 2 and not any(part in name for part in ("bias", "ln", "bn"))


groups = [
    {"params": [p for n, p in parameters.items() if decays(n, p)], "weight_decay": 0.05},
    {"params": [p for n, p in parameters.items() if not decays(n, p)], "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98), eps=1e-8, foreach=False, fused=False)
rates = [1e-6, 1e-3, 5e-3, 1e-2, 2e-2, 1e-3, 1e-4]
for step, rate in enumerate(rates):
    for group in optimizer.param_groups:
        group["lr"] = rate
    for name, parameter in parameters.items():
        if name == "late.weight" and step < 2:
            parameter.grad = None
            continue
        scale = 10.0 ** (step - 3)
        parameter.grad = torch.randn(parameter.shape) * scale
        tensors[f"gradient/{step}/{name}"] = parameter.grad.clone()
    optimizer.step()
    for name, parameter in parameters.items():
        tensors[f"after/{step}/{name}"] = parameter.detach().clone()
tensors["rate"] = torch.tensor(rates, dtype=torch.float64)

norm = torch.nn.utils.clip_grad_norm_(parameters.values(), 0.5)
tensors["clipped_norm"] = norm.to(torch.float32)
for name, parameter in parameters.items():
    tensors[f"clipped/{name}"] = parameter.grad.clone()

path = pathlib.Path("Tests/TrainingTests/Fixtures/adamw.safetensors")
path.parent.mkdir(parents=True, exist_ok=True)
save_file(tensors, path)
print(path, path.stat().st_size, "bytes")
