"""The Python libraries beside `benchmarks tokenizers`, one thread each; run by the benchmark, which writes a line
`<tokenizer> check` and reads a checksum of all ids, or `<tokenizer> time` and reads the seconds that encoding all lines
took (tokenizer: opt, bert, t5).
usage: tokenizers_peer.py ASSETS CAPTIONS"""
import os
import pathlib
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import sentencepiece
import tokenizers
from tokenizers import BertWordPieceTokenizer, ByteLevelBPETokenizer

assets = pathlib.Path(sys.argv[1])
lines = pathlib.Path(sys.argv[2]).read_text().split("\n")
bert = BertWordPieceTokenizer(str(assets / "bert-base-uncased-vocab.txt"), lowercase=True)
opt = ByteLevelBPETokenizer(str(assets / "gpt2-vocab.json"), str(assets / "gpt2-merges.txt"))
t5 = sentencepiece.SentencePieceProcessor(model_file=str(assets / "t5-spiece.model"))
ENCODERS = {
    "opt": lambda: opt.encode_batch(lines, add_special_tokens=False),
    "bert": lambda: bert.encode_batch(lines, add_special_tokens=False),
    "t5": lambda: t5.encode(lines, num_threads=1),
}

print(f"Python: tokenizers {tokenizers.__version__}, sentencepiece {sentencepiece.__version__}", flush=True)
for request in sys.stdin:
    name, what = request.split()
    began = time.perf_counter()
    encoded = ENCODERS[name]()
    seconds = time.perf_counter() - began
    if what == "check":
        checksum = 0
        for ids in encoded:
            for token in getattr(ids, "ids", ids):
                checksum = (checksum * 31 + token + 1) % 1000000007
        print(checksum, flush=True)
    else:
        print(seconds, flush=True)
