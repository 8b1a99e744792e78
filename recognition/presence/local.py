"""Police presence on this computer: the default backend, offline, with weights that are part of the project.

This file decides how the network is run over one photo: the whole of it and crops (`crops`), in batches. How
its outputs become one score is in `scoring`. Only onnxruntime runs here: training is in `training`.

The score orders the queue; soldiers are its main error, so a photo that looks military gets a label of
its own. Figures, thresholds and weaknesses: docs/models.md.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from recognition.presence.base import Box, Decision, Label, Presence, PresenceUnavailable
from recognition.presence.chests import find_chests
from recognition.presence.chests import load as load_people
from recognition.presence.crops import Crop, Plan, crops, has_tiles
from recognition.presence.manifest import WEIGHTS, Manifest, read_manifest
from recognition.presence.opening import open_jpeg

Floats = NDArray[np.float32]

BATCH = 8
"""Crops judged at a time: bounds the memory whatever the photo."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The network's view of one crop: two values (see `scoring`) and a probability."""

    crop: Crop
    look: float
    bonus: float
    military: float


class Local:
    """The shipped model. `threads` bounds the processor cores that one photo may use."""

    name = "local"

    def __init__(
        self, manifest: Path = WEIGHTS / "police.json", threads: int = 1, plan: Plan | None = None
    ) -> None:
        self._path = manifest
        self._threads = threads
        self._plan = plan or Plan()
        self._loaded: tuple[Manifest, Any] | None = None

    @property
    def sure_from(self) -> float:
        """From the manifest: it goes with the weights."""
        return self._model()[0].sure

    def load(self) -> None:
        """Check the weights' hashes and make the networks. Raises `PresenceUnavailable`."""
        self._model()
        load_people(self._threads)

    def classify(self, jpeg: bytes, heads: Sequence[Box]) -> Presence:
        """Judge one photo; see `PresenceBackend.classify`."""
        self.load()
        manifest, _ = self._model()
        photo = open_jpeg(jpeg)
        chests = find_chests(photo) if has_tiles(*photo.size, self._plan) else []
        opinions = [
            opinion
            for batch in _batches(crops(*photo.size, heads, self._plan, chests))
            for opinion in self._judge(photo, batch)
        ]
        return _presence(opinions, manifest)

    def _model(self) -> tuple[Manifest, Any]:
        if self._loaded is None:
            manifest = read_manifest(self._path)
            self._loaded = manifest, open_session(manifest.weights, self._threads)
        return self._loaded

    def _judge(self, photo: Image.Image, batch: list[Crop]) -> list[Opinion]:
        manifest, session = self._model()
        pixels = np.stack([_pixels(photo, crop.box, manifest.input_size) for crop in batch])
        probe, worn, gear, military = session.run(["probe", "worn", "gear", "military"], {"pixels": pixels})
        looks, added = manifest.scoring.looks(probe, worn), manifest.scoring.bonus(gear)
        return [
            Opinion(crop, *map(float, values))
            for crop, *values in zip(batch, looks, added, military, strict=True)
        ]


def create(**options: Any) -> Local:
    """The backend, from the options of `Local`."""
    return Local(**options)


def open_session(weights: Path, threads: int) -> Any:
    """An onnxruntime session on the processor. Raises `PresenceUnavailable` when the file is no network."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no public base class
        raise PresenceUnavailable(f"The police presence model does not load: {error}") from error


def _batches(everything: list[Crop]) -> Iterator[list[Crop]]:
    for start in range(0, len(everything), BATCH):
        yield everything[start : start + BATCH]


def _pixels(photo: Image.Image, box: Box, size: int) -> Floats:
    """The crop as the network wants it: (3, size, size), red green blue, 0 to 255, squeezed to a square."""
    edges = (box.x, box.y, box.x + box.width, box.y + box.height)
    small = photo.resize((size, size), Image.Resampling.BICUBIC, box=edges)
    return np.asarray(small, dtype=np.float32).transpose(2, 0, 1)


def _presence(opinions: list[Opinion], manifest: Manifest) -> Presence:
    looks = _above_background(opinions, manifest)
    best = _score(max(looks) + max(o.bonus for o in opinions), manifest)
    military = max(opinion.military for opinion in opinions)
    scored = [
        (_score(look + opinion.bonus, manifest), opinion.crop.box)
        for look, opinion in zip(looks[1:], opinions[1:], strict=True)
    ]
    judged_police = sorted((each for each in scored if each[0] >= manifest.likely), reverse=True)
    labels = [Label("police", best)]
    if military >= manifest.military:
        labels.append(Label("military", military))
    return Presence(
        score=best,
        decision=_decision(best, military, manifest),
        labels=tuple(labels),
        boxes=tuple(box for _, box in judged_police),
        backend=Local.name,
        model_version=manifest.version,
    )


def _above_background(opinions: list[Opinion], manifest: Manifest) -> list[float]:
    """The opinions' looks against the photo's background, in their order."""
    looks = np.array([opinion.look for opinion in opinions], dtype=np.float32)
    background = looks[[opinion.crop.is_background for opinion in opinions]]
    return [float(look) for look in manifest.scoring.above_background(looks, background)]


def _score(value: float, manifest: Manifest) -> float:
    return float(manifest.scoring.chance(np.array([value], dtype=np.float32))[0])


def _decision(police: float, military: float, manifest: Manifest) -> Decision:
    """A military look needs a person's eye: it lifts a doubtful photo to `review` and keeps it from `likely`."""
    if not math.isfinite(police):
        raise PresenceUnavailable("The police presence model gave no number.")
    if military >= manifest.military:
        return Decision.REVIEW
    if police >= manifest.likely:
        return Decision.LIKELY
    return Decision.REVIEW if police >= manifest.review else Decision.NONE_FOUND
