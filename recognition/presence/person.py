"""Is the one person who was pointed at police, surely? Asked before that person's face is measured.

This file decides what is looked at: the person's upper body, and the same from twice as far, each small, so that a
backend judges it as one picture. Both must look like police: the worse look speaks. A military look is never sure,
nor is a backend for which nobody has measured from which score on no civilian passes (docs/models.md).
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from privacy.shapes import Rectangle
from recognition.presence.base import PhotoUnsuitable, PresenceBackend
from recognition.presence.crops import Plan, of_person
from recognition.presence.opening import open_jpeg

LONGEST_SIDE = 224
"""Pixels. The photos on which the score was measured have this size, and no backend cuts tiles out of it."""


@dataclass(frozen=True, slots=True)
class Look:
    """`score`, 0 to 1, compares only between looks of one backend and one version of its model."""

    score: float
    is_sure: bool
    is_military: bool
    model_version: str


def look_at(backend: PresenceBackend, jpeg: bytes, head: Rectangle) -> Look:
    """The person whose head is `head`, in pixels of the upright photo `jpeg`.

    Raises `PhotoUnsuitable` for a photo or a person that cannot be judged, `PresenceUnavailable` for what may pass.
    """
    photo = open_jpeg(jpeg)
    boxes = of_person(head, photo.width, photo.height, Plan())
    if not boxes:
        raise PhotoUnsuitable("outside")
    answers = [backend.classify(_picture(photo, box), ()) for box in boxes]
    worst = min(answer.score for answer in answers)
    is_military = any(label.name == "military" for answer in answers for label in answer.labels)
    is_sure = worst >= backend.sure_from and not is_military
    return Look(worst, is_sure, is_military, answers[0].model_version)


def head_of(box: Rectangle, heads: Iterable[Rectangle]) -> Rectangle:
    """The found head that `box` points at, or `box` where none was found.

    The head's own size counts, so that nobody fishes for a better look with boxes of other sizes.
    """
    pointed_at = [head for head in heads if _overlap(box, head) * 2 >= min(_area(box), _area(head))]
    return max(pointed_at, key=lambda head: _overlap(box, head), default=box)


def _overlap(a: Rectangle, b: Rectangle) -> int:
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    return max(0, width) * max(0, height)


def _area(box: Rectangle) -> int:
    return box.width * box.height


def _picture(photo: Image.Image, box: Rectangle) -> bytes:
    piece = photo.crop((box.x, box.y, box.x + box.width, box.y + box.height))
    piece.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    piece.save(written, "JPEG", quality=95)
    return written.getvalue()
