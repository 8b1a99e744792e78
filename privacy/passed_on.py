"""A photo as others pass it on: saved again as a JPEG, made smaller, cut."""

import io

import numpy as np
from PIL import Image

from privacy.shapes import Pixels


def saved(pixels: Pixels, quality: int) -> Pixels:
    """What a JPEG of that quality gives back."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def smaller(pixels: Pixels, scale: float) -> Pixels:
    """Its sides `scale` times as long."""
    height, width = pixels.shape[:2]
    size = round(width * scale), round(height * scale)
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def cut(pixels: Pixels, kept: float) -> Pixels:
    """The part that keeps `kept` of each side, a little above the middle."""
    height, width = pixels.shape[:2]
    down, across = round(height * kept), round(width * kept)
    top, left = (height - down) // 3, (width - across) // 2
    return np.ascontiguousarray(pixels[top : top + down, left : left + across])
