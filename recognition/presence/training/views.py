"""How each training photo is shown to the network: as the local model will show it real ones.

This file decides the views: the whole photo, the same mirrored, and the upper body below its largest head,
cut exactly as `crops` cuts it.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from recognition.presence.base import Box
from recognition.presence.crops import Plan, Region, crops
from recognition.presence.opening import open_jpeg
from recognition.presence.training.examples import Example

FindHeads = Callable[[NDArray[np.uint8]], Sequence[Box]]
Pixels = NDArray[np.float32]


def views(example: Example, find_heads: FindHeads, size: int) -> Iterator[Pixels]:
    """Two or three views, each (3, size, size), red green blue, 0 to 255; the whole photo is the first."""
    photo = open_jpeg(example.path.read_bytes())
    yield squeezed(photo, size)
    yield squeezed(photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT), size)
    largest_only = Plan(most_heads=1, tiles=())
    for crop in crops(photo.width, photo.height, find_heads(np.asarray(photo)), largest_only):
        if crop.region is Region.UPPER_BODY:
            yield squeezed(photo, size, crop.box)


def squeezed(photo: Image.Image, size: int, box: Box | None = None) -> Pixels:
    """The photo, or `box` of it, as the network takes it: a square, whatever its shape was."""
    edges = (box.x, box.y, box.x + box.width, box.y + box.height) if box else None
    small = photo.resize((size, size), Image.Resampling.BICUBIC, box=edges)
    return np.asarray(small, dtype=np.float32).transpose(2, 0, 1)
