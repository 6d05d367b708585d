"""Writes the archives of Tests/ArchivesTests/Fixtures, with Python's own zipfile and gzip.

python3 Tools/oracles/archives.py Tests/ArchivesTests/Fixtures

Written by Python 3.13.
"""

import gzip
import io
import pathlib
import random
import sys
import zipfile

OUT = pathlib.Path(sys.argv[1])
RANDOM = random.Random(3)

TEXT = "".join(RANDOM.choice("abcdefgh \n") for _ in range(3000)).encode()
BYTES = bytes(RANDOM.randrange(256) for _ in range(700))


def info(name, method):
    entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    entry.compress_type = method
    return entry


def add(archive, name, data, method, large=False):
    with archive.open(info(name, method), "w", force_zip64=large) as file:
        file.write(data)


def archive(large, comment=b""):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as zipped:
        zipped.writestr(info("folder/", zipfile.ZIP_STORED), b"")
        add(zipped, "folder/text.txt", TEXT, zipfile.ZIP_DEFLATED, large)
        add(zipped, "folder/bytes", BYTES, zipfile.ZIP_STORED, large)
        add(zipped, "empty", b"", zipfile.ZIP_DEFLATED, large)
        add(zipped, "ünïcode", b"named", zipfile.ZIP_STORED, large)
        zipped.comment = comment
    return memory.getvalue()


def zip64():
    """Python writes the Zip64 records when a limit is passed; here the limit is lowered."""
    before = zipfile.ZIP_FILECOUNT_LIMIT, zipfile.ZIP64_LIMIT
    zipfile.ZIP_FILECOUNT_LIMIT, zipfile.ZIP64_LIMIT = 2, 300
    try:
        return archive(True)
    finally:
        zipfile.ZIP_FILECOUNT_LIMIT, zipfile.ZIP64_LIMIT = before


OUT.mkdir(parents=True, exist_ok=True)
(OUT / "text.txt").write_bytes(TEXT)
(OUT / "bytes").write_bytes(BYTES)
(OUT / "plain.zip").write_bytes(archive(False))
(OUT / "commented.zip").write_bytes(b"#!/bin/sh\n" + archive(False, b"PK\x05\x06 in a comment"))
(OUT / "zip64.zip").write_bytes(zip64())
members = [gzip.compress(part, mtime=0) for part in (TEXT[:1000], b"", TEXT[1000:])]
(OUT / "members.gz").write_bytes(b"".join(members) + bytes(20))
memory = io.BytesIO()
with zipfile.ZipFile(memory, "w", zipfile.ZIP_BZIP2) as zipped:
    add(zipped, "text.txt", TEXT, zipfile.ZIP_BZIP2)
(OUT / "bzip2.zip").write_bytes(memory.getvalue())
