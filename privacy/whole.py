"""Whole heads to cover, one box for each person: what the faces show and what the bodies show, put together.

A face's box ends at the hairline and the ears, and a head from behind has none; a body tells about where its head is,
but less exactly. So a person known by both gets a box around both, held to the face's size. Chosen on 16 photos in
which every head was boxed by eye and 40 more with boxed faces; 14 photos were kept aside (docs/models.md).
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from privacy import boxes as geometry
from privacy import masks, people
from privacy.shapes import Boxes, Pixels
from privacy.tiles import tiles

# (longest side, a person scores above, a head above). Each size knows people of a size of their own best; at 768 pixels
# and more chests and bags look like people far away.
_PASSES: Final = (
    (192, 0.15, 0.1),
    (256, 0.1, 0.1),
    (384, 0.1, 0.1),
    (512, 0.1, 0.1),
    (768, 0.15, 0.15),
    (1024, 0.15, 0.15),
)
# For photos with at least so many pixels on the longest side. One at 4096 found 3 more of 126 heads, for 10 seconds.
_LARGE_PASS: Final = (2048, 0.2, 0.2)
# The same with lower limits: not enough to cover anything, but enough to believe in a doubtful face.
_HINT_PERSON: Final = 0.08
_HINT_HEAD: Final = 0.05
_HINT_NEAR: Final = 1.5
# A face that no body speaks for must be surer when it is large: a false box costs picture by its area. (at least this
# many of the photo's pixels high, score above)
_ALONE_HIGH: Final = 60
_ALONE_SCORE: Final = 0.3

_SAME_PERSON: Final = 0.3  # intersection over union of two passes' heads
_SURE_FACE: Final = 0.3
_SIZING_FACE: Final = 0.4
_LEAST_OF_HEAD: Final = 0.3  # a face that is less of a head is somebody's behind it
_MOST_OF_FACE: Final = 1.7  # no head is more than so many times as large as its clear face
_FACE_LARGER: Final = 1.2
# Around a face so clear and so much of its size: what is theirs. Smaller than this share of the face, it is no head.
_CLEAR_FACE: Final = 0.5
_SHOULDERS: Final = 1.0
_CHEST: Final = 3.0
_PART_OF_ONESELF: Final = 0.6
_FOREHEAD: Final = 0.12  # a head's middle lies so much of a face above the face's
# Bodies tell sizes less exactly than faces do. How far the paint reaches from a head's middle, in sides of it; less
# where a clear face has told the size too. Without one, more of a head was above the middle told than below it.
_UNSURE: Final = (0.85, 0.95, 0.65)  # to each side, up, down
_LESS_UNSURE: Final = (0.7, 0.7, 0.7)
# A doubtful face where a body may be is often the back of a head, or what a visor leaves of a face: smaller than the
# head that it stands for. (less sure than this, at least this many of the photo's pixels high, reach in its own sizes)
_DOUBTFUL_SCORE: Final = 0.35
_DOUBTFUL_HIGH: Final = 32
_DOUBTFUL_REACH: Final = (1.0, 1.0, 0.75)


def heads(faces: Boxes, pixels: Pixels, tell: Callable[[float], None] = lambda _: None) -> Boxes:
    """All heads in `pixels`, from the doubtful `faces` found there (overlaps removed) and from people's bodies.

    `tell` hears the share of the looking that is done.
    """
    bodies, hints = _bodies(pixels, tell)
    faces = faces[_believed(faces, hints)]
    faces = faces[~_second_looks(faces)]
    bodies = _not_on_oneself(_held_to_faces(bodies, faces), faces)
    return _joined(faces, bodies, _heads_of_doubtful(faces, hints))


def _bodies(pixels: Pixels, tell: Callable[[float], None] = lambda _: None) -> tuple[Boxes, Boxes]:
    """(heads of people, hints of such), in pixels of the photo."""
    found, hints, looked = [], [], 0
    is_large = max(pixels.shape[:2]) >= _LARGE_PASS[0]
    passes = (*_PASSES, _LARGE_PASS) if is_large else _PASSES
    for side, person, head in passes:
        squares, looks = _pass(pixels, side)
        found.append(squares[(squares[:, 4] > person) & (looks > head)])
        hints.append(squares[looks > _HINT_HEAD])
        looked += side**2
        tell(looked / sum(side**2 for side, _, _ in passes))
    return geometry.averaged(np.concatenate(found), _SAME_PERSON), np.concatenate(hints)


def _pass(pixels: Pixels, side: int) -> tuple[Boxes, NDArray[np.float32]]:
    """What `people.heads` sees with the photo's longest side resized to `side`, in pixels of the photo."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    view = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))
    found, looks = [], []
    for left, top, tile in tiles(view):
        squares, like = people.heads(tile, _HINT_PERSON)
        squares[:, :4] = (squares[:, :4] + (left, top, left, top)) / scale
        found.append(squares)
        looks.append(like)
    return np.concatenate(found), np.concatenate(looks)


