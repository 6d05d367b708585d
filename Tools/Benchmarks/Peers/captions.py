"""pycocoevalcap beside `benchmarks scores`; run by the benchmark, which writes a line with the scores to compute, such as
`bleu,rouge,cider`, and reads the seconds of a whole process, or writes a score's key after them and reads the score.
usage: captions.py REFERENCES PREDICTIONS [SCORES]"""
import json
import subprocess
import sys
import time
from importlib.metadata import version

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer
from pycocotools.coco import COCO

SCORERS = {
    "bleu": lambda: (Bleu(4), ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4"]),
    "meteor": lambda: (Meteor(), "METEOR"),
    "rouge": lambda: (Rouge(), "ROUGE_L"),
    "cider": lambda: (Cider(), "CIDEr"),
}


def scores(names):
    """What COCOEvalCap.evaluate does, with these scorers."""
    truth = COCO(sys.argv[1])
    results = truth.loadRes(sys.argv[2])
    ids = truth.getImgIds()
    tokenizer = PTBTokenizer()
    references = tokenizer.tokenize({id: truth.imgToAnns[id] for id in ids})
    captions = tokenizer.tokenize({id: results.imgToAnns[id] for id in ids})
    found = {}
    for name in names.split(","):
        scorer, keys = SCORERS[name]()
        values, _ = scorer.compute_score(references, captions)
        found.update(zip(keys, values) if isinstance(keys, list) else [(keys, values)])
    return {key: float(value) for key, value in found.items()}


def run(names):
    began = time.perf_counter()
    process = subprocess.run(
        [sys.executable, *sys.argv, names], capture_output=True, text=True, check=True)
    return time.perf_counter() - began, json.loads(process.stdout.splitlines()[-1])


if len(sys.argv) > 3:
    print(json.dumps(scores(sys.argv[3])))
    sys.exit()
subprocess.run(["java", "-version"], capture_output=True, check=True)
print(f"pycocoevalcap {version('pycocoevalcap')}, Python {sys.version.split()[0]}", flush=True)
known = {}
for request in sys.stdin:
    names, *key = request.split()
    if not key:
        print(run(names)[0], flush=True)
        continue
    if names not in known:
        known[names] = run(names)[1]
    print(known[names][key[0]], flush=True)
