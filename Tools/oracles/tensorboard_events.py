#!/usr/bin/env python3
"""Reads the event files of runs with TensorBoard itself, and compares every number, sample text and picture with the
runs' log.jsonl.

    python Tools/oracles/tensorboard_events.py .demo/pformer/stage2 .demo/baseline/stage2

Run with Python 3.11, tensorboard 2.21.0 and Pillow 13.0.
"""
import io
import json
import pathlib
import struct
import sys

from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def single(value):
    """The float32 next to a number, as event files store it."""
    return struct.unpack("f", struct.pack("f", float(value)))[0]


def logged(run):
    """The log's numbers as {name: {step: value}}."""
    numbers = {}
    for line in (run / "log.jsonl").read_text().splitlines():
        entry = json.loads(line)
        step = entry.pop("step", entry.pop("validated_step", None))
        if step is None:
            continue
        for name in ("epoch", "batch", "time", "samples"):
            entry.pop(name, None)
        for name, value in entry.items():
            numbers.setdefault(name, {})[step] = single(value)
    return numbers


def written(run):
    """The log's sample texts as {tag: [text of each judgement]}."""
    texts = {}
    for line in (run / "log.jsonl").read_text().splitlines():
        for sample in json.loads(line).get("samples", []):
            texts.setdefault(f"samples/{sample['name']}/text", []).append(sample["text"])
    return texts


def main():
    for run in map(pathlib.Path, sys.argv[1:]):
        events = EventAccumulator(str(run), size_guidance={"scalars": 0, "tensors": 0, "images": 0}).Reload()
        found = {name: {event.step: event.value for event in events.Scalars(name)}
                 for name in events.Tags()["scalars"]}
        if found != logged(run):
            raise SystemExit(f"{run}: TensorBoard reads other numbers than the log holds")
        texts = {name: [event.tensor_proto.string_val[0].decode() for event in events.Tensors(name)]
                 for name in events.Tags()["tensors"]}
        if texts != written(run):
            raise SystemExit(f"{run}: TensorBoard reads other texts than the log holds")
        pictures = [Image.open(io.BytesIO(event.encoded_image_string)).size == (event.width, event.height)
                    for name in events.Tags()["images"] for event in events.Images(name)]
        if not all(pictures):
            raise SystemExit(f"{run}: a picture has another size than its event says")
        print(f"{run}: {sum(map(len, found.values()))} numbers under {len(found)} names are equal, "
              f"{sum(map(len, texts.values()))} texts and {len(pictures)} pictures")


if __name__ == "__main__":
    main()
