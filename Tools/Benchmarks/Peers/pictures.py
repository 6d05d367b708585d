"""The parts of `benchmarks pictures` in Pillow and numpy, for comparison; run by the benchmark, which writes a line with the
part's name and reads the seconds that it took, on one thread.

usage: pictures.py FILE"""
import sys
import time

import numpy as np
import PIL
from PIL import Image

MEAN = np.array([0.48145466, 0.4578275, 0.40821073], dtype=np.float32)
DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], dtype=np.float32)


def decode():
    return Image.open(sys.argv[1]).convert("RGB")


def resize(image):
    return image.resize((224, 224), Image.Resampling.BICUBIC)


def normalize(square):
    samples = np.asarray(square).astype(np.float32) / np.float32(255)
    return np.ascontiguousarray(((samples - MEAN) / DEVIATION).transpose(2, 0, 1))


image = decode()
square = resize(image)
parts = {
    "decode": decode,
    "resize": lambda: resize(image),
    "normalize": lambda: normalize(square),
    "whole": lambda: normalize(resize(decode())),
}
print(f"Pillow {PIL.__version__}", flush=True)
for line in sys.stdin:
    part = parts[line.strip()]
    part()
    began = time.perf_counter()
    for _ in range(20):
        part()
    print((time.perf_counter() - began) / 20, flush=True)
