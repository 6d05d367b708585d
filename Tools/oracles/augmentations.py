"""What the operations of LAVIS's RandAugment make of a picture: Tests/ImagesTests/Fixtures/augmentations.safetensors.

Usage: python Tools/oracles/augmentations.py Tests/ImagesTests/Fixtures
Written with opencv-python-headless 4.5.5.64 (the version that LAVIS pins), numpy 1.26.4, Pillow 13.0.0, safetensors 0.8.0.

The movements are calls of OpenCV as in lavis/processors/randaugment.py at level 5. AutoContrast is Pillow's, which the
reference names and misses: it negates the least sample as an unsigned byte. Equalize is Pillow's and equal to it.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps
from safetensors.numpy import save_file


def moved(picture, matrix):
    size = (picture.shape[1], picture.shape[0])
    return cv2.warpAffine(picture, matrix, size, borderValue=(128, 128, 128), flags=cv2.INTER_LINEAR)


def movements(picture, sign):
    middle = (picture.shape[1] / 2, picture.shape[0] / 2)
    shear, shift = sign * 5 / 10 * 0.3, sign * 5 / 10 * 10.0
    return {
        "ShearX": np.float32([[1, shear, 0], [0, 1, 0]]),
        "ShearY": np.float32([[1, 0, 0], [shear, 1, 0]]),
        "TranslateX": np.float32([[1, 0, -shift], [0, 1, 0]]),
        "TranslateY": np.float32([[1, 0, 0], [0, 1, -shift]]),
        "Rotate": cv2.getRotationMatrix2D(middle, sign * 5 / 10 * 30, 1),
    }


def main(folder):
    tensors = {}
    narrow = Image.open(folder / "rgb.png").convert("RGB").point(lambda level: 40 + level // 2)
    for name, picture in [("rgb", Image.open(folder / "rgb.png")), ("narrow", narrow)]:
        picture = picture.convert("RGB")
        tensors[name] = np.asarray(picture)
        tensors[f"{name}/AutoContrast"] = np.asarray(ImageOps.autocontrast(picture))
        tensors[f"{name}/Equalize"] = np.asarray(ImageOps.equalize(picture))
        for sign in (1, -1):
            for operation, matrix in movements(np.asarray(picture), sign).items():
                key = f"{name}/{operation}" + ("" if sign > 0 else "/reversed")
                tensors[key] = moved(np.asarray(picture), matrix)
    flat = Image.new("RGB", (9, 7), (90, 90, 200))
    for operation, function in [("AutoContrast", ImageOps.autocontrast), ("Equalize", ImageOps.equalize)]:
        tensors[f"flat/{operation}"] = np.asarray(function(flat))
    tensors["flat"] = np.asarray(flat)
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()},
              folder / "augmentations.safetensors")


main(Path(sys.argv[1]))
