"""What masks cover, asked the way the other tools are asked: a folder with `annotations.jsonl` beside its photos.

The judgement is `privacy.evaluation`'s, the same as `manage.py evaluate_masking` prints.
"""

import random
from pathlib import Path

from privacy import evaluation
from privacy.measures import MeasureMissing

_ANNOTATIONS = "annotations.jsonl"


def evaluate(images: Path, *, photos: int, seed: int) -> dict[str, object]:
    """Shares of the marked faces that are covered. Raises MeasureMissing when nobody marked the faces."""
    marks = images / _ANNOTATIONS
    if not marks.is_file():
        raise MeasureMissing(f"Masks are measured on faces that people marked: {_ANNOTATIONS} is missing.")
    marked = list(evaluation.read_annotations(marks.read_text(encoding="utf-8")))
    some = random.Random(seed).sample(marked, min(photos, len(marked)))  # noqa: S311 - no secret
    return evaluation.summary(evaluation.judge_all(some, images, evaluation.product_mask))
