"""An invisible mark of 64 bits that survives JPEG, resizing and cropping: how bits get into a picture and out.

Spread spectrum (Cox et al. 1997, doi 10.1109/83.650120). Every bit has a pattern of its own, a sum of waves of middle
frequency with phases drawn from a published key; patterns are a tile of 256 x 256 that repeats over the picture, whose
longest side counts as 512 whatever its size. One more pattern is the same in every mark and shows the reader how the
tiles lie. Nothing is secret: whoever wants the mark gone can take it out. It is a sign on a door, not a lock.
"""

import zlib
from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from privacy.shapes import Pixels

Plane = NDArray[np.float32]

BITS: Final = 64
KEY: Final = b"oversight mark 1: no recognition, no training"

_SIDE: Final = 512
_TILE: Final = 256
_LOWEST, _HIGHEST = 0.03, 0.14  # waves a pixel, at a longest side of 512
_ALIGNING: Final = 0.3  # share of the mark's power that shows how it lies
_STRENGTH: Final = 2.3  # root mean square of the mark in grey levels where the picture is of usual roughness
_CALM: Final = 6.0  # roughness (standard deviation about a pixel) that carries the mark at its usual strength
_LEAST, _MOST = 0.45, 1.5
_KEPT: Final = np.arange(1.0, 0.548, -0.004)  # which share of the longest side a crop may have left
_CLEAR: Final = 5.5  # how far the place where tiles lie must stand out; chance alone reaches 4 to 5
TRIES: Final = len(_KEPT)
"""How often, at most, one photo is looked at: once for each size that it may have been cut to."""


def embed(pixels: Pixels, bits: NDArray[np.bool_]) -> Pixels:
    """A copy of `pixels` that carries `bits` (64 of them)."""
    height, width = pixels.shape[:2]
    scale = _SIDE / max(height, width)
    rows, columns, phases, owner = waves()
    spectrum = np.zeros((_TILE, _TILE // 2 + 1), np.complex128)
    spectrum[rows, columns] = phases * np.append(np.where(bits, 1, -1), 1)[owner]
    tile = np.fft.irfft2(spectrum, s=(_TILE, _TILE))
    tile /= tile.std()
    across, down = (-(-round(length * scale) // _TILE) for length in (width, height))
    whole = Image.fromarray(np.tile(tile.astype(np.float32), (down, across)))
    mark = whole.resize((width, height), Image.Resampling.BICUBIC, (0, 0, width * scale, height * scale))
    gain = np.clip(_roughness(_grey(pixels), max(2, round(3 / scale))) / _CALM, _LEAST, _MOST)
    marked = pixels + (_STRENGTH * gain * np.asarray(mark))[..., None]
    changed: Pixels = np.clip(np.rint(marked), 0, 255).astype(np.uint8)
    return changed


def candidates(pixels: Pixels) -> Iterator[NDArray[np.bool_]]:
    """Bits that the picture may carry, likeliest size first: the caller knows which are a mark."""
    if min(pixels.shape[:2]) < 2:
        return
    rows, columns, phases, owner = waves()
    signs = owner == -1
    plain = _calmed(pixels)
    for kept in _KEPT:
        found = _evened(np.fft.rfft2(_folded(_smaller(plain, kept)))[rows, columns]) * phases.conj()
        spectrum = np.zeros((_TILE, _TILE // 2 + 1), np.complex128)
        spectrum[rows[signs], columns[signs]] = found[signs]
        likeness = np.fft.irfft2(spectrum, s=(_TILE, _TILE))
        place = int(np.argmax(likeness))
        if likeness.flat[place] < _CLEAR * likeness.std():
            continue
        row, column = divmod(place, _TILE)
        lying = (found * np.exp(2j * np.pi * (rows * row + columns * column) / _TILE)).real
        yield np.bincount(owner[~signs], lying[~signs], BITS) > 0


def _evened(waves: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Every wave as loud as the others: photos are loudest where waves are long, and along straight edges."""
    return waves / (np.abs(waves) + 1e-9)


@cache
def waves() -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.complex128], NDArray[np.intp]]:
    """The waves of the mark: row and column in a tile's spectrum, phase, and whose it is (-1: it shows how tiles lie).

    No two patterns share a wave, so they stay apart whatever a photo or a JPEG does to one frequency or another.
    """
    frequency = np.hypot(np.fft.fftfreq(_TILE)[:, None], np.fft.rfftfreq(_TILE)[None, :])
    inside = (frequency >= _LOWEST) & (frequency <= _HIGHEST)
    inside[:, 0] = False  # a wave without a column's part is mirrored within its own column
    rows, columns = np.nonzero(inside)
    drawn = _drawn(len(rows) * 2)
    order = np.argsort(drawn[: len(rows)], kind="stable")
    owner = np.empty(len(rows), np.intp)
    aligning = round(_ALIGNING * len(rows))
    owner[order[:aligning]] = -1
    owner[order[aligning:]] = np.arange(len(rows) - aligning) % BITS
    return rows, columns, np.exp(2j * np.pi * drawn[len(rows) :]), owner


def _drawn(count: int) -> NDArray[np.float64]:
    """Numbers from 0 to 1 from the key alone, by a generator of our own: no library's update can change the mark.

    SplitMix64 (Steele, Lea, Flood 2014).
    """
    with np.errstate(over="ignore"):
        x = np.uint64(zlib.crc32(KEY)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(
            0x9E3779B97F4A7C15
        )
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)).astype(np.float64) / 2**53


def _calmed(pixels: Pixels) -> Plane:
    """The picture in grey at the mark's size, without its shades, and rough places no louder than smooth ones."""
    grey = _resized(_grey(pixels), _SIDE / max(pixels.shape[:2]))
    calmed: Plane = (grey - _blurred(grey, 12)) / (_roughness(grey, 6) + 2)
    return calmed


def _smaller(plane: Plane, share: float) -> Plane:
    return plane if share == 1 else _resized(plane, share)


def _resized(plane: Plane, scale: float) -> Plane:
    height, width = plane.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BICUBIC))


def _folded(plane: Plane) -> Plane:
    """The mean of all the tiles, cut off ones filled up with nothing."""
    down, across = (-(-length // _TILE) for length in plane.shape)
    whole = np.zeros((down * _TILE, across * _TILE), np.float32)
    whole[: plane.shape[0], : plane.shape[1]] = plane
    mean: Plane = whole.reshape(down, _TILE, across, _TILE).sum(axis=(0, 2))
    return mean


def _grey(pixels: Pixels) -> Plane:
    grey: Plane = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return grey


def _roughness(grey: Plane, reach: int) -> Plane:
    mean = _blurred(grey, reach)
    rough: Plane = np.sqrt(np.maximum(_blurred((grey - mean) ** 2, reach), 0))
    return rough


def _blurred(plane: Plane, reach: int) -> Plane:
    """The mean over squares of 2 * reach + 1."""
    side = 2 * reach + 1
    sums = np.pad(plane.astype(np.float64), reach, mode="edge")
    for axis in (0, 1):
        sums = np.cumsum(np.insert(sums, 0, 0, axis=axis), axis=axis)
        ends = sums.shape[axis]
        sums = (np.take(sums, range(side, ends), axis) - np.take(sums, range(ends - side), axis)) / side
    return sums.astype(np.float32)
