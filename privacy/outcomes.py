"""What goes into the cage with a photo that is to be protected, and what comes out: an order, an outcome.

The child that worked on the photo may have been taken over by it, so the outcome is believed only as far as it can be
checked: pictures are pictures and nothing else, numbers are numbers, sentences are short.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
from PIL import Image

from privacy.framing import packed, refusal_in, unpacked
from privacy.options import MOST
from privacy.refusals import PhotoRefused
from privacy.segments import is_only_a_picture, jpeg_size
from privacy.shapes import Pixels, Share
from privacy.tools import Protected

PREVIEW_SIDE: Final = 1280
_MOST_SAID: Final = 20
_LONGEST_SAID: Final = 600


@dataclass(frozen=True)
class Order:
    """A tool and its options in words; `agreed`: somebody read the release and agreed to it."""

    tool: str
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    agreed: bool = False
    threads: int = 1


@dataclass(frozen=True)
class Outcome:
    """A protected photo: a JPEG without metadata, a smaller copy to look at, and what a person is told."""

    jpeg: bytes = field(repr=False)
    preview: bytes = field(repr=False)
    width: int
    height: int
    faces: int
    said: tuple[str, ...] = ()
    boxes: tuple[Share, ...] = field(default=(), repr=False)


def pack_order(order: Order, photo: bytes) -> bytes:
    """What the child reads."""
    return packed(asdict(order)) + photo


def unpack_order(data: bytes) -> tuple[Order, bytes]:
    """What our own parent process wrote."""
    header, photo = unpacked(data)
    return Order(**header), photo


def shrunk(pixels: Pixels) -> Pixels:
    """A copy to look at on a page, made of the protected pixels alone."""
    scale = PREVIEW_SIDE / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def pack(made: Protected, jpeg: bytes, preview: bytes) -> bytes:
    """The frame of what a tool made."""
    height, width = made.pixels.shape[:2]
    boxes = [(box.x / width, box.y / height, box.width / width, box.height / height) for box in made.boxes]
    header = {"faces": made.faces, "said": made.said, "boxes": boxes, "preview": len(preview)}
    return packed(header) + preview + jpeg


def unpack(frame: bytes) -> Outcome:
    """The outcome in `frame`. Raises the PhotoRefused in it, or "crashed" for nonsense."""
    try:
        header, pictures = unpacked(frame)
        refusal = refusal_in(header)
        if refusal is None:
            outcome = _outcome(header, pictures)
    except Exception:
        refusal = PhotoRefused("crashed")
    if refusal is not None:
        raise refusal
    return outcome


def _outcome(header: Mapping[str, Any], pictures: bytes) -> Outcome:
    preview, jpeg = pictures[: header["preview"]], pictures[header["preview"] :]
    if not is_only_a_picture(preview) or not is_only_a_picture(jpeg):
        raise ValueError("not clean pictures")
    said, boxes = header["said"], header["boxes"]
    if len(said) > _MOST_SAID or len(boxes) > MOST or not all(isinstance(text, str) for text in said):
        raise ValueError("too much is said")
    width, height = jpeg_size(jpeg)
    return Outcome(
        jpeg=jpeg,
        preview=preview,
        width=width,
        height=height,
        faces=int(header["faces"]),
        said=tuple(text[:_LONGEST_SAID] for text in said),
        boxes=tuple(Share(*(min(1.0, max(0.0, float(side))) for side in box)) for box in boxes),
    )
