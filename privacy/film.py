"""Masks a film: heads are looked for in every few pictures, followed between, and painted over in each one.

The film is read twice: once to find, once to paint. Only pictures are copied: no sound, no second track, no metadata.
Offline only: a minute of film takes many minutes. Needs PyAV (the extra `video`), which this module imports.
"""

import errno
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

from privacy import heads, masks, tracks
from privacy.shapes import Pixels, Rectangle, Share
from privacy.tools import Progress, mask

_HOLD_SECONDS: Final = 0.5
_FALLBACK_RATE: Final = Fraction(25)
_LOOKING: Final = 0.9
_OF_THE_DISK: Final = frozenset({errno.ENOENT, errno.EACCES, errno.ENOSPC})
_QUALITY: Final = {"crf": "20", "preset": "veryfast"}


class NotAFilm(Exception):
    """A file that cannot be read as a film."""


def mask_film(source: Path, target: Path, how: mask.Options, *, every: int, progress: Progress) -> int:
    """Write `source` to `target` (mp4) with every head covered; how many heads were followed.

    Raises NotAFilm, and OSError for a file that cannot be read or written.
    """
    try:
        return _masked(source, target, how, every, progress)
    except (av.error.FFmpegError, IndexError) as problem:
        if isinstance(problem, OSError) and problem.errno in _OF_THE_DISK:
            raise
        raise NotAFilm("That is not a film that can be read to its end.") from problem


def _masked(source: Path, target: Path, how: mask.Options, every: int, progress: Progress) -> int:
    with av.open(str(source)) as film:
        stream = film.streams.video[0]
        rate = stream.average_rate or _FALLBACK_RATE
        total = stream.frames or round(float((stream.duration or 0) * (stream.time_base or 0)) * rate)
    looking = _told(_pictures(source), total, lambda share: progress(_LOOKING * share))
    found = tracks.tracks(_looks(looking, max(1, every)))
    hold = max(every, round(_HOLD_SECONDS * rate))
    painting = _told(_pictures(source), total, lambda share: progress(_LOOKING + (1 - _LOOKING) * share))
    _write(
        target,
        rate,
        (_painted(pixels, tracks.boxes_at(found, number, hold), how) for number, pixels in painting),
    )
    progress(1.0)
    return len(found)


def _pictures(source: Path) -> Iterator[Pixels]:
    """Each picture of the film, upright."""
    with av.open(str(source)) as film:
        for frame in film.decode(video=0):
            pixels = frame.to_ndarray(format="rgb24")
            yield np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90) % 4))


def _looks(pictures: Iterator[tuple[int, Pixels]], every: int) -> dict[int, list[heads.Head]]:
    """The heads in each Nth picture and in the last one."""
    looks: dict[int, list[heads.Head]] = {}
    last: tuple[int, Pixels] | None = None
    for number, pixels in pictures:
        last = number, pixels
        if number % every == 0:
            looks[number] = heads.find_heads_to_cover(pixels)
    if last is not None and last[0] not in looks:
        looks[last[0]] = heads.find_heads_to_cover(last[1])
    return looks


def _told(pictures: Iterator[Pixels], total: int, progress: Progress) -> Iterator[tuple[int, Pixels]]:
    for number, pixels in enumerate(pictures):
        yield number, pixels
        progress(min(1.0, (number + 1) / max(total, 1)))


def _painted(pixels: Pixels, boxes: Sequence[Rectangle], how: mask.Options) -> Pixels:
    """One picture with these heads covered, as a photo would be."""
    height, width = pixels.shape[:2]
    drawn = [_share(masks.enlarged(box, how.scale), width, height) for box in boxes]
    asked = replace(how, find=False, drawn=(*how.drawn, *drawn))
    return mask.protect(pixels, asked, lambda _: None).pixels


def _share(box: Rectangle, width: int, height: int) -> Share:
    return Share(box.x / width, box.y / height, box.width / width, box.height / height)


def _write(target: Path, rate: Fraction, pictures: Iterator[Pixels]) -> None:
    with av.open(str(target), "w", format="mp4", options={"fflags": "+bitexact"}) as film:
        stream: Any = None
        for pixels in pictures:
            # Even sides only: the colours of two neighbours are stored as one.
            even = pixels[: pixels.shape[0] // 2 * 2, : pixels.shape[1] // 2 * 2]
            if stream is None:
                stream = film.add_stream("libx264", rate=rate, options=dict(_QUALITY))
                stream.height, stream.width = even.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.codec_context.flags |= av.codec.context.Flags.bitexact
            for packet in stream.encode(
                av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24")
            ):
                film.mux(packet)
        if stream is not None:
            for packet in stream.encode():
                film.mux(packet)
