"""Follows heads through a film: the same head in pictures that were looked at, and where it is in those between.

The finder looks at every few pictures. Each box is joined to the head that is expected nearest to it: where that head
was, moved on as it moved before, or, for one seen once, as the others moved (a camera that turns moves all of them).
Between two looks a head moves in a straight line. One look may miss it. A mask stays a while before its head is first
seen and after it is last seen: a face that turns away comes back, and cutting it close bares it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from privacy.shapes import Box, Rectangle

_NEAR: Final = 2.0
"""Of a head's width: how far from where it is expected a head may be found at the next look."""
_LIKE_SIZE: Final = 1.6
MISSED_LOOKS: Final = 2

Motion = tuple[float, float]
"""Pixels to the right and down, from one picture to the next."""


@dataclass
class Track:
    """One head: its box in each picture in which it was seen, by the picture's number."""

    seen: dict[int, Rectangle] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The picture in which it was seen last."""
        return max(self.seen)

    @property
    def motion(self) -> Motion | None:
        """How it moved at last; None for one that was seen once."""
        if len(self.seen) < 2:
            return None
        one, other = sorted(self.seen)[-2:]
        (x, y), (next_x, next_y) = _middle(self.seen[one]), _middle(self.seen[other])
        return (next_x - x) / (other - one), (next_y - y) / (other - one)

    def expected(self, picture: int, drift: Motion) -> Motion:
        """Where its middle should be in a later picture."""
        x, y = _middle(self.seen[self.last])
        across, down = self.motion or drift
        later = picture - self.last
        return x + across * later, y + down * later

    def at(self, picture: int, hold: int) -> Rectangle | None:
        """Where the head is in a picture; None when it is longer than `hold` pictures away from being seen."""
        before = max((number for number in self.seen if number <= picture), default=None)
        after = min((number for number in self.seen if number >= picture), default=None)
        if before is None or after is None:
            only = after if before is None else before
            assert only is not None  # noqa: S101 - a track was seen at least once
            return self.seen[only] if abs(picture - only) <= hold else None
        if before == after:
            return self.seen[before]
        share = (picture - before) / (after - before)
        return Rectangle(
            *(round(a + (b - a) * share) for a, b in zip(self.seen[before], self.seen[after], strict=True))
        )


def tracks(looks: Mapping[int, Sequence[Box]]) -> list[Track]:
    """The heads of a film. `looks`: the boxes found in each picture that was looked at, by its number."""
    found: list[Track] = []
    numbers = sorted(looks)
    for at, number in enumerate(numbers):
        earliest = numbers[max(0, at - 1 - MISSED_LOOKS)]
        boxes = [Rectangle(box.x, box.y, box.width, box.height) for box in looks[number]]
        followed = _joined([track for track in found if track.last >= earliest], boxes, number)
        for box_at, box in enumerate(boxes):
            track = followed.get(box_at)
            if track is None:
                track = Track()
                found.append(track)
            track.seen[number] = box
    return found


def _joined(open_tracks: Sequence[Track], boxes: Sequence[Rectangle], number: int) -> dict[int, Track]:
    """Which head each box is, by its place in `boxes`: the likeliest pairs first, each head and each box once."""
    drift = _drift(open_tracks)
    pairs = [
        (away, track_at, box_at)
        for track_at, track in enumerate(open_tracks)
        for box_at, away in _near(track, track.expected(number, drift), boxes)
    ]
    joined: dict[int, Track] = {}
    taken: set[int] = set()
    for _, track_at, box_at in sorted(pairs):
        if track_at not in taken and box_at not in joined:
            taken.add(track_at)
            joined[box_at] = open_tracks[track_at]
    return joined


def _near(track: Track, place: Motion, boxes: Sequence[Rectangle]) -> Iterator[tuple[int, float]]:
    """Boxes that may be the head, and how many of its widths they are away from its expected place."""
    before = track.seen[track.last]
    for at, box in enumerate(boxes):
        x, y = _middle(box)
        away = max(abs(x - place[0]), abs(y - place[1])) / max(before.width, box.width)
        if away <= _NEAR and 1 / _LIKE_SIZE <= box.height / before.height <= _LIKE_SIZE:
            yield at, away


def _drift(open_tracks: Sequence[Track]) -> Motion:
    """How most heads move just now, which is how the camera turns; (0, 0) when nobody can say."""
    motions = [motion for track in open_tracks if (motion := track.motion) is not None]
    if not motions:
        return 0.0, 0.0
    across, down = np.median(np.array(motions), axis=0).tolist()
    return across, down


def boxes_at(heads: Sequence[Track], picture: int, hold: int) -> list[Rectangle]:
    """Every head's box in one picture."""
    return [box for track in heads if (box := track.at(picture, hold)) is not None]


def _middle(box: Rectangle) -> Motion:
    return box.x + box.width / 2, box.y + box.height / 2
