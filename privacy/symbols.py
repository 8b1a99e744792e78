"""Pictures on a mask, drawn from points of our own: a raised fist, a heart. They lie on the paint, never instead of it.

Points are (x, y) from 0 to 100 in a square, y downwards. Lines between the fingers are drawn in the mask's colour.
"""

from typing import Final, NamedTuple

from PIL import ImageDraw

from privacy.shapes import Rectangle

Colour = tuple[int, int, int]
Points = tuple[tuple[float, float], ...]


class Symbol(NamedTuple):
    """Filled shapes, and lines over them."""

    shapes: tuple[Points, ...]
    lines: tuple[Points, ...] = ()


NONE: Final = "none"
SYMBOLS: Final = {
    "fist": Symbol(
        shapes=(
            # Four fingers over a palm, the thumb across them, the wrist below.
            (
                *((25, 24), (28, 17), (36, 16), (39, 19), (41, 13), (50, 12), (53, 16)),
                *((56, 13), (64, 14), (66, 20), (69, 19), (75, 22), (77, 29), (77, 48)),
                *((74, 58), (66, 68), (66, 92), (35, 92), (35, 70), (26, 60), (23, 50)),
            ),
        ),
        lines=(
            ((39, 19), (39, 40)),
            ((53, 16), (53, 40)),
            ((66, 20), (66, 42)),
            ((24, 44), (30, 40), (50, 41), (56, 46), (54, 53), (44, 56), (44, 62)),
        ),
    ),
    "heart": Symbol(
        shapes=(
            (
                *((50, 88), (28, 68), (14, 50), (11, 36), (16, 23), (27, 17), (38, 19), (46, 26), (50, 33)),
                *((54, 26), (62, 19), (73, 17), (84, 23), (89, 36), (86, 50), (72, 68)),
            ),
        ),
    ),
}
_LEAST_SIDE: Final = 12
"""Pixels: a symbol smaller than this is a blot."""


def draw(pen: ImageDraw.ImageDraw, name: str, box: Rectangle, on: Colour) -> None:
    """Draw the symbol `name` in the middle of a mask of colour `on`. Raises KeyError for a name that is none."""
    symbol = SYMBOLS[name]
    side = 0.9 * min(box.width, box.height)
    if side < _LEAST_SIDE:
        return
    left, top = box.x + (box.width - side) / 2, box.y + (box.height - side) / 2

    def placed(points: Points) -> list[tuple[float, float]]:
        return [(left + x * side / 100, top + y * side / 100) for x, y in points]

    for points in symbol.shapes:
        pen.polygon(placed(points), fill=contrasting(on))
    for points in symbol.lines:
        pen.line(placed(points), fill=on, width=max(1, round(side / 22)), joint="curve")


def contrasting(colour: Colour) -> Colour:
    """White on dark paint, black on light."""
    red, green, blue = colour
    return (0, 0, 0) if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else (255, 255, 255)
