"""Covers every head with opaque paint: the strongest tool, for nobody can take paint off again.

The finder and the painter are those of publishing (`privacy.heads`, `privacy.masks`). There is no blur and no mosaic:
a recogniser that is shown other photos of the same people, blurred or pixelated in the same way, still tells most of
them apart. Boxes are given as shares of the photo, so that a shrunk or turned copy needs no other numbers.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from privacy import crowds, heads, masks, symbols
from privacy.masks import Area
from privacy.shapes import Box, Pixels, Rectangle, Share
from privacy.tools import Progress, Protected, choice

LARGEST_SCALE: Final = 4.0
SYMBOLS: Final = (symbols.NONE, *symbols.SYMBOLS)
CROWD: Final = ("auto", "yes", "no")
_LOOKING: Final = 0.95
"""Of the work: the rest is paint."""
_NOTHING: Final = 0.01
"""Pixels."""

LOOK_AGAIN: Final = (
    "A machine misses people: above all heads seen from behind, under hoods and helmets, and far away. "
    "Look at the whole photo before you post it."
)
NOBODY: Final = "No head was found. That does not mean that there is none: look at the photo yourself."
FILLED: Final = (
    "There is a crowd, so the gaps between its small heads are covered too. You can choose not to have that."
)


@dataclass(frozen=True)
class Options:
    """How to cover. Raises ValueError for what cannot be done.

    `scale`: a mask's sides as multiples of the head's. `colour`: a name or #rrggbb. `keep`: faces to leave, by where
    they are; `keep_numbers`: by number, largest first, as `numbered` writes them on the masks. `drawn`: more to cover.
    `find` off: only what is drawn, for boxes that were found before and then mended by a person. `crowd`: "auto" fills
    the gaps between small heads where there are many, "yes" always, "no" never.
    """

    scale: float = choice(
        masks.SCALE, "Size of the masks", {str(masks.SCALE): "As measured to hide a head", "2": "Larger"}
    )
    colour: str = choice(
        "black", "Colour", {"black": "Black", "white": "White", "#e2b007": "Yellow", "#b3261e": "Red"}
    )
    symbol: str = choice(
        symbols.NONE, "Symbol on the masks", {symbols.NONE: "None", "fist": "Raised fist", "heart": "Heart"}
    )
    crowd: str = choice(
        "auto",
        "Gaps between small heads in a crowd",
        {
            "auto": "Cover them where there are many heads",
            "yes": "Always cover them",
            "no": "Never cover them",
        },
    )
    find: bool = True
    numbered: bool = False
    keep: tuple[Share, ...] = ()
    keep_numbers: tuple[int, ...] = ()
    drawn: tuple[Share, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.scale <= LARGEST_SCALE:
            raise ValueError(f"The scale must be from 1 to {LARGEST_SCALE:g}.")
        if not re.fullmatch(r"[a-z]{1,30}|#[0-9a-f]{6}", self.colour) or not _is_colour(self.colour):
            raise ValueError("The colour must be a name such as black, or written as #rrggbb.")
        for name, value, known in (("symbol", self.symbol, SYMBOLS), ("crowd", self.crowd, CROWD)):
            if value not in known:
                raise ValueError(f"The {name} must be one of: {', '.join(known)}.")


def protect(pixels: Pixels, options: Options, progress: Progress) -> Protected:
    """Paint over every head in `pixels`, but for those kept, and over what is drawn."""
    height, width = pixels.shape[:2]
    found = _found(pixels, options, progress)
    kept = [_placed(share, width, height) for share in options.keep]
    kept += [_box(head) for number, head in enumerate(found, 1) if number in options.keep_numbers]
    hide = {
        number: head
        for number, head in enumerate(found, 1)
        if not any(masks.is_of(head, face) for face in kept)
    }
    drawn = [_placed(share, width, height) for share in options.drawn]
    hidden = masks.area_around(
        width, height, heads=list(hide.values()), drawn=drawn, kept=kept, scale=options.scale
    )
    said = [] if hide or drawn else [NOBODY]
    filled = _between_heads(width, height, list(hide.values()), drawn, options)
    if filled is not None:
        hidden |= filled & ~masks.area(width, height, kept, scale=1)
        said.append(FILLED)
    boxes = {number: masks.enlarged(head, options.scale) for number, head in hide.items()}
    boxes |= dict(enumerate(drawn, len(found) + 1))
    painted = _painted(pixels, hidden, boxes, options)
    progress(1.0)
    inside = tuple(_clipped(box, width, height) for box in boxes.values())
    return Protected(painted, len(boxes), tuple(said), inside)


def _found(pixels: Pixels, options: Options, progress: Progress) -> list[heads.Head]:
    if not options.find:
        return []
    return heads.find_heads_to_cover(pixels, lambda share: progress(_LOOKING * share))


def _between_heads(
    width: int, height: int, hide: Sequence[Box], drawn: Sequence[Box], options: Options
) -> Area | None:
    """The masks of small heads with the gaps between them; None where that is not wanted, or there is no crowd."""
    small = crowds.small_heads(width, height, hide)
    small_drawn = crowds.small_heads(width, height, drawn, options.scale)
    if options.crowd == "no" or (options.crowd == "auto" and len(small) + len(small_drawn) < crowds.MANY):
        return None
    return crowds.between(width, height, small, small_drawn, options.scale)


def _painted(pixels: Pixels, hidden: Area, boxes: Mapping[int, Rectangle], options: Options) -> Pixels:
    """Opaque paint first; a symbol or a number only on top of it."""
    red, green, blue = ImageColor.getrgb(options.colour)[:3]
    painted = masks.painted(pixels, hidden, (red, green, blue))
    if options.symbol == symbols.NONE and not options.numbered:
        return painted
    picture = Image.fromarray(painted)
    pen = ImageDraw.Draw(picture)
    for number, box in boxes.items():
        if options.symbol != symbols.NONE:
            symbols.draw(pen, options.symbol, box, (red, green, blue))
        if options.numbered:
            _write(pen, str(number), box, symbols.contrasting((red, green, blue)))
    # Only paint may change: what a symbol would draw beside it, over a kept face, is left out.
    return np.where(hidden[:, :, np.newaxis], np.asarray(picture), painted)


def _write(pen: ImageDraw.ImageDraw, text: str, box: Rectangle, colour: symbols.Colour) -> None:
    middle = box.x + box.width / 2, box.y + box.height / 2
    pen.text(middle, text, fill=colour, anchor="mm", font_size=max(8, box.height // 3))


def _is_colour(word: str) -> bool:
    try:
        return bool(ImageColor.getrgb(word))
    except ValueError:
        return False


def _box(head: Box) -> Rectangle:
    return Rectangle(head.x, head.y, head.width, head.height)


def _placed(share: Share, width: int, height: int) -> Rectangle:
    """A share of the photo in whole pixels, outward, but for what is only an error of counting in fractions."""
    x, y = math.floor(share.left * width + _NOTHING), math.floor(share.top * height + _NOTHING)
    right, bottom = (share.left + share.width) * width, (share.top + share.height) * height
    return Rectangle(x, y, math.ceil(right - _NOTHING) - x, math.ceil(bottom - _NOTHING) - y)


def _clipped(box: Rectangle, width: int, height: int) -> Rectangle:
    left, top = max(0, box.x), max(0, box.y)
    return Rectangle(left, top, min(width, box.x + box.width) - left, min(height, box.y + box.height) - top)
