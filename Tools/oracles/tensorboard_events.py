#!/usr/bin/env python3
"""Reads the event files of runs with TensorBoard itself, and compares every number with the runs' log.jsonl.

    python Tools/oracles/tensorboard_events.py .demo/pformer/stage2 .demo/baseline/stage2

Run with Python 3.11 and tensorboard 2.21.0.
"""
import json
import pathlib
import struct
import sys

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
        for name in ("epoch", "batch", "time"):
            entry.pop(name, None)
        for name, value in entry.items():
            numbers.setdefault(name, {})[step] = single(value)
    return numbers


def main():
    for run in map(pathlib.Path, sys.argv[1:]):
        events = EventAccumulator(str(run), size_guidance={"scalars": 0}).Reload()
        found = {name: {event.step: event.value for event in events.Scalars(name)}
                 for name in events.Tags()["scalars"]}
        if found != logged(run):
            raise SystemExit(f"{run}: TensorBoard reads other numbers than the log holds")
        print(f"{run}: {sum(map(len, found.values()))} numbers under {len(found)} names are equal")


if __name__ == "__main__":
    main()
