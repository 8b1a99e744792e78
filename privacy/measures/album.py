"""The photos that a measuring command reads: FOLDER/PERSON/PHOTO.jpg, each with its face and vectors.

The folder is the caller's own; nothing is written, and vectors end with the command.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from privacy.heads import Head
from privacy.measures import faces
from privacy.measures.encoders import Encoder
from privacy.measures.rates import Vectors
from privacy.shapes import Pixels


@dataclass(frozen=True)
class Portrait:
    """A photo, the person it is of and the face nearest to its middle."""

    person: str
    name: str
    pixels: Pixels = field(repr=False)
    face: Head


def portraits(images: Path, *, people: int, photos: int, least: int = 3, seed: int = 0) -> list[Portrait]:
    """At most `photos` of each of `people` people, drawn by `seed` from those with `least` and more.

    Photos in which no face is found are passed over. Raises ValueError when there are fewer than two such people.
    """
    folders = [folder for folder in sorted(images.iterdir()) if folder.is_dir()]
    able = [folder for folder in folders if len(_files(folder)) >= least]
    drawn = np.random.default_rng(seed).permutation(len(able))
    found: list[Portrait] = []
    kept = 0
    for at in drawn:
        of_one = list(_of_one(able[at], photos))
        if len(of_one) >= min(least, photos):
            found += of_one
            kept += 1
        if kept == people:
            break
    if kept < 2:
        raise ValueError(f"{images} has no two people with {least} photos each (PERSON/PHOTO.jpg).")
    return found


def _of_one(folder: Path, photos: int) -> Iterator[Portrait]:
    for file in _files(folder)[:photos]:
        pixels = opened(file)
        face = faces.middle_face(pixels)
        if face is not None:
            yield Portrait(folder.name, file.stem, pixels, face)


def opened(file: Path) -> Pixels:
    """Upright pixels."""
    with Image.open(file) as picture:
        return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))


def vectors(encoder: Encoder, photos: list[Portrait]) -> Vectors:
    """Of each photo's face, in their order."""
    return vectors_of(encoder, photos, lambda portrait: portrait.pixels)


def vectors_of(encoder: Encoder, photos: list[Portrait], changed: Callable[[Portrait], Pixels]) -> Vectors:
    """Of the faces where they were in the originals, in what `changed` makes of each photo."""
    return np.stack([encoder.encode(changed(portrait), portrait.face) for portrait in photos])


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in {".jpg", ".jpeg", ".png"})
