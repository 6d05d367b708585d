"""Tar archives in three formats with names that need each format's extensions: Tests/ArchivesTests/Fixtures and, as a
shard of pictures, Tests/DatasetsTests/Fixtures.

Usage: python Tools/oracles/tar_archives.py Tests
Written with Python 3.11 (tarfile); the pictures are those of Tests/ImagesTests/Fixtures.
"""

import io
import sys
import tarfile
from pathlib import Path


def write(path, form, members):
    with tarfile.open(path, "w", format=form) as archive:
        for name, kind, data in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.size = len(data)
            info.mtime = 1_600_000_000
            if kind == tarfile.SYMTYPE:
                info.linkname = "target/" * 20
            archive.addfile(info, io.BytesIO(data))


def main(tests):
    long = "folder/" + "name " * 20 + "é" * 30 + ".txt"
    members = [
        ("plain.txt", tarfile.REGTYPE, b"one"),
        ("folder", tarfile.DIRTYPE, b""),
        ("folder/empty.txt", tarfile.REGTYPE, b""),
        ("folder/link", tarfile.SYMTYPE, b""),
        ("d" * 80 + "/" + "f" * 90, tarfile.REGTYPE, bytes(range(256)) * 3),
    ]
    (tests / "ArchivesTests/Fixtures").mkdir(exist_ok=True)
    short = [member for member in members if member[1] != tarfile.SYMTYPE]
    write(tests / "ArchivesTests/Fixtures/ustar.tar", tarfile.USTAR_FORMAT, short)
    for name, form in [("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)]:
        write(tests / f"ArchivesTests/Fixtures/{name}.tar", form, members + [(long, tarfile.REGTYPE, b"long name")])
    (tests / "DatasetsTests/Fixtures").mkdir(exist_ok=True)
    shard = []
    for number, name in enumerate(["progressive.jpg", "grey.jpg", "bits.png", "lossy.webp"]):
        data = (tests / "ImagesTests/Fixtures" / name).read_bytes()
        key = f"é/{number:05}"
        shard.append((f"{key}.{name.split('.')[1]}", tarfile.REGTYPE, data))
        shard.append((f"{key}.txt", tarfile.REGTYPE, f"caption {number}".encode()))
    write(tests / "DatasetsTests/Fixtures/pax.tar", tarfile.PAX_FORMAT, shard)


main(Path(sys.argv[1]))
