#!/usr/bin/env python3
"""Writes Tests/CheckpointsTests/Fixtures/reference.safetensors with the reference implementation of the format.

Versions: Python 3.11, safetensors 0.8.0, numpy 2.4.6. Run from the repository's root.
"""
import pathlib

import numpy
from safetensors.numpy import save_file

tensors = {
    "alpha": numpy.array([[0.5, -1, 2], [3, 4, 5]], dtype=numpy.float32),
    "beta": numpy.array([1, 2], dtype=numpy.float16),
    "gamma": numpy.array([[1], [0], [1]], dtype=numpy.uint8),
}
path = pathlib.Path("Tests/CheckpointsTests/Fixtures/reference.safetensors")
save_file(tensors, path, metadata={"format": "pt"})
print(path, path.stat().st_size, "bytes")