def _believed(faces: Boxes, hints: Boxes) -> geometry.Which:
    """Which faces are sure enough, small, or where a person may be."""
    near = np.zeros(len(faces), np.bool_)
    for hint in geometry.resized(hints, _HINT_NEAR):
        near |= geometry.holds(hint, geometry.middles(faces))
    small = faces[:, 3] - faces[:, 1] < _ALONE_HIGH
    believed: geometry.Which = near | small | (faces[:, 4] > _ALONE_SCORE)
    return believed


def _second_looks(faces: Boxes) -> geometry.Which:
    """Which doubtful faces are a clear one again, in another size or lying down: each has the other's middle."""
    again = np.zeros(len(faces), np.bool_)
    middles = geometry.middles(faces)
    for clear, middle in zip(faces, middles, strict=True):
        if clear[4] >= _CLEAR_FACE:
            around = (faces[:, :2] <= middle).all(axis=1) & (middle <= faces[:, 2:4]).all(axis=1)
            again |= geometry.holds(clear, middles) & around
    which: geometry.Which = again & (faces[:, 4] < _DOUBTFUL_SCORE)
    return which


def _heads_of_doubtful(faces: Boxes, hints: Boxes) -> Boxes:
    """`faces`, the large doubtful ones among them as large as a head where a person may be."""
    larger = faces.copy()
    high = faces[:, 3] - faces[:, 1]
    rows = np.flatnonzero((faces[:, 4] < _DOUBTFUL_SCORE) & (high >= _DOUBTFUL_HIGH))
    middles, near = geometry.middles(faces[rows]), np.zeros(len(rows), np.bool_)
    for hint in hints:
        near |= geometry.holds(hint, middles)
    larger[rows[near]] = _reaching(faces[rows[near]], _DOUBTFUL_REACH)
    return larger


def _reaching(boxes: Boxes, reach: tuple[float, float, float]) -> Boxes:
    """Boxes whose masks reach so many widths to each side of the middles of `boxes`, and heights up and down."""
    aside, up, down = reach
    size = boxes[:, 2:4] - boxes[:, :2]
    middles = geometry.middles(boxes) + size * (0, (down - up) / 2)
    half = size * (aside, (up + down) / 2) / masks.SCALE
    reaching: Boxes = np.concatenate([middles - half, middles + half, boxes[:, 4:]], axis=1).astype(
        np.float32
    )
    return reaching


def _held_to_faces(bodies: Boxes, faces: Boxes) -> Boxes:
    """`bodies`' heads, none larger than its clear face allows, and then drawn towards that face."""
    held = bodies.copy()
    clear = faces[faces[:, 4] >= _SIZING_FACE]
    for head in held:
        own = clear[_may_be_its(head, clear)]
        if len(own):
            face = own[np.argmax(own[:, 4])]
            most = _MOST_OF_FACE * max(face[2] - face[0], face[3] - face[1])
            spare = (head[2] - head[0] - most) / 2
            if spare > 0:
                middle = (head[:2] + head[2:4]) / 2
                wanted = (face[:2] + face[2:4]) / 2 - (0, _FOREHEAD * most / _MOST_OF_FACE)
                middle = np.clip(wanted, middle - spare, middle + spare)
                head[:4] = *(middle - most / 2), *(middle + most / 2)
    return held


