"""Paints a donor's face into a photo: laid on the head, in the light of the photo, as sharp as it, without a seam."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from privacy.shapes import Pixels
from privacy.tools import colours, donors
from privacy.tools.colours import Lab
from privacy.tools.donors import Donor
from privacy.tools.head_shape import Points, Pose

Soft = NDArray[np.float64]
"""Height x width, from 0 to 1."""

# In units of the flat picture (the face is 1.6 wide).
_SEAM: Final = 0.1
_LIGHT: Final = 0.6
_BEYOND: Final = 0.12
_BLURS: Final = (0.0, 0.5, 0.8, 1.2, 1.7, 2.4, 3.4, 4.8)
_CONTRAST: Final = (0.85, 1.2)
_MOST_GRAIN: Final = 4.0
_SKIN_SPREAD: Final = 2.5


def looks(pixels: Pixels, found: Points, pose: Pose) -> tuple[Lab, float]:
    """What the donor is chosen by: the skin's colour, and how far the mouth is open."""
    flat = colours.sampled(pixels, pose.on_photo(donors.grid()))
    gap = np.linalg.norm(found[65:68] - found[[63, 62, 61]], axis=1).mean() / pose.size
    return donors.skin(flat), float(gap)


def paint(made: Pixels, pixels: Pixels, found: Points, pose: Pose, donor: Donor, seed: int) -> None:
    """Changes `made` where the face found in `pixels` is. Nothing outside the face's outline is touched."""
    corners = outline(found, pose, donor)
    left, top, right, bottom = _around(corners, pixels)
    if right - left < 2 or bottom - top < 2:
        return
    old = pixels[top:bottom, left:right]
    cover = _cover(corners - [left, top], old.shape[:2], _SEAM * pose.size)
    across, down = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
    flat = pose.on_picture(np.stack([across, down], axis=-1).astype(np.float64))
    new = colours.lab(
        colours.sampled(donor.pixels, (flat - [donors.LEFT, donors.TOP]) / donors.WIDTH * donors.SIDE - 0.5)
    )
    new = _in_the_light_of(colours.lab(old), new, cover, pose.size)
    new = _as_sharp_as(colours.lab(old), new, cover, seed) + _skin_off(
        colours.lab(old), new, donors.is_skin(flat)
    )
    share = cover[..., np.newaxis]
    mixed = colours.rgb(colours.lab(old) * (1 - share) + new * share)
    made[top:bottom, left:right] = np.where(share > 0, mixed, made[top:bottom, left:right])


def outline(found: Points, pose: Pose, donor: Donor) -> Points:
    """The corners of what is painted over: the old face's points and the whole new face."""
    return _hull(np.concatenate([found, pose.on_photo(_wider(donors.outline(donor.shape)))]))


def _in_the_light_of(old: Lab, new: Lab, cover: Soft, size: float) -> Lab:
    """`new` with the soft light and colour of `old`, as far as those are of skin and not of hair, brows or glasses."""
    weight = cover * _like_skin(old, cover)
    radius = _LIGHT * size
    soft_old, soft_new = _soft(old, weight, radius), _soft(new, cover, radius)
    seen = cover > 0.5
    stronger = 1.0
    if seen.any():
        stronger = float(np.std((old - soft_old)[seen, 0]) / max(1.0, np.std((new - soft_new)[seen, 0])))
    return np.asarray(soft_old + (new - soft_new) * np.clip(stronger, *_CONTRAST))


def _skin_off(old: Lab, new: Lab, skin: NDArray[np.bool_]) -> Lab:
    """How far the middle colour of cheeks and forehead still is from the old one's."""
    if not skin.any():
        return np.zeros(3)
    return np.asarray(np.median(old[skin], axis=0) - np.median(new[skin], axis=0))


def _like_skin(old: Lab, cover: Soft) -> Soft:
    """1 where a pixel's colour is near the middle colour of the face, falling to almost nothing away from it."""
    middle = np.median(old[cover > 0.9], axis=0) if (cover > 0.9).any() else np.median(old, axis=(0, 1))
    spread = (
        np.maximum(np.median(np.abs(old[cover > 0.5] - middle), axis=0), 2.0) if (cover > 0.5).any() else 10.0
    )
    far = (((old - middle) / (_SKIN_SPREAD * spread)) ** 2).sum(axis=-1)
    return np.asarray(np.exp(-far) + 1e-3)


def _soft(colour: Lab, weight: Soft, radius: float) -> Lab:
    share = weight[..., np.newaxis]
    return np.asarray(colours.blurred(colour * share, radius) / (colours.blurred(share, radius) + 1e-6))


def _as_sharp_as(old: Lab, new: Lab, cover: Soft, seed: int) -> Lab:
    """Blurred like an unsharp photo; with fine grain, the same for the same seed, like a grainy one."""
    wanted = _roughness(old, cover)
    best = min(
        (colours.blurred(new, blur) for blur in _BLURS),
        key=lambda made: abs(_roughness(made, cover) - wanted),
    )
    missing = np.sqrt(max(0.0, wanted**2 - _roughness(best, cover) ** 2)) / 4.5
    grain = np.random.default_rng(seed).standard_normal(best.shape[:2]) * min(missing, _MOST_GRAIN)
    rough = best.copy()
    rough[..., 0] += grain
    return rough


def _roughness(colour: Lab, cover: Soft) -> float:
    """Median strength of the finest detail of the lightness (its Laplacian)."""
    light = colour[..., 0]
    fine = np.abs(
        4 * light[1:-1, 1:-1] - light[:-2, 1:-1] - light[2:, 1:-1] - light[1:-1, :-2] - light[1:-1, 2:]
    )
    seen = fine[cover[1:-1, 1:-1] > 0.5]
    return float(np.median(seen)) / 0.6745 if seen.size else 0.0


def _cover(corners: Points, size: tuple[int, ...], seam: float) -> Soft:
    """1 inside the outline, 0 at it and beyond, softly falling in between."""
    height, width = size
    drawn = Image.new("L", (width, height))
    ImageDraw.Draw(drawn).polygon([(float(x), float(y)) for x, y in corners], fill=255)
    whole = np.asarray(drawn, np.float64)[..., np.newaxis] / 255
    radius = max(1, round(seam / 2))
    falling = np.clip(
        2 * colours.blurred(np.pad(whole, [(radius * 3,) * 2] * 2 + [(0, 0)]), radius) - 1, 0, 1
    )
    inside = falling[radius * 3 : radius * 3 + height, radius * 3 : radius * 3 + width] * whole
    return np.asarray(inside[..., 0])


def _around(corners: Points, pixels: Pixels) -> tuple[int, int, int, int]:
    height, width = pixels.shape[:2]
    (left, top), (right, bottom) = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0)) + 1
    return max(0, int(left)), max(0, int(top)), min(width, int(right)), min(height, int(bottom))


def _wider(outline: Points) -> Points:
    middle = outline.mean(axis=0)
    return np.asarray(middle + (outline - middle) * (1 + _BEYOND))


def _hull(points: Points) -> Points:
    """The corners of the smallest outward-bent outline around `points` (Andrew's monotone chain, 1979)."""
    ordered = sorted({(float(x), float(y)) for x, y in points})

    def half(along: list[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for point in along:
            while len(kept) > 1 and _turns_right(kept[-2], kept[-1], point):
                kept.pop()
            kept.append(point)
        return kept[:-1]

    return np.array(half(ordered) + half(ordered[::-1]))


def _turns_right(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0
