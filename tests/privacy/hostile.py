"""Hostile photos from a seed: each is of one of the kinds below, and the same number gives the same file again."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image

from tests.privacy import samples

OTHER_KINDS = ("TIFF", "BMP", "ICO", "PDF", "EPS", "PPM", "TGA", "PCX", "JPEG2000")
STARTS = (
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"RIFF",
    b"\0\0\0\x18ftypheic",
    b"\0\0\0\x1cftypavif",
)
WORDS = (
    b"<svg onload=alert(1)>",
    b"<?php system($_GET[0]); ?>",
    b"PK\x03\x04",
    b"%PDF-1.7",
    b"{{7*7}}",
    b"\0" * 64,
)


class Dice(random.Random):
    """Seeded, so that a photo can be made again."""


@cache
def good(kind: str, number: int) -> bytes:
    """A whole photo to spoil, of some size and texture."""
    rng = np.random.default_rng(number)
    side = 32 * (1 + number % 6)
    pixels = rng.integers(0, 256, (side, side + 16, 3), dtype=np.uint8)
    if number % 2:
        pixels = samples.corners(side * 4, side * 3)
    return samples.photo(kind, pixels)


def _any_good(rng: random.Random) -> bytes:
    return good(rng.choice(samples.FORMATS), rng.randrange(8))


def flipped(rng: random.Random) -> bytes:
    data = bytearray(_any_good(rng))
    for _ in range(rng.choice((1, 4, 32, 256))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def flipped_at_the_start(rng: random.Random) -> bytes:
    """Where sizes, counts and offsets are."""
    data = bytearray(_any_good(rng))
    for _ in range(rng.randrange(1, 12)):
        data[rng.randrange(min(len(data), 400))] = rng.randrange(256)
    return bytes(data)


def cut(rng: random.Random) -> bytes:
    data = _any_good(rng)
    return data[: rng.randrange(1, len(data))]


def spliced(rng: random.Random) -> bytes:
    first, second = _any_good(rng), _any_good(rng)
    return first[: rng.randrange(len(first))] + second[rng.randrange(len(second)) :]


def overwritten(rng: random.Random) -> bytes:
    data = bytearray(_any_good(rng))
    at, length = rng.randrange(len(data)), rng.randrange(1, 4000)
    data[at : at + length] = rng.choice((b"\xff", b"\0", b"\x7f", b"\x80")) * min(length, len(data) - at)
    return bytes(data)


def repeated(rng: random.Random) -> bytes:
    """A piece of the file many times over: segments, tables, frames."""
    data = _any_good(rng)
    at = rng.randrange(len(data))
    piece = data[at : at + rng.randrange(2, 600)]
    return data[:at] + piece * rng.randrange(2, 2000) + data[at:]


def noise_behind_a_start(rng: random.Random) -> bytes:
    return rng.choice(STARTS) + rng.randbytes(rng.randrange(1, 60_000))


def two_kinds_at_once(rng: random.Random) -> bytes:
    word = rng.choice(WORDS) * rng.randrange(1, 50)
    return word + _any_good(rng) if rng.random() < 0.3 else _any_good(rng) + word


def larger_than_it_is(rng: random.Random) -> bytes:
    """A PNG that says another size than its pixels have; the checksum is right."""
    sides = [rng.choice((0, 1, 15, 16, 9000, 12_000, 65_535, 2**31 - 1, 2**32 - 1)) for _ in range(2)]
    body = struct.pack(">II", *sides) + bytes(
        (rng.choice((1, 8, 16)), rng.choice((0, 2, 3, 4, 6)), 0, 0, rng.randrange(2))
    )
    return b"\x89PNG\r\n\x1a\n" + samples.png_chunk(b"IHDR", body) + good("PNG", 1)[33:]


def bomb(rng: random.Random) -> bytes:
    """A few kilobytes that become up to 50 million pixels, or say that they would be more."""
    width, height = rng.choice(
        ((7000, 7000), (12_000, 4000), (3000, 11_000), (50_000, 50_000), (20_000, 300))
    )
    rows = zlib.compress(b"\0" * (width + 1) * min(height, 12_000), 9)
    head = samples.png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + samples.png_chunk(b"IDAT", rows) + samples.png_chunk(b"IEND", b"")


def words_without_end(rng: random.Random) -> bytes:
    """Packed text of up to 64 MiB in a chunk, or thousands of chunks."""
    if rng.random() < 0.5:
        packed = zlib.compress(b"A" * rng.choice((2**20, 2**24, 2**26)), 9)
        return samples.png_with(samples.png_chunk(rng.choice((b"zTXt", b"iCCP")), b"k\0\0" + packed))
    return samples.png_with(samples.png_chunk(b"tEXt", b"k\0v") * rng.randrange(1000, 40_000))


def broken_exif(rng: random.Random) -> bytes:
    block = bytearray(samples.gps_exif((41.0, 52.0, 41.0), (87.0, 37.0, 40.0)))
    for _ in range(rng.randrange(1, 30)):
        block[rng.randrange(6, len(block))] = rng.randrange(256)
    if rng.random() < 0.3:
        return samples.jpeg_with(0xE1, b"Exif\0\0" + rng.randbytes(rng.randrange(8, 20_000)))
    return samples.jpeg_with(0xE1, bytes(block))


def many_frames(rng: random.Random) -> bytes:
    frames = [
        Image.new("P", (rng.choice((64, 500)), 64), number % 256) for number in range(rng.randrange(2, 120))
    ]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=1, loop=0)
    return out.getvalue()


def many_scans(rng: random.Random) -> bytes:
    return samples.endless_jpeg(rng.choice((500, 3000, 6000)), rng.choice((500, 3000)), rng.choice((50, 400)))


def another_kind(rng: random.Random) -> bytes:
    kind = rng.choice(OTHER_KINDS)
    return samples.photo(kind, samples.corners(64, 64)) + rng.randbytes(rng.randrange(64))


KINDS: tuple[Callable[[random.Random], bytes], ...] = (
    *(
        flipped,
        flipped_at_the_start,
        cut,
        spliced,
        overwritten,
        repeated,
        noise_behind_a_start,
        two_kinds_at_once,
    ),
    *(larger_than_it_is, bomb, words_without_end, broken_exif, many_frames, many_scans, another_kind),
)


def hostile(seed: int, number: int) -> tuple[str, bytes]:
    """Kind and bytes of the photo of this number."""
    make = KINDS[number % len(KINDS)]
    return make.__name__, make(Dice(f"{seed}-{number}"))
