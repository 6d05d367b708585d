#!/usr/bin/env python3
"""Makes Tests/TextTokenizersTests/Fixtures: sentences, the small vocabularies that are learned from them (by a trainer
that counts everything anew at each step), and what Hugging Face's tokenizers make of some strings with them.

    python3.11 -m venv venv && venv/bin/pip install transformers==4.26.0 tokenizers==0.13.3 regex==2026.11.15
    venv/bin/python Tools/oracles/text_tokenizers.py
"""
import collections
import json
import pathlib
import random

import regex
from transformers import BertTokenizer, GPT2Tokenizer
from transformers.models.bert.tokenization_bert import BasicTokenizer
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/TextTokenizersTests/Fixtures"
BYTE_LEVEL_COUNT, WORD_PIECE_COUNT, MINIMUM = 420, 260, 2
PATTERN = regex.compile(r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""")


def sentences(draw):
    shapes = ["circle", "square", "triangle", "star", "hexagon", "ring", "cross", "heart"]
    colours = ["red", "green", "blue", "yellow", "purple", "orange", "white", "grey", "brown", "pink"]
    sizes, textures = ["small", "large", "tiny"], ["striped", "dotted", "plain", "checkered"]
    relations = ["left of", "right of", "above", "below", "inside", "near"]

    def thing():
        return f"{draw.choice(sizes)} {draw.choice(textures)} {draw.choice(colours)} {draw.choice(shapes)}"

    patterns = [
        lambda: f"a {thing()} {draw.choice(relations)} a {thing()}",
        lambda: f"There are {draw.randint(1, 4)} {draw.choice(colours)} {draw.choice(shapes)}s.",
        lambda: f"the {draw.choice(shapes)} isn't {draw.choice(colours)}, it's {draw.choice(colours)}",
        lambda: f"Question: what is {draw.choice(relations)} the {thing()}? Short answer: {draw.choice(shapes)}",
    ]
    return [draw.choice(patterns)() for _ in range(400)]


def merges(words, name, join, wanted):
    """The obvious trainer: counts all pairs, joins the most frequent (of equals the lowest ids), and begins again."""
    made = []
    while len(name) < wanted:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        if not pairs:
            break
        pair = min(pairs, key=lambda pair: (-pairs[pair], pair))
        if pairs[pair] < MINIMUM:
            break
        token = join(name[pair[0]], name[pair[1]])
        if token not in name:
            name.append(token)
        merged = name.index(token)
        made.append(pair)
        after = collections.Counter()
        for word, count in words.items():
            out, place = [], 0
            while place < len(word):
                found = word[place:place + 2] == pair
                out.append(merged if found else word[place])
                place += 2 if found else 1
            after[tuple(out)] += count
        words = after
    return made


def byte_level(lines):
    characters = bytes_to_unicode()
    name = ["<s>", "<pad>", "</s>", "<unk>"] + sorted(characters.values())
    words = collections.Counter()
    for line in lines:
        for word in PATTERN.findall(line):
            words[tuple(name.index(characters[byte]) for byte in word.encode())] += 1
    pairs = merges(words, name, lambda left, right: left + right, BYTE_LEVEL_COUNT)
    return name, [f"{name[left]} {name[right]}" for left, right in pairs]


def word_piece(lines):
    name = ["[PAD]"] + [f"[unused{n}]" for n in range(99)] + ["[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    counts = collections.Counter(word for line in lines for word in BasicTokenizer().tokenize(line))
    name += sorted({word[0] for word in counts})
    name += sorted({"##" + character for word in counts for character in word[1:]})
    words = collections.Counter()
    for word, count in counts.items():
        words[tuple(name.index(c if place == 0 else "##" + c) for place, c in enumerate(word))] += count
    merges(words, name, lambda left, right: left + right[2:], WORD_PIECE_COUNT)
    return name


def strings(draw, lines):
    marks = ["[SEP]", "[DEC]", "[MASK]", "</s>", "<pad>", "##s", "'s", "n't", " ' ", "...", "¿?", "\n", "\t", "\r\n", " ",
             "\u00a0", "\u2028", "\u3000", "\u200b", "\u00ad", "\0", "\x1f", "\ufffd", "\u0301", "\u0130", "\u03a3", "é",
             "e\u0301", "ﬁ", "Å", "中文", "한국", "\u1100\u1161", "😀", "👩\u200d👧", "\U0002f804", "\u302e", "٣", "½", "x" * 120]
    out = ["", " ", "  ", "\n", "a", " a", "a ", "It isn't .", "a  dog , it 's", "don't", "DON'T", "a\n\nb"] + marks
    for _ in range(120):
        text = list(draw.choice(lines))
        for _ in range(draw.randint(1, 4)):
            text.insert(draw.randint(0, len(text)), draw.choice(marks))
        out.append("".join(text))
    return out


def record(path, texts, tokenizer):
    with open(FIXTURES / path, "w") as file:
        for text in texts:
            ids = tokenizer(text)["input_ids"]
            file.write(json.dumps({
                "text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True),
                "decoded_nocleanup": tokenizer.decode(
                    ids, skip_special_tokens=True, clean_up_tokenization_spaces=False),
            }) + "\n")


def main():
    draw = random.Random(42)
    lines = sentences(draw)
    (FIXTURES / "sentences.txt").write_text("\n".join(lines) + "\n")
    tokens, pairs = byte_level(lines)
    (FIXTURES / "vocab.json").write_text(
        json.dumps({token: place for place, token in enumerate(tokens)}, ensure_ascii=False, separators=(",", ":")))
    (FIXTURES / "merges.txt").write_text("\n".join(["#version: 0.2"] + pairs) + "\n")
    (FIXTURES / "vocab.txt").write_text("\n".join(word_piece(lines)) + "\n")
    texts = strings(draw, lines)
    bert = BertTokenizer(FIXTURES / "vocab.txt")
    bert.add_special_tokens({"bos_token": "[DEC]"})
    record("word_piece.jsonl", texts, bert)
    record("byte_pair.jsonl", texts, GPT2Tokenizer(
        FIXTURES / "vocab.json", FIXTURES / "merges.txt", bos_token="</s>", eos_token="</s>", unk_token="</s>",
        pad_token="<pad>", add_bos_token=True))


main()
