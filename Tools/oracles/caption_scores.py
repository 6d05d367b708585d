#!/usr/bin/env python3
"""Writes Tests/EvaluationMetricsTests/Fixtures from pycocoevalcap 1.2 (Stanford's tokenizer 3.4.1, Java 17), and plain
CIDEr from its authors' own package (github.com/vrama91/cider, pyciderevalcap/cider/cider_scorer.py).

    python3 -m venv venv && venv/bin/pip install pycocoevalcap==1.2
    LC_ALL=C.UTF-8 venv/bin/python Tools/oracles/caption_scores.py Tests/EvaluationMetricsTests/Fixtures cider_scorer.py

All sentences are made here, from the word lists below and a fixed seed.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

import pycocoevalcap.tokenizer.ptbtokenizer as ptb
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge

FOLDER = os.path.dirname(ptb.__file__)

PLAIN = """a man woman dog cat the on in with riding red small horse ball park cannot gonna street two people near
standing colour grey t-shirt 20-year-old well-known snowboarder café naïve 日本 собака Σίσυφος ΣΟΦΟΣ ẞ İstanbul""".split()

NASTY = """' ’ ` `` '' " &apos; &quot; &QUOT; &amp; &AMP; &eacute; &nbsp; &lt; &gt; < <b> </b> <br/> <!--x--> . .. ... ....
….... - -- --- ---- ----- — – ― U.S. U.S u.s. U.S.S.R. Ph.D. Ed.D. etc. Pty. PTY. Pte. Co. Ltd. Mr. Miss. miss. Mrs. Dr.
Jan. Sat. Az. az. La. la. Mfg. MFG. Blvd. No. no. fig. Fig.3 a.k.a. EU-U.S. anti-U.S.-x AT&T A&amp;T R+D C++ f# c# :-) =D
:(x ;o) ^_^ (-_-) x_x ('-') 555-1234 (555) 123-4567 555.123.4567 ++44 1/2 2-1/2 3⁄4 ½ ⅓ ⅔ ⅛ € £ ¢ ¥ ₠ ¤ $ US$5 #tag #1
@user @_x a@b.c <a@b.c> a@b..c http://a.b/c? https://x.y/{z} www.a-b.com/x. a.com A.com foo.org/bar, don't DON'T ain’t
can`t n't y'all Y'know O'Hare o'o O’Oh I'll d'Avignon l'x d' Dunkin' 'em 'n' '90s '90 'twas 'Tis ’tis 'till 'cause c'est
Cap'n o'clock li'l Shi'ite gotta lemme gimme wanna soft\u00adhyphen \u00ad x² ²³ ₊₂ \u200b \ufeff \x00 \x7f \u00a0 \u3000
e\u0301 ΑΣ ΣΑΣ ΑΣ.Β ΑΣ-Β aΣ’s ſ K ı 😀 a😀b http://😀.x \\* \\/ a\\/b * ** _ ___ @@ ## !? ?! !!! = == / and/or a-b/c-d-e
1-2-3 3-4/5 10,000-foot a.b-c x.py x.py, p.d.f.txt photo.JPG S&P-500 S&amp;Ls -LRB- -rrb- ( ) [ ] { } > << >> | ~ ^ % +5 -5
,5 .5 5:30 10:30am 1,000.5 1.000,5 ٣ ٫ 1٫2 &#39; &MD; &mdash; „x“ «x» ‹x› ‟ ¿ ¡ 。 、 ・ § ° °F ™ ∞ → 5'6" 6'2 'quoted'
the90's x\u2003y stop.Go end! yes?no""".split(" ")
NASTY = [piece for word in NASTY for piece in word.split("\n") if piece]

SEPARATORS = ["\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029", "\n"]


def stanford(document):
    with tempfile.NamedTemporaryFile("wb", suffix=".txt", delete=False) as file:
        file.write(document.encode())
    command = ["java", "-cp", ptb.STANFORD_CORENLP_3_4_1_JAR, "edu.stanford.nlp.process.PTBTokenizer",
               "-preserveLines", "-lowerCase", file.name]
    output = subprocess.run(command, cwd=FOLDER, capture_output=True, check=True).stdout.decode()
    os.unlink(file.name)
    return output


def sentence(random):
    words = []
    for _ in range(random.randint(1, 8)):
        word = random.choice(NASTY if random.random() < 0.6 else PLAIN)
        words.append(word.upper() if random.random() < 0.1 else word)
        if random.random() < 0.75:
            words.append(" ")
    text = "".join(words)
    return text[:1].upper() + text[1:] if random.random() < 0.5 else text


def words(line):
    return " ".join(word for word in line.rstrip().split(" ") if word not in ptb.PUNCTUATIONS)


def write_sentences(path, random):
    texts = PLAIN + NASTY + [sentence(random) for _ in range(900)]
    lines = stanford("\n".join(texts)).split("\n")[: len(texts)]
    assert len(lines) == len(texts), (len(lines), len(texts))
    with open(path, "w") as file:
        for text, line in zip(texts, lines):
            file.write(json.dumps({"text": text, "raw": line, "tokens": words(line)}) + "\n")
        for _ in range(25):
            text = "".join(sentence(random) + random.choice(SEPARATORS) for _ in range(random.randint(1, 4)))
            output = stanford(text.replace("\n", " ")).removesuffix("\n")
            file.write(json.dumps({"text": text, "raw": output, "has_line_separator": True}) + "\n")


SUBJECTS = "a man|a woman in red|two dogs|a small brown horse|the U.S. team|three children|a cat".split("|")
VERBS = "rides|is standing near|are playing with|jumps over|can't see|looks at".split("|")
OBJECTS = "a ball|the old wooden fence|a red bicycle|some green grass|a 20-year-old car|an umbrella, etc.".split("|")
PLACES = "in a park|on the street|at 10:30 a.m.|under a tree|beside the water||".split("|")


def caption(random):
    text = " ".join(random.choice(part) for part in (SUBJECTS, VERBS, OBJECTS, PLACES)).strip()
    return (text[0].upper() + text[1:] + ".") if random.random() < 0.6 else text


def plain_cider(path, gts, res):
    """The corpus's and the images' plain CIDEr; the package is written in Python 2."""
    with open(path) as file:
        source = file.read().replace("xrange", "range").replace("iteritems", "items")
    module = {}
    exec(compile(source, path, "exec"), module)
    scorer = module["CiderScorer"]()
    for image in gts:
        scorer += (res[image][0], gts[image])
    score, scores = scorer.compute_score("corpus")
    return float(score), [float(x) for x in scores]


def write_captions(folder, scorer, random):
    ids = random.sample(range(1, 600000), 60)
    references = {i: [caption(random) for _ in range(random.randint(1, 6))] for i in ids}
    odd = ["", ".", "A", "a a a a a a a", "2 1/2 red balls", "😀", "\u00ad", references[ids[7]][0], sentence(random)]
    odd += ["a\nman in\n\na park\n", "two dogs\x00 \x00 in a park\x00", "👩‍👩‍👧‍👦 a 🐎 in a park 🇫🇷.",
            " ".join(references[ids[12]][0].split() * 40)[:220], ". ".join(references[ids[13]] * 80)[:2200]]
    references[ids[13]].append(", ".join(references[ids[13]] * 60)[:2100])
    candidates = {i: odd[n] if n < len(odd) else caption(random) for n, i in enumerate(ids)}
    truth = {"images": [{"id": i, "file_name": f"picture_{i}.jpg"} for i in ids],
             "annotations": [{"id": n, "image_id": i, "caption": text}
                             for n, (i, text) in enumerate((i, text) for i in ids for text in references[i])]}
    results = [{"image_id": i, "caption": candidates[i]} for i in sorted(ids)]
    tokenize = ptb.PTBTokenizer().tokenize
    gts = tokenize({i: [{"caption": text} for text in references[i]] for i in ids})
    res = tokenize({i: [{"caption": candidates[i]}] for i in ids})
    bleu, bleus = Bleu(4).compute_score(gts, res, verbose=0)
    rouge, rouges = Rouge().compute_score(gts, res)
    cider, ciders = Cider().compute_score(gts, res)
    plain, plains = plain_cider(scorer, gts, res)
    corpus = {f"Bleu_{n + 1}": bleu[n] for n in range(4)} | {"ROUGE_L": float(rouge), "CIDEr": float(cider)}
    corpus["CIDEr_plain"] = plain
    per_image = {f"Bleu_{n + 1}": bleus[n] for n in range(4)}
    per_image |= {"ROUGE_L": [float(x) for x in rouges], "CIDEr": [float(x) for x in ciders], "CIDEr_plain": plains}
    write(f"{folder}/captions_references.json", truth)
    write(f"{folder}/captions_results.json", results)
    write(f"{folder}/captions_scores.json", {"corpus": corpus, "image_ids": ids, "per_image": per_image})


def write(path, value):
    with open(path, "w") as file:
        json.dump(value, file)
        file.write("\n")


if __name__ == "__main__":
    folder = sys.argv[1]
    write_sentences(f"{folder}/ptb_sentences.jsonl", random.Random(1))
    write_captions(folder, sys.argv[2], random.Random(2))
