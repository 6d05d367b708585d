#!/usr/bin/env python3
"""Makes Tests/TextTokenizersTests/Fixtures: sentences, the small vocabularies that are learned from them (by a trainer
that counts everything anew at each step), and what Hugging Face's tokenizers make of some strings with them.

    python3.11 -m venv venv
    venv/bin/pip install transformers==4.26.0 tokenizers==0.13.3 regex==2026.11.19 sentencepiece==0.2.3 protobuf==7.36.2 \
        numpy==2.4.6
    venv/bin/python Tools/oracles/text_tokenizers.py
"""
import collections
import json
import pathlib
import random
import tempfile

import numpy
import regex
import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertTokenizer, BertTokenizerFast, GPT2Tokenizer, GPT2TokenizerFast, PreTrainedTokenizerFast
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


# What the learned SentencePiece model does to characters; T5's own table would make its file 240 KB large.
REPLACEMENTS = {"\t": " ", "\n": " ", "\r": " ", "\u00a0": " ", "\u3000": " ", "\u2028": " ", "\u200b": "", "\u00ad": "",
                "\ufb01": "fi", "\u212b": "\u00c5", "e\u0301": "\u00e9", "\u00bd": "1\u20442", "\u2026": "...", "\uff21": "A"}


def sentence_piece(lines):
    """A model with T5's layout, and the published fast tokenizer of that model with ten sentinels."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        code = lambda text: " ".join(f"{ord(character):X}" for character in text)
        rules = "".join(f"{code(before)}\t{code(after)}\n" for before, after in REPLACEMENTS.items())
        (folder / "rules.tsv").write_text(rules)
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines), model_prefix=str(folder / "spiece"), vocab_size=300, hard_vocab_limit=False,
            normalization_rule_tsv=str(folder / "rules.tsv"), character_coverage=1.0, pad_id=0, eos_id=1, unk_id=2,
            bos_id=-1, num_threads=1, minloglevel=2)
        model = sentencepiece_model_pb2.ModelProto.FromString((folder / "spiece.model").read_bytes())
    model.trainer_spec.ClearField("model_prefix")
    model.normalizer_spec.ClearField("normalization_rule_tsv")
    (FIXTURES / "spiece.model").write_bytes(model.SerializeToString())

    sentinels = [f"<extra_id_{9 - n}>" for n in range(10)]
    vocabulary = [(piece.piece, piece.score) for piece in model.pieces] + [(piece, 0.0) for piece in sentinels]
    fast = tokenizers.Tokenizer(models.Unigram(vocabulary, unk_id=2))
    fast.normalizer = normalizers.Sequence([
        normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap), normalizers.Strip(left=False, right=True),
        normalizers.Replace(tokenizers.Regex(" {2,}"), "\u2581")])
    fast.pre_tokenizer = pre_tokenizers.Metaspace()
    fast.decoder = decoders.Metaspace()
    fast.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    added = lambda piece, strips: tokenizers.AddedToken(piece, lstrip=strips, rstrip=strips, normalized=False)
    fast.add_special_tokens([added(piece, False) for piece in ["<pad>", "</s>", "<unk>"]])
    fast.add_special_tokens([added(piece, True) for piece in sentinels])
    return PreTrainedTokenizerFast(
        tokenizer_object=fast, pad_token="<pad>", eos_token="</s>", unk_token="<unk>",
        additional_special_tokens=sentinels)


def ties(draw):
    """A model whose pieces spell runs in many ways of one score, and what the fast tokenizer chooses, which reads its
    scores from JSON."""
    spelled = ["\u2581", "a", "aa", "aaa", "b", "ab", "aba", "bab", "-", "---", "\u2581--", ".", "..", "....", "\u2581.", "1",
               "11", "111", "\u2581a", "x"]
    scores = [float(numpy.float32(-draw.uniform(0.9, 1.1) * (2.5 + 3 * len(piece.strip("\u2581"))))) for piece in spelled]
    model = sentencepiece_model_pb2.ModelProto()
    kind = sentencepiece_model_pb2.ModelProto.SentencePiece
    for piece in ["<pad>", "</s>", "<unk>"]:
        model.pieces.add(piece=piece, score=0, type=kind.UNKNOWN if piece == "<unk>" else kind.CONTROL)
    for piece, score in zip(spelled, scores):
        model.pieces.add(piece=piece, score=score)
    model.trainer_spec.model_type = sentencepiece_model_pb2.TrainerSpec.UNIGRAM
    model.trainer_spec.unk_id, model.trainer_spec.eos_id = 2, 1
    model.trainer_spec.pad_id, model.trainer_spec.bos_id = 0, -1
    model.normalizer_spec.add_dummy_prefix = True
    (FIXTURES / "ties.model").write_bytes(model.SerializeToString())
    fast = tokenizers.Tokenizer(models.Unigram([(piece.piece, piece.score) for piece in model.pieces], unk_id=2))
    fast.normalizer = normalizers.Replace(tokenizers.Regex(" {2,}"), " ")
    fast.pre_tokenizer = pre_tokenizers.Metaspace()
    fast.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fast = tokenizers.Tokenizer.from_str(fast.to_str())
    texts = [unit * count for unit in ["a", "ab", "-", ".", "1", "aab", "a1"] for count in [3, 5, 7, 28, 61, 200]]
    for _ in range(120):
        runs = [draw.choice("ab-.1x") * draw.randint(1, 9) for _ in range(draw.randint(1, 6))]
        texts.append("".join(run + draw.choice(["", "", " ", "\u00e9"]) for run in runs).strip())
    with open(FIXTURES / "ties.jsonl", "w") as file:
        for text in texts:
            file.write(json.dumps({"text": text, "ids": fast.encode(text).ids}) + "\n")


def strings(draw, lines):
    marks = ["[SEP]", "[DEC]", "[MASK]", "</s>", "<pad>", "##s", "'s", "n't", " ' ", "...", "¿?", "\n", "\t", "\r\n", " ",
             "\u00a0", "\u2028", "\u3000", "\u200b", "\u00ad", "\0", "\x1f", "\ufffd", "\u0301", "\u0130", "\u03a3", "é",
             "e\u0301", "ﬁ", "Å", "中文", "한국", "\u1100\u1161", "😀", "👩\u200d👧", "\U0002f804", "\u302e", "٣", "½", "x" * 120,
             "<extra_id_0>", " <extra_id_9> ", "<extra_id_10>", "<unk>", "\x85", "\u2026", "\uff21"]
    out = ["", " ", "  ", "\n", "a", " a", "a ", "It isn't .", "a  dog , it 's", "don't", "DON'T", "a\n\nb"] + marks
    for _ in range(120):
        text = list(draw.choice(lines))
        for _ in range(draw.randint(1, 4)):
            text.insert(draw.randint(0, len(text)), draw.choice(marks))
        out.append("".join(text))
    return out


def record(path, texts, tokenizer, fast=None):
    """Writes what a tokenizer makes of some texts; with a fast one also its ids and its tokenizer.json."""
    with open(FIXTURES / path, "w") as file:
        for text in texts:
            ids = tokenizer(text)["input_ids"]
            case = {
                "text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True),
                "decoded_nocleanup": tokenizer.decode(
                    ids, skip_special_tokens=True, clean_up_tokenization_spaces=False),
            }
            if fast is not None:
                case["ids_fast"] = fast(text)["input_ids"]
            file.write(json.dumps(case) + "\n")
    tree = json.loads((fast or tokenizer).backend_tokenizer.to_str())
    (FIXTURES / path.replace(".jsonl", ".json")).write_text(json.dumps(tree, ensure_ascii=False, separators=(",", ":")))


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
    bert, fast_bert = (kind(FIXTURES / "vocab.txt") for kind in [BertTokenizer, BertTokenizerFast])
    fast_bert.sanitize_special_tokens()
    for tokenizer in [bert, fast_bert]:
        tokenizer.add_special_tokens({"bos_token": "[DEC]"})
    record("word_piece.jsonl", texts, bert, fast_bert)
    special = {"bos_token": "</s>", "eos_token": "</s>", "unk_token": "</s>", "pad_token": "<pad>"}
    opt = GPT2Tokenizer(FIXTURES / "vocab.json", FIXTURES / "merges.txt", add_bos_token=True, **special)
    fast_opt = GPT2TokenizerFast(str(FIXTURES / "vocab.json"), str(FIXTURES / "merges.txt"), **special)
    fast_opt.sanitize_special_tokens()
    fast_opt.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="</s> $A", special_tokens=[("</s>", 2)])
    record("byte_pair.jsonl", texts, opt, fast_opt)
    record("sentence_piece.jsonl", texts, sentence_piece(lines))
    ties(random.Random(43))


main()
