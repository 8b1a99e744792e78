"""The other side of the `detectron2` backend: a program of its own that holds torch and the detector.

This file decides how the detector is run. It is started by path, never imported by the product, and uses
only the standard library and torch (or an installed detectron2), so that their versions bind nothing else.

Talk, on standard input and output: first one line of JSON, the manifest's facts. Then, for each photo, one
line of JSON `{"height": H, "width": W}` and H * W * 3 bytes, rows of pixels. Each is answered by one line
of JSON: `{"ready": true}`, `{"boxes": [[x0, y0, x1, y1], ...], "classes": [...], "scores": [...]}`, or
`{"error": "..."}`.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

Detect = Callable[[bytes, int, int], dict[str, list[Any]]]


def torchscript(facts: dict[str, Any]) -> Detect:
    """A detector from a traced or scripted export: one float tensor (3, H, W) in, tensors out."""
    import torch

    torch.set_num_threads(1)
    model = torch.jit.load(facts["weights"], map_location="cpu").eval()

    def detect(pixels: bytes, height: int, width: int) -> dict[str, list[Any]]:
        rows = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).reshape(height, width, 3)
        with torch.no_grad():
            results = model(rows.permute(2, 0, 1).contiguous().float())
        named = dict(zip(facts["outputs"], results, strict=False))
        return {name: named[name].tolist() for name in ("boxes", "classes", "scores")}

    return detect


def library(facts: dict[str, Any]) -> Detect:
    """A detector by an installed detectron2 and its `DefaultPredictor`. Not tried against a real one."""
    import torch

    config = importlib.import_module("detectron2.config").get_cfg()
    config.merge_from_file(facts["config"])
    config.MODEL.WEIGHTS = facts["weights"]
    config.MODEL.DEVICE = "cpu"
    predictor = importlib.import_module("detectron2.engine").DefaultPredictor(config)

    def detect(pixels: bytes, height: int, width: int) -> dict[str, list[Any]]:
        rows = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).reshape(height, width, 3)
        found = predictor(rows.numpy())["instances"]
        return {
            "boxes": found.pred_boxes.tensor.tolist(),
            "classes": found.pred_classes.tolist(),
            "scores": found.scores.tolist(),
        }

    return detect


FORMS = {"torchscript": torchscript, "library": library}


def main() -> None:
    """Answer until the input ends."""
    source = sys.stdin.buffer
    # Libraries print to standard output as they please: they get the error stream, the answers a copy.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        facts = json.loads(source.readline())
        detect = FORMS[facts["form"]](facts)
    except Exception as error:  # whatever a foreign library raises must reach the other side as words
        say(answers, {"error": f"{type(error).__name__}: {error}"})
        return
    say(answers, {"ready": True})
    while line := source.readline():
        say(answers, one(detect, source, json.loads(line)))


def one(detect: Detect, source: BinaryIO, size: dict[str, int]) -> dict[str, Any]:
    """Read one photo's pixels and detect; an error is an answer, not an end."""
    height, width = size["height"], size["width"]
    pixels = source.read(height * width * 3)
    try:
        return detect(pixels, height, width)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def say(answers: BinaryIO, answer: dict[str, Any]) -> None:
    """One line, at once."""
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
