"""transformers beside `benchmarks answers`; run by the benchmark, which writes a line with the number of questions, how many are
answered in a batch, beams and new tokens, and reads the seconds that a question took. As transformers' documentation of
BLIP-2 shows it, in bfloat16 on the processor.

usage: answers.py THREADS MODEL"""
import sys
import time

import numpy as np
import torch
import transformers
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, Blip2ForConditionalGeneration, Blip2Processor

QUESTIONS = [
    "What color is the car?", "How many people are there?", "Is it raining?", "What is the man holding?",
    "What kind of animal is standing on the left?", "Where was this picture taken?", "Are there any trees?",
    "What is written on the sign?",
]

torch.set_num_threads(int(sys.argv[1]))
folder = sys.argv[2]
model = Blip2ForConditionalGeneration.from_pretrained(folder, dtype=torch.bfloat16).eval()
processor = Blip2Processor(
    AutoImageProcessor.from_pretrained(folder), AutoTokenizer.from_pretrained(folder, padding_side="left"),
    num_query_tokens=model.config.num_query_tokens)
places = np.arange(640 * 480 * 3)
image = Image.fromarray((places // 7 + places // 1920 * 3).astype(np.uint8).reshape(480, 640, 3))


def answer(questions, beams, length):
    prompts = [f"Question: {question} Short answer:" for question in questions]
    inputs = processor(images=[image] * len(prompts), text=prompts, padding=True, return_tensors="pt")
    inputs = inputs.to(dtype=torch.bfloat16)
    ids = model.generate(
        **inputs, num_beams=beams, max_new_tokens=length, min_new_tokens=length, length_penalty=-1, do_sample=False)
    return processor.batch_decode(ids, skip_special_tokens=True)


print(f"transformers {transformers.__version__}, torch {torch.__version__}, bfloat16", flush=True)
with torch.inference_mode():
    answer(QUESTIONS[:1], 1, 1)
    for line in sys.stdin:
        count, size, beams, length = map(int, line.split())
        questions = [QUESTIONS[place % len(QUESTIONS)] for place in range(count)]
        began = time.perf_counter()
        for start in range(0, count, size):
            answer(questions[start:start + size], beams, length)
        print((time.perf_counter() - began) / count, flush=True)
