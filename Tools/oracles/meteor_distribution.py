"""Writes a small METEOR distribution for Tests/METEORConversionTests: the files of the real one, with made-up contents.

python3 Tools/oracles/meteor_distribution.py Tests/METEORConversionTests/Fixtures

Written by Python 3.11.
"""

import gzip
import pathlib
import sys
import zipfile

OUT = pathlib.Path(sys.argv[1])

ENTRIES = {
    "function/english.words": "the\na\n.\n",
    "nonbreaking/english.prefixes": "# comment\n\nmr\nno #NUMERIC_ONLY#\n",
    "synonym/english.exceptions": "mouse\nmice\n",
    "synonym/english.synsets": "mouse\n00000012 00000007\nrodent\n00000007\ncar\n00000003\nauto\n00000003\n",
}
PARAPHRASES = [("in front of", "before"), ("a lot of", "many"), ("before", "in front of")]

OUT.mkdir(parents=True, exist_ok=True)


def jar(name, entries):
    with zipfile.ZipFile(OUT / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in entries.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


jar("meteor.jar", ENTRIES)
jar("other.jar", {"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n"})
lines = "".join(f"0.5\n{phrase}\n{paraphrase}\n" for phrase, paraphrase in PARAPHRASES)
(OUT / "paraphrase.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
(OUT / "odd.gz").write_bytes(gzip.compress(lines[:-5].encode() + b"\n0.5\n", mtime=0))
