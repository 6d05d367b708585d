"""Small pictures and what Pillow makes of them: Tests/ImagesTests/Fixtures.

Usage: python Tools/oracles/images.py Tests/ImagesTests/Fixtures
Written with Pillow 13.0.0 (libjpeg-turbo 3.2.0), numpy 2.4.6, safetensors 0.8.0, and, for the kinds of JPEG that Pillow
does not write, imagecodecs 2026.3.6 and cjpeg of libjpeg-turbo 2.1.5 (Debian's libjpeg-turbo-progs); seed 7.
"""

import io
import subprocess
import sys
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image, ImageFile, ImageOps
from safetensors.numpy import save_file

random = np.random.default_rng(7)


def scene(width, height):
    """Soft colour gradients, a hard edge and a little noise."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    channels = [128 + 100 * np.sin(x / 7 + c) * np.cos(y / 9 - c) for c in range(3)]
    picture = np.stack(channels, axis=-1)
    picture[height // 3 : height // 2, width // 4 : width // 2] = [230, 40, 30]
    picture += random.normal(0, 4, picture.shape)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def png16(picture):
    """Pillow writes no 16-bit colour, so the chunks are put together by hand."""
    import struct
    import zlib

    samples = np.asarray(picture).astype(np.uint16) * 257 - random.integers(0, 200, np.asarray(picture).shape)
    samples = np.clip(samples, 0, 65535).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in samples)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", picture.width, picture.height, 16, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9))
            + chunk(b"IEND", b""))


def encoded(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def arithmetic(picture, *options):
    """Arithmetic coding in place of Huffman's, in the order of rows or, with -progressive, in scans."""
    return subprocess.run(
        ["cjpeg", "-arithmetic", "-quality", "80", *options], input=encoded(picture, "PPM"), capture_output=True,
        check=True).stdout


def twelve_bit(picture):
    """Samples of 12 bits, as some medical cameras write them."""
    return imagecodecs.jpeg8_encode(np.asarray(picture).astype(np.uint16) * 16, bitspersample=12)


def held(turn):
    """The EXIF block of a camera that was held so (1 to 8)."""
    exif = Image.Exif()
    exif[274] = turn
    return exif


def ycck(data):
    """A CMYK file whose Adobe marker says that its channels are YCCK; Pillow writes no such file itself."""
    place = data.index(b"Adobe") + 11
    assert data[place] == 0
    return data[:place] + b"\x02" + data[place + 1 :]


def animation(first, second):
    """Two frames, the first smaller than the canvas and away from its corner."""
    out = io.BytesIO()
    canvas = Image.new("RGBA", (61, 43))
    canvas.paste(first.resize((40, 20)), (14, 12))
    canvas.save(out, "WEBP", save_all=True, append_images=[second.convert("RGBA")], lossless=True, minimize_size=True)
    return out.getvalue()


def files():
    rgb = scene(61, 43)
    exif = held(6)
    alpha = rgb.copy()
    alpha.putalpha(Image.fromarray(random.integers(0, 256, (43, 61), dtype=np.uint8)))
    return {
        "420.jpg": encoded(rgb, "JPEG", quality=80),
        "444.jpg": encoded(rgb, "JPEG", quality=95, subsampling=0),
        "progressive.jpg": encoded(rgb, "JPEG", quality=70, progressive=True),
        "grey.jpg": encoded(rgb.convert("L"), "JPEG", quality=80),
        "cmyk.jpg": encoded(rgb.convert("CMYK"), "JPEG", quality=80),
        "restart.jpg": encoded(rgb, "JPEG", quality=80, restart_marker_blocks=3),
        "turned.jpg": encoded(rgb, "JPEG", quality=80, exif=exif),
        "rgb.png": encoded(rgb, "PNG"),
        "alpha.png": encoded(alpha, "PNG"),
        "palette.png": encoded(rgb.quantize(40), "PNG", transparency=3),
        "bits.png": encoded(rgb.convert("1"), "PNG"),
        "deep.png": png16(scene(23, 17)),
        "ycck.jpg": ycck(encoded(rgb.convert("CMYK"), "JPEG", quality=80)),
        "lossy.webp": encoded(rgb, "WEBP", quality=80),
        "lossless.webp": encoded(rgb, "WEBP", lossless=True, exif=exif),
        "alpha.webp": encoded(alpha, "WEBP", quality=70),
        "animated.webp": animation(rgb, rgb.rotate(180)),
        "arithmetic.jpg": arithmetic(rgb),
        "arithmetic_scans.jpg": arithmetic(rgb, "-progressive"),
        "turned_ycck.jpg": ycck(encoded(rgb.convert("CMYK"), "JPEG", quality=80, progressive=True, exif=held(8))),
        "lossless.jpg": imagecodecs.jpeg8_encode(np.asarray(rgb), lossless=True),
    }


def main(folder):
    tensors = {}
    for name, data in files().items():
        (folder / name).write_bytes(data)
        picture = Image.open(io.BytesIO(data))
        tensors[name] = np.asarray(picture.convert("RGB"))
        if name in ("turned.jpg", "turned_ycck.jpg", "lossless.webp"):
            tensors[f"{name}/upright"] = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    rgb = Image.open(folder / "rgb.png")
    (folder / "12bit.jpg").write_bytes(twelve_bit(rgb))
    for turn in range(1, 9):
        picture = Image.open(io.BytesIO(encoded(rgb, "JPEG", quality=80, exif=held(turn))))
        tensors[f"turned.jpg/upright_{turn}"] = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    # progressive.jpg in its last scan: in one before, what is filled in differs between versions of libjpeg-turbo, and in a
    # table between two, Pillow gives black.
    for name in ["444.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "ycck.jpg", "restart.jpg", "turned_ycck.jpg",
                 "rgb.png", "deep.png", "palette.png"]:
        data = (folder / name).read_bytes()
        count = len(data) * 9 // 10 if name == "progressive.jpg" else len(data) * 3 // 4
        part = Image.open(io.BytesIO(data[:count]))
        tensors[f"{name}/cut"] = np.asarray(part.convert("RGB"))
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    for width, height in [(24, 24), (100, 90), (61, 20), (20, 43), (50, 9), (7, 60), (1, 1)]:
        for filter in ["bicubic", "bilinear"]:
            resized = rgb.resize((width, height), getattr(Image.Resampling, filter.upper()))
            tensors[f"rgb.png/{filter}_{width}x{height}"] = np.asarray(resized)
    square = rgb.crop((10, 3, 10 + 41, 3 + 37)).resize((32, 32), Image.Resampling.BICUBIC)
    tensors["rgb.png/window"] = np.asarray(square.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    mean = np.array([0.48145466, 0.4578275, 0.40821073], dtype=np.float32)
    deviation = np.array([0.26862954, 0.26130258, 0.27577711], dtype=np.float32)
    small = np.asarray(rgb.resize((24, 24), Image.Resampling.BICUBIC)).astype(np.float32) / np.float32(255)
    tensors["rgb.png/normalized"] = np.ascontiguousarray(((small - mean) / deviation).transpose(2, 0, 1))
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, folder / "expected.safetensors")


main(Path(sys.argv[1]))
