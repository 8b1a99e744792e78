"""Two ways to say "do not use for recognition": a strip that people read and an invisible mark that machines read.

Neither stops anybody. They take away the excuse of not having known. The invisible mark says two things, no recognition
and no training, in 64 bits: one byte of version, one of wishes, two that are zero, and a checksum of four.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from privacy import watermark
from privacy.shapes import Pixels

TEXT: Final = "Do not use for recognition"
SMALLEST: Final = 200  # pixels of the longest side below which a mark is not reliably read

_VERSION: Final = 1
_NO_RECOGNITION, _NO_TRAINING = 1, 2
_BODY: Final = ">BBH"
# Of 2^64 messages three mean something, so a few wrong bits are put right: chance comes within 6 bits of one
# of the three once in 10^10 tries, and a photo is tried at most 113 times.
WRONG_BITS: Final = 6
_PAPER, _INK = (255, 255, 255), (0, 0, 0)
_TEXT_OF_WIDTH: Final = 1 / 26  # a phone shows a photo 360 pixels wide: letters of 14 there
_LEAST_TEXT: Final = 10
_MOST_OF_HEIGHT: Final = 0.12


@dataclass(frozen=True)
class Wishes:
    """What the person who marked a photo does not want done with it."""

    no_recognition: bool = True
    no_training: bool = True


_ALL: Final = (Wishes(), Wishes(no_training=False), Wishes(no_recognition=False))


def footer(pixels: Pixels) -> Pixels:
    """A copy of `pixels` with the words over its lower edge, black on white. The photo keeps its size."""
    height, width = pixels.shape[:2]
    letters = max(_LEAST_TEXT, round(width * _TEXT_OF_WIDTH))
    strip = min(round(1.6 * letters), max(1, int(height * _MOST_OF_HEIGHT)))
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, height - strip, width, height), fill=_PAPER)
    font = _fitting(draw, width, strip)
    draw.text((width / 2, height - strip / 2), TEXT, fill=_INK, font=font, anchor="mm")
    return np.array(picture)


def sign(pixels: Pixels, wishes: Wishes = Wishes()) -> Pixels:
    """A copy of `pixels` that carries the invisible mark. Do it last: painting takes the mark off."""
    return watermark.embed(pixels, bits_of(wishes))


def read_mark(pixels: Pixels) -> Wishes | None:
    """What the photo's invisible mark says; None when it has none that can be read.

    Understands photos that were saved again, made smaller or cut, not ones turned or mirrored.
    """
    for bits in watermark.candidates(pixels):
        if wishes := wishes_of(bits):
            return wishes
    return None


def wishes_of(bits: NDArray[np.bool_]) -> Wishes | None:
    """What 64 bits say, of which up to WRONG_BITS may have been misread; None when they are no mark."""
    for wishes in _ALL:
        if np.count_nonzero(bits != bits_of(wishes)) <= WRONG_BITS:
            return wishes
    return None


def bits_of(wishes: Wishes) -> NDArray[np.bool_]:
    """The mark's 64 bits."""
    return np.unpackbits(np.frombuffer(_message(wishes), np.uint8)).astype(np.bool_)


def _message(wishes: Wishes) -> bytes:
    flags = _NO_RECOGNITION * wishes.no_recognition | _NO_TRAINING * wishes.no_training
    body = struct.pack(_BODY, _VERSION, flags, 0)
    return body + struct.pack(">I", zlib.crc32(watermark.KEY + body))


def _fitting(
    draw: ImageDraw.ImageDraw, width: int, strip: int
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own letters, as large as the strip takes."""
    size = strip / 1.6
    font = ImageFont.load_default(size)
    longest = draw.textlength(TEXT, font)
    if longest > 0.96 * width:
        font = ImageFont.load_default(max(1.0, size * 0.96 * width / longest))
    return font