def _may_be_its(head: geometry.Box, faces: Boxes) -> geometry.Which:
    """Which of `faces` are in the middle of `head` and large enough to be its own."""
    high = faces[:, 3] - faces[:, 1]
    which: geometry.Which = geometry.holds(head, geometry.middles(faces))
    which &= high >= _LEAST_OF_HEAD * (head[3] - head[1])
    return which


def _not_on_oneself(bodies: Boxes, faces: Boxes) -> Boxes:
    """`bodies`' heads without the small ones that are part of somebody near: an eye, a collar, a badge, a hand.

    Of somebody whose clear face is large, face and chest look like people far away to a network that is shown them.
    """
    kept = np.ones(len(bodies), np.bool_)
    middles, sizes = geometry.middles(bodies), bodies[:, 3] - bodies[:, 1]
    for left, top, right, bottom, _ in faces[faces[:, 4] >= _CLEAR_FACE]:
        high, wide = bottom - top, (right - left) * _SHOULDERS
        person = np.array([left - wide, top - high / 2, right + wide, bottom + _CHEST * high], np.float32)
        kept &= ~(geometry.holds(person, middles) & (sizes < _PART_OF_ONESELF * high))
    return bodies[kept]


def _joined(faces: Boxes, bodies: Boxes, alone: Boxes | None = None) -> Boxes:
    """One box for each person: a body's head with its sure face in it, or either alone.

    `alone` has for each face the box that stands for it where no body has it; else the face does.
    """
    larger = _with_margins(bodies, faces)
    middles, sizes = geometry.middles(faces), faces[:, 3] - faces[:, 1]
    free = np.ones(len(faces), np.bool_)
    kept = np.ones(len(bodies), np.bool_)
    for at, (body, head) in enumerate(zip(bodies, larger, strict=True)):
        own = free & geometry.holds(body, middles) & (faces[:, 4] >= _SURE_FACE)
        own &= (sizes <= _FACE_LARGER * (body[3] - body[1])) | _clear_around(body, faces)
        if own.any():
            face = faces[np.argmax(np.where(own, faces[:, 4], 0))]
            head[:2] = np.minimum(head[:2], face[:2])
            head[2:] = np.maximum(head[2:], face[2:])  # the score too
        elif _clear_around(body, faces).any():  # a second look at somebody who has a box
            kept[at] = False
            continue
        free &= ~((faces[:, :2] >= head[:2]) & (faces[:, 2:4] <= head[2:4])).all(axis=1)
    return np.concatenate([larger[kept], (faces if alone is None else alone)[free]])


def _with_margins(bodies: Boxes, faces: Boxes) -> Boxes:
    """`bodies`' heads, so much larger that they hold the head though they are not exact."""
    clear = faces[faces[:, 4] >= _SIZING_FACE]
    known = np.array([_may_be_its(head, clear).any() for head in bodies], np.bool_)[:, np.newaxis]
    larger: Boxes = np.where(known, _reaching(bodies, _LESS_UNSURE), _reaching(bodies, _UNSURE))
    return larger


def _clear_around(head: geometry.Box, faces: Boxes) -> geometry.Which:
    """Which of `faces` are clear and have the middle of `head` in them."""
    x, y = geometry.middles(head[np.newaxis])[0]
    inside = (faces[:, 0] <= x) & (x <= faces[:, 2]) & (faces[:, 1] <= y) & (y <= faces[:, 3])
    which: geometry.Which = inside & (faces[:, 4] >= _CLEAR_FACE)
    return which
