"""Open a photo that intake has rebuilt, and say plainly when it cannot be judged.

This file decides what is too broken, too small or too large to judge. Intake has already refused hostile
files; this is the second look, because a model must not crash the worker on a damaged store.
"""

import io
import warnings

from PIL import Image

from recognition.presence.base import PhotoUnsuitable

LEAST_SIDE = 16
MOST_PIXELS = 80_000_000


def open_jpeg(jpeg: bytes) -> Image.Image:
    """The decoded RGB photo.

    Raises `PhotoUnsuitable` with code `unreadable`, `too_small` (a side under 16 pixels) or `too_large`
    (more than 80 megapixels).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            photo = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
        _check_size(*photo.size)
        return photo.convert("RGB")
    except Image.DecompressionBombError as error:
        raise PhotoUnsuitable("too_large") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PhotoUnsuitable("unreadable") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PhotoUnsuitable("too_large")
    if min(width, height) < LEAST_SIDE:
        raise PhotoUnsuitable("too_small")
