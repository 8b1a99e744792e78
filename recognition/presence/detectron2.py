"""Police presence by a detector that a site brings itself: a detectron2 model, exported or with its library.

This file decides what such a model must come with (a JSON manifest), how photos are handed to it and how
its boxes become an answer. The model runs in a process of its own, under a Python of its own if need be
(`detectron2_process`), so that torch never enters the web application or the worker.

Manifest: `form` ("torchscript" or "library"), `weights` and `sha256`, `version`, `classes` (names by
number), `police` (which of them are officers), `colour` ("BGR" or "RGB"), `longest_side` (pixels; larger
photos are made smaller), `outputs` (for "torchscript": the order, out of "boxes", "classes", "scores"; other
names are skipped), `config` (for "library"), `likely` and `review` (least scores).

Tested with small TorchScript detectors of our own. No real detectron2 model or library was to be had: both
forms are untried against one.
"""

import hashlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from PIL import Image

from recognition.presence.base import NEVER_SURE, Box, Decision, Label, Presence, PresenceUnavailable
from recognition.presence.opening import open_jpeg

PROGRAM = Path(__file__).with_name("detectron2_process.py")
NEEDED = (
    "form",
    "weights",
    "sha256",
    "version",
    "classes",
    "police",
    "colour",
    "longest_side",
    "likely",
    "review",
)


class Detectron2:
    """A site's own detector. `python` is the interpreter that has torch; `patience` is seconds per photo."""

    name = "detectron2"
    sure_from = NEVER_SURE

    def __init__(self, manifest: Path, python: str = sys.executable, patience: float = 60.0) -> None:
        self._path = manifest
        self._python = python
        self._patience = patience
        self._facts: dict[str, Any] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._started_by = 0

    def load(self) -> None:
        """Check the manifest and the weights' hash. Raises `PresenceUnavailable`.

        The process is started by the first photo: pipes must not be shared by forked workers.
        """
        if self._facts is None:
            self._facts = read_manifest(self._path)

    def classify(self, jpeg: bytes, heads: Sequence[Box]) -> Presence:  # noqa: ARG002 - it finds people itself
        """Judge one photo; see `PresenceBackend.classify`."""
        self.load()
        facts = cast("dict[str, Any]", self._facts)
        photo = open_jpeg(jpeg)
        small = photo.copy()
        small.thumbnail((facts["longest_side"], facts["longest_side"]))
        found = self._detect(small, facts)
        return presence(found, facts, photo.width / small.width, photo.height / small.height)

    def close(self) -> None:
        """End the process; the next photo starts another."""
        process, self._process = self._process, None
        if process is None or self._started_by != os.getpid():
            return
        process.kill()
        process.communicate()

    def _detect(self, photo: Image.Image, facts: dict[str, Any]) -> dict[str, Any]:
        process = self._running(facts)
        size = json.dumps({"height": photo.height, "width": photo.width}).encode() + b"\n"
        return self._say(process, size + _pixels(photo, facts["colour"]))

    def _running(self, facts: dict[str, Any]) -> subprocess.Popen[bytes]:
        """The process, started anew in each worker and after each failure."""
        if self._process is not None and self._started_by == os.getpid():
            return self._process
        try:
            # -I keeps this folder out of the module path: our own detectron2.py would hide the library.
            self._process = subprocess.Popen(
                [self._python, "-I", str(PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={"PATH": os.environ.get("PATH", ""), "OMP_NUM_THREADS": "1"},  # no secrets
            )
        except OSError as error:
            raise PresenceUnavailable(f"The detector's Python does not start: {error}") from error
        self._started_by = os.getpid()
        self._say(self._process, json.dumps(facts).encode() + b"\n")
        return self._process

    def _say(self, process: subprocess.Popen[bytes], message: bytes) -> dict[str, Any]:
        """Send `message`, wait for the one line that answers it."""
        line = b""
        if process.stdin is not None and process.stdout is not None:
            try:
                process.stdin.write(message)
                process.stdin.flush()
                ready, _, _ = select.select([process.stdout], [], [], self._patience)
                line = process.stdout.readline() if ready else b""
            except OSError:
                line = b""
        if not line:
            self.close()
            raise PresenceUnavailable("The detector gave no answer.", retry_after=self._patience)
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            self.close()
            raise PresenceUnavailable(f"The detector failed: {answer['error']}")
        return answer


def create(**options: Any) -> Detectron2:
    """The backend, from the options of `Detectron2`."""
    return Detectron2(**options)


def read_manifest(path: Path) -> dict[str, Any]:
    """The facts at `path`, with absolute paths. Raises `PresenceUnavailable` if any is missing or changed."""
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        missing = [name for name in NEEDED if name not in facts]
        if missing:
            raise PresenceUnavailable(f"{path.name} does not say: {', '.join(missing)}.")
        for name in ("weights", "config"):
            if name in facts:
                facts[name] = str((path.parent / facts[name]).resolve())
        with Path(facts["weights"]).open("rb") as weights:
            digest = hashlib.file_digest(weights, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise PresenceUnavailable(f"The detector's files cannot be read: {error}") from error
    if digest != facts["sha256"]:
        raise PresenceUnavailable(f"The weights are not those of {path.name}: refused.")
    return facts


def presence(found: dict[str, Any], facts: dict[str, Any], across: float, down: float) -> Presence:
    """The detector's boxes (corners, in the smaller photo) as an answer in the photo's own pixels."""
    police: list[tuple[float, Box]] = []
    best: dict[str, float] = {}
    for name, score, corners in _named(found, facts):
        best[name] = max(score, best.get(name, 0.0))
        if name in facts["police"] and score >= facts["review"]:
            police.append((score, _box(corners, across, down)))
    police.sort(key=lambda each: each[0], reverse=True)
    score = max((best[name] for name in best if name in facts["police"]), default=0.0)
    doubtful = Decision.REVIEW if score >= facts["review"] else Decision.NONE_FOUND
    return Presence(
        score=score,
        decision=Decision.LIKELY if score >= facts["likely"] else doubtful,
        labels=tuple(Label(name, best[name]) for name in sorted(best)),
        boxes=tuple(box for _, box in police),
        backend=Detectron2.name,
        model_version=str(facts["version"]),
    )


def _named(found: dict[str, Any], facts: dict[str, Any]) -> list[tuple[str, float, list[float]]]:
    """Class name, score and corners of each finding."""
    try:
        each = zip(found["boxes"], found["classes"], found["scores"], strict=True)
        return [(facts["classes"][int(number)], float(score), list(box)) for box, number, score in each]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise PresenceUnavailable(f"The detector's answer makes no sense: {error!r}") from error


def _box(corners: Sequence[float], across: float, down: float) -> Box:
    left, top, right, bottom = corners
    x, y = round(left * across), round(top * down)
    return Box(x, y, round(right * across) - x, round(bottom * down) - y)


def _pixels(photo: Image.Image, colour: str) -> bytes:
    """Rows of pixels, three bytes each, in the order that the detector was trained with."""
    if colour == "RGB":
        return photo.tobytes()
    red, green, blue = photo.split()
    return Image.merge("RGB", (blue, green, red)).tobytes()
