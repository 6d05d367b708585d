#!/usr/bin/env python3
"""Writes Tests/CheckpointsTests/Fixtures/saved.pth with PyTorch, and has PyTorch read written.pth, which
PyTorchWritingTests compares with what Tools/FullSize/PyTorchWriting writes: both hold the same tensors.

Versions: Python 3.11, torch 2.15.0. Run from the repository's root.
"""
import pathlib
import sys

import torch

NUMBERS = torch.tensor([1, -2.5, 3e-38, float("inf"), -0.0, 65504])
SHAPES = {
    "float": (torch.float32, [2, 3]),
    "half": (torch.float16, [6]),
    "brain": (torch.bfloat16, [3, 2]),
    "scalar": (torch.float32, []),
    "half.scalar": (torch.float16, []),
    "none": (torch.float32, [0]),
    "no.rows": (torch.bfloat16, [0, 3]),
    "no.columns": (torch.float16, [3, 0]),
    "nothing.between": (torch.float32, [2, 0, 3]),
    "größe.重み": (torch.float32, [1, 1, 6, 1]),
    "layer." * 50 + "weight": (torch.bfloat16, [6]),
}


def tensor(dtype, shape):
    count = torch.Size(shape).numel()
    return NUMBERS[:count].to(dtype).reshape(shape).clone()


def bits(tensor):
    return tensor.contiguous().view(torch.uint8).tolist() if tensor.dim() else tensor.reshape(1).view(torch.uint8).tolist()


def compare(read, wanted):
    assert list(read) == ["model", "epoch"] and read["epoch"] == 9, list(read)
    assert list(read["model"]) == list(wanted), list(read["model"])
    for name, own in wanted.items():
        other = read["model"][name]
        assert (other.dtype, other.shape, other.stride()) == (own.dtype, own.shape, own.stride()), name
        assert bits(other) == bits(own), name


folder = pathlib.Path("Tests/CheckpointsTests/Fixtures")
tensors = {name: tensor(*kind) for name, kind in SHAPES.items()}
torch.save({"model": tensors, "epoch": 9}, folder / "saved.pth")
for name in ["saved.pth", "written.pth"]:
    for mapped in [False, True]:
        compare(torch.load(folder / name, weights_only=True, mmap=mapped), tensors)
    print(folder / name, (folder / name).stat().st_size, "bytes, as PyTorch", torch.__version__, "reads them")
