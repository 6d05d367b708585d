#!/usr/bin/env python3
"""Writes Packages/TextTokenizers/Sources/CUnicodeTables/tables.inc: what the published tokenizers' Python knows of
Unicode. BERT's tokenizer asks Python's unicodedata (3.11: Unicode 14.0), GPT-2's pattern asks the regex module.

    python3.11 -m pip install regex==2026.11.15
    python3.11 Tools/oracles/unicode_tables.py > Packages/TextTokenizers/Sources/CUnicodeTables/tables.inc
"""
import sys
import unicodedata

import regex

LETTER, NUMBER, SPACE = regex.compile(r"\p{L}"), regex.compile(r"\p{N}"), regex.compile(r"\s")
HANGUL = range(0xAC00, 0xD7A4)
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def pattern_class(character):
    """0 anything else, 1 letter, 2 number, 3 white space, as GPT-2's pattern sees it."""
    return 1 if LETTER.match(character) else 2 if NUMBER.match(character) else 3 if SPACE.match(character) else 0


def word_class(code):
    """0 part of a word, 1 white space, 2 removed, 3 punctuation, as BasicTokenizer sees it."""
    character, category = chr(code), unicodedata.category(chr(code))
    if code in (9, 10, 13) or category == "Zs":
        return 1
    if code in (0, 0xFFFD) or category.startswith("C"):
        return 2
    if character.isspace():
        return 1
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return 3 if ascii_mark or category.startswith("P") else 0


def ideograph(code):
    return any(low <= code <= high for low, high in (
        (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
        (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)))


def properties(code):
    mark = unicodedata.category(chr(code)) == "Mn"
    return pattern_class(chr(code)) | word_class(code) << 2 | mark << 4 | ideograph(code) << 5


def runs(value):
    out, last = [], None
    for code in SCALARS:
        now = value(code)
        if now != last:
            out.append(code << 8 | now)
            last = now
    return out


def lower_case():
    out = []
    for code in SCALARS:
        lower = chr(code).lower()
        if len(lower) > 1:
            assert code == 0x130, "the code beside the table knows of one lower case of two scalars"
        elif lower != chr(code):
            out += [code, ord(lower)]
    return out


def decompositions():
    index, scalars = [], []
    for code in SCALARS:
        full = unicodedata.normalize("NFD", chr(code))
        if full != chr(code) and code not in HANGUL:
            assert len(full) < 8
            index += [code, len(scalars) << 3 | len(full)]
            scalars += map(ord, full)
    return index, scalars


def table(name, values):
    print(f"static const uint32_t {name}[{len(values)}] = {{")
    line = ""
    for value in values:
        text = f"0x{value:x},"
        if len(line) + len(text) > 116:
            print("    " + line)
            line = ""
        line += text
    print("    " + line + "\n};")


def main():
    assert sys.version_info[:2] == (3, 11) and unicodedata.unidata_version == "14.0.0"
    print(f"// Made by Tools/oracles/unicode_tables.py: unicodedata {unicodedata.unidata_version}, regex {regex.__version__}.")
    table("property_runs", runs(properties))
    table("combining_class_runs", runs(lambda code: unicodedata.combining(chr(code))))
    table("lower_case_pairs", lower_case())
    index, scalars = decompositions()
    table("decomposition_index", index)
    table("decomposition_scalars", scalars)


main()
