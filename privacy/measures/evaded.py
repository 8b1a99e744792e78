"""Do finders still find the faces that `evade` has changed? Asked of finders that it attacks and of others.

For each photo: the photo, the photo with random noise of the same size in the same places, the protected one, and that
one made half as large and saved at JPEG 75. Each attacked finder is in turn left out of the attack, so that it is
judged as a stranger too, on every third photo. A finder is asked only about faces that it found in the photo as it was.
SSIM is that of `privacy.similarity`, on the photo saved at JPEG 92; DSSIM is (1 - SSIM) / 2.
"""

import random
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from privacy import passed_on, similarity
from privacy.evading import hiding, views
from privacy.evaluation import as_published
from privacy.measures import MeasureMissing, sample
from privacy.measures.judges import ATTACKED, Judge, judges, still_finds
from privacy.measures.shares import rate
from privacy.shapes import Pixels, Rectangle
from privacy.tools import evade

STATES: Final = ("random noise", "protected", "protected, half size, JPEG 75", "protected, not attacked")
_SIDE: Final = 448  # of a larger photo only so much, around one of its faces
_ROUGH: Final = 75


@dataclass
class Tally:
    """What is counted over all photos: faces found, by finder and state; likeness and seconds, a number a face."""

    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    face: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    faces: int = 0
    photos: int = 0


def evaluate(images: Path, *, photos: int, seed: int, strength: str = "usual") -> dict[str, object]:
    """The effect at one strength. Raises MeasureMissing and WeightsMissing."""
    ready, missing = judges()
    tally = Tally()
    for number, path in enumerate(sample(images, photos, seed)):
        picture = _part(as_published(path)[0], random.Random(seed + number))  # noqa: S311 - no secret
        faces = evade.faces(picture)
        if faces:
            tally.photos += 1
            _add(tally, picture, faces, ready, strength, number)
    if not tally.photos:
        raise MeasureMissing("No face was found in these photos.")
    return {
        "tool": "evade",
        "strength": strength,
        "photos": tally.photos,
        "faces": tally.faces,
        "seed": seed,
        "finders": {name: _told(tally, name) for name in ready},
        "left_out": missing,
        "ssim_face": _middle(tally.face),
        "dssim_face": round((1 - statistics.fmean(tally.face)) / 2, 4),
        "ssim_whole": _middle(tally.whole),
        "dssim_whole": round((1 - statistics.fmean(tally.whole)) / 2, 4),
        "cpu_seconds_per_face": round(statistics.fmean(tally.seconds), 1),
    }


def _add(
    tally: Tally, picture: Pixels, faces: list[Rectangle], ready: dict[str, Judge], strength: str, number: int
) -> None:
    stranger = ATTACKED[number % len(ATTACKED)]
    before = time.process_time()
    protected = _saved(_protected(picture, strength))
    tally.seconds.append((time.process_time() - before) / len(faces))
    noisy = _saved(_noise(picture, protected, number))
    unknown = _saved(_protected(picture, strength, stranger))
    for name, judge in ready.items():
        known = [face for face in faces if still_finds(judge, picture, face)]
        versions = dict(zip(STATES, (noisy, protected, _rough(protected)), strict=False))
        if name == stranger:
            versions[STATES[3]] = unknown
        for state, version in versions.items():
            smaller = len(version) / len(picture)
            tally.asked[name, state] += len(known)
            tally.found[name, state] += sum(
                still_finds(judge, version, _scaled(face, smaller)) for face in known
            )
        tally.asked[name, "clean"] += len(faces)
        tally.found[name, "clean"] += len(known)
    likeness = similarity.ssim_map(views.as_tensor(picture), views.as_tensor(protected))[0].numpy()
    tally.face += [float(likeness[f.y : f.y + f.height, f.x : f.x + f.width].mean()) for f in faces]
    tally.whole.append(float(likeness.mean()))
    tally.faces += len(faces)


def _told(tally: Tally, name: str) -> dict[str, object]:
    told: dict[str, object] = {"attacked": name in ATTACKED or name == "our finder"}
    for state in ("clean", *STATES):
        if tally.asked[name, state]:
            told[state] = rate(tally.found[name, state], tally.asked[name, state])
    return told


def _protected(picture: Pixels, strength: str, *without: str) -> Pixels:
    options = evade.Options(strength=strength, footer=False, mark=False, without=without)
    return evade.protect(picture, options, lambda _: None).pixels


def _noise(picture: Pixels, protected: Pixels, seed: int) -> Pixels:
    """Grey noise of the same size (standard deviation) where the tool changed something."""
    change = protected.astype(np.float32).mean(2) - picture.astype(np.float32).mean(2)
    places = np.abs(change) > 1
    size = float(change[places].std()) if places.any() else 0.0
    noise = np.random.default_rng(seed).normal(0, size, change.shape) * places
    changed: Pixels = np.clip(np.rint(picture + noise[..., None]), 0, 255).astype(np.uint8)
    return changed


def _part(picture: Pixels, chance: random.Random) -> Pixels:
    """A small photo whole; of a large one the surroundings of one face."""
    height, width = picture.shape[:2]
    found = evade.faces(picture) if max(height, width) > _SIDE else []
    if not found:
        return picture[:_SIDE, :_SIDE] if max(height, width) > _SIDE else picture
    x, y, across, down = chance.choice(found)
    left = min(max(0, x + across // 2 - _SIDE // 2), max(0, width - _SIDE))
    top = min(max(0, y + down // 2 - _SIDE // 2), max(0, height - _SIDE))
    return np.ascontiguousarray(picture[top : top + _SIDE, left : left + _SIDE])


def _saved(picture: Pixels) -> Pixels:
    return passed_on.saved(picture, hiding.SAVED)


def _rough(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    small = Image.fromarray(picture).resize((width // 2, height // 2), Image.Resampling.BICUBIC)
    return passed_on.saved(np.asarray(small), _ROUGH)


def _scaled(face: Rectangle, times: float) -> Rectangle:
    return Rectangle(*(round(number * times) for number in face))


def _middle(numbers: list[float]) -> dict[str, float]:
    return {"mean": round(statistics.fmean(numbers), 3), "least": round(min(numbers), 3)}
