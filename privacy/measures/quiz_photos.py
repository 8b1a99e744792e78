"""The pictures of the page "Who is it?" (`privacy.quiz`), made once, offline, of people who do not exist.

Of each person one photo is shown, as it was and with the face of nobody, and another one is among the choices. Cut to
the head: clothes and places would tell. The pictures are named by what is in them, so that no name gives a pair away.
"""

import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from privacy.heads import Head
from privacy.measures import faces
from privacy.measures.album import Portrait
from privacy.quiz import LIST
from privacy.shapes import Pixels
from privacy.tools import colours, donors, head_shape, painting, replace

_SIDE: Final = 256
_ABOVE, _BELOW = 0.82, 0.55
"""Of the face's height, from its middle: up to the hair, down to the chin."""
_QUALITY: Final = 80


def write(photos: Sequence[Portrait], out: Path) -> int:
    """Pictures and their list into `out`; how many people. Who cannot be changed well is left out."""
    out.mkdir(parents=True, exist_ok=True)
    told = []
    for person in sorted({portrait.person for portrait in photos}):
        other, shown = [portrait for portrait in photos if portrait.person == person][:2]
        changed = replaced(shown)
        if changed is not None:
            told.append(_told(shown, changed, other, out))
    (out / LIST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return len(told)


def _told(shown: Portrait, changed: Pixels, other: Portrait, out: Path) -> dict[str, Any]:
    return {
        "shown": _kept(shown.pixels, shown.face, out),
        "changed": _kept(changed, shown.face, out),
        "other": _kept(other.pixels, other.face, out),
        "skin": skin(other),
    }


def replaced(portrait: Portrait) -> Pixels | None:
    """The photo with the face of nobody; None where the tool would rather cover it."""
    options = replace.Options(
        release=faces.callers_release(), boxes=(portrait.face,), donor=_donor(portrait), cover_others=False
    )
    made = replace.protect(portrait.pixels, options, lambda _: None)
    return None if replace.COVERED_INSTEAD in made.said else made.pixels


def _donor(portrait: Portrait) -> str:
    """As the tool chooses it, but none that is made of this person: donors are made of made-up people too."""
    found = faces.points(portrait.pixels, portrait.face)
    pose = head_shape.pose(found, donors.mean_shape())
    looks = painting.looks(portrait.pixels, found, pose)
    return donors.nearest(*looks, without=donors.made_of(portrait.person)).name


def skin(portrait: Portrait) -> list[float]:
    """The middle colour of the middle of the face, in CIE Lab."""
    face = portrait.face
    left, right = (round(face.x + share * face.width) for share in (0.25, 0.75))
    top, bottom = (round(face.y + share * face.height) for share in (0.25, 0.75))
    middle = colours.lab(portrait.pixels[max(0, top) : bottom, max(0, left) : right])
    return [round(float(each), 1) for each in np.median(middle.reshape(-1, 3), axis=0)]


def _kept(pixels: Pixels, face: Head, out: Path) -> str:
    """The head alone, as a file; its name."""
    side = (_ABOVE + _BELOW) * face.height
    edge = face.height  # what lies beyond the photo is as its edge
    left = edge + face.x + (face.width - side) / 2
    top = edge + face.y + (0.5 - _ABOVE) * face.height
    wide = np.pad(pixels, ((edge, edge), (edge, edge), (0, 0)), mode="edge")
    head = Image.fromarray(wide).transform(
        (_SIDE, _SIDE),
        Image.Transform.EXTENT,
        (left, top, left + side, top + side),
        Image.Resampling.BICUBIC,
    )
    packed = io.BytesIO()
    head.save(packed, "WEBP", quality=_QUALITY, method=6)
    name = hashlib.sha256(packed.getvalue()).hexdigest()[:12] + ".webp"
    (out / name).write_bytes(packed.getvalue())
    return name
