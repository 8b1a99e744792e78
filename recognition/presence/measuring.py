"""Run a backend over folders of photos whose answer is known.

This file decides what counts as one judged photo: opened as intake would (upright, red green blue), heads
found, then classified, all of it timed. Photos that cannot be judged are counted, never silently left out.
"""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from recognition.presence.base import Box, PhotoUnsuitable, Presence, PresenceBackend
from recognition.presence.evaluation import judge

FindHeads = Callable[[NDArray[np.uint8]], Sequence[Box]]

KINDS = ("police", "other")
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


@dataclass(slots=True)
class Run:
    """What one run over a folder gave."""

    scores: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    unsuitable: list[str] = field(default_factory=list)
    seconds: float = 0.0
    model_version: str = ""


def measure(backend: PresenceBackend, folder: Path, find_heads: FindHeads) -> dict[str, Any]:
    """Judge every photo in `folder`/police and `folder`/other; return the figures as one JSON-able object.

    Raises ValueError when either folder has no photo that could be judged.
    """
    backend.load()
    run = Run()
    for kind, path in photos(folder):
        try:
            found, seconds = judge_one(backend, path, find_heads)
        except PhotoUnsuitable as unsuitable:
            run.unsuitable.append(f"{kind}/{path.name}: {unsuitable.code}")
            continue
        run.scores[kind].append(found.score)
        run.seconds += seconds
        run.model_version = found.model_version
    police, other = (np.array(run.scores[kind], dtype=np.float64) for kind in KINDS)
    figures = judge(police, other).as_json()
    judged = len(police) + len(other)
    return figures | {
        "ms_per_photo": round(1000 * run.seconds / judged, 1),
        "model_version": run.model_version,
        "backend": backend.name,
        "photos": {"police": len(police), "other": len(other)},
        "unsuitable": run.unsuitable,
    }


def photos(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every photo with its kind, in the order of names."""
    for kind in KINDS:
        for path in sorted((folder / kind).glob("**/*")):
            if path.suffix.lower() in SUFFIXES:
                yield kind, path


def judge_one(backend: PresenceBackend, path: Path, find_heads: FindHeads) -> tuple[Presence, float]:
    """The backend's answer to one photo and the seconds that finding heads and judging took.

    Raises `PhotoUnsuitable` for a photo that does not open or cannot be judged.
    """
    photo = upright(path)
    written = io.BytesIO()
    photo.save(written, "JPEG", quality=95)
    started = time.perf_counter()
    found = backend.classify(written.getvalue(), find_heads(np.asarray(photo)))
    return found, time.perf_counter() - started


def upright(path: Path) -> Image.Image:
    """The photo as intake would store it: upright, red green blue. Raises `PhotoUnsuitable("unreadable")`."""
    try:
        with Image.open(path) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PhotoUnsuitable("unreadable") from error
