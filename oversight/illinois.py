"""Decides whether a place is, or may be, in Illinois, where comparing faces is forbidden (740 ILCS 14).

Pure: a coarse outline drawn by hand from public geography (the 42.5th parallel, the state line with Indiana,
and the towns along the Wabash, the Ohio and the Mississippi), with a wide margin. Every doubt is answered
"yes": wrongly forbidding costs one search; wrongly allowing breaks the law. A place that cannot be known
(NaN, a number outside the globe, or the 0, 0 that devices write when they have no fix) is a "yes" too.
"""

import math
from typing import Final

MARGIN_KM: Final = 16.0
"""At least 10 km around the state, plus what a coarse outline may be off by."""

_KM_PER_DEGREE: Final = 111.2

# (latitude, longitude), clockwise from the north-west corner. Lake Michigan's Illinois waters are inside.
_OUTLINE: Final = (
    (42.51, -90.65),  # East Dubuque
    (42.51, -87.02),  # middle of Lake Michigan
    (41.76, -87.21),
    (41.72, -87.52),  # the lake shore at Indiana
    (39.35, -87.53),  # the state line meets the Wabash
    (39.10, -87.60),
    (38.75, -87.49),
    (38.42, -87.73),  # Mount Carmel
    (38.24, -87.95),  # Grayville
    (37.80, -88.02),  # the Wabash meets the Ohio
    (37.46, -88.10),  # Cave-in-Rock
    (37.36, -88.47),  # Golconda
    (37.07, -88.45),
    (37.10, -88.70),  # Brookport
    (37.20, -89.00),
    (37.05, -89.15),  # Mound City
    (36.97, -89.12),  # Cairo: the Ohio meets the Mississippi
    (36.97, -89.28),
    (37.05, -89.40),
    (37.25, -89.53),  # Thebes
    (37.65, -89.53),  # Grand Tower
    (37.88, -89.88),  # Chester
    (38.00, -90.05),
    (38.26, -90.38),
    (38.60, -90.21),  # East St. Louis
    (38.80, -90.13),
    (38.87, -90.22),  # Alton
    (38.86, -90.60),  # the tip of Calhoun County
    (39.00, -90.72),
    (39.45, -91.07),
    (39.72, -91.38),
    (39.93, -91.46),  # Quincy
    (40.20, -91.53),
    (40.38, -91.44),
    (40.55, -91.43),  # Nauvoo
    (40.82, -91.13),
    (41.17, -91.05),  # New Boston
    (41.42, -91.06),
    (41.52, -90.60),  # Rock Island
    (41.80, -90.21),  # Fulton
    (42.10, -90.20),  # Savanna
    (42.30, -90.45),
)


def near_illinois(lat: float, lon: float) -> bool:
    """True when (`lat`, `lon`), in degrees, is in Illinois, within the margin of it, or no real place."""
    if not (abs(lat) <= 90 and abs(lon) <= 180) or lat == lon == 0:
        return True
    edges = list(zip(_OUTLINE, _OUTLINE[1:] + _OUTLINE[:1], strict=True))
    # Rays to the east: an odd number of crossed edges means inside.
    crossed = sum(_crosses(lat, lon, start, end) for start, end in edges)
    return crossed % 2 == 1 or min(_km_to_edge(lat, lon, start, end) for start, end in edges) <= MARGIN_KM


def _crosses(lat: float, lon: float, start: tuple[float, float], end: tuple[float, float]) -> bool:
    if (start[0] > lat) == (end[0] > lat):
        return False
    return lon < start[1] + (lat - start[0]) / (end[0] - start[0]) * (end[1] - start[1])


def _km_to_edge(lat: float, lon: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    """Kilometres from a place to an edge on a flat map around that place: exact enough at this size."""
    shrink = math.cos(math.radians(lat))
    ax, ay = (start[1] - lon) * shrink * _KM_PER_DEGREE, (start[0] - lat) * _KM_PER_DEGREE
    bx, by = (end[1] - lon) * shrink * _KM_PER_DEGREE, (end[0] - lat) * _KM_PER_DEGREE
    dx, dy = bx - ax, by - ay
    length_squared = dx * dx + dy * dy
    along = max(0.0, min(1.0, -(ax * dx + ay * dy) / length_squared)) if length_squared else 0.0
    return math.hypot(ax + along * dx, ay + along * dy)
