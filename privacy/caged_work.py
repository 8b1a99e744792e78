"""What the caged child does with an upload: rebuild it, or protect it with a tool, and frame the answer."""

import os
import sys

from privacy.framing import pack_photo, pack_refusal
from privacy.photos import PhotoRefused, rebuild


def rebuild_photo(data: bytes) -> bytes:
    """The frame of the photo in `data`, or of its refusal."""
    return _framed(data, allow_heif=True)


def rebuild_photo_without_heif(data: bytes) -> bytes:
    """The same for a site that does not trust HEIF decoders."""
    return _framed(data, allow_heif=False)


def protect(data: bytes) -> bytes:
    """The frame of what a tool made of a photo (`privacy.outcomes`). Its progress is written on the way.

    Imported late: numpy and the network's runtime read their number of threads when they load.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    from privacy import heads, options, outcomes, release, tools
    from privacy.photos import encode, open_pixels

    asked, photo = outcomes.unpack_order(data)
    try:
        pixels = open_pixels(photo)
        _tell(0.0)
        tool = tools.tool(asked.tool)
        agreed = release.given(agreed=asked.agreed) if options.needs_release(tool) else None
        heads.load(asked.threads)
        made = tool.protect(pixels, options.read(tool, asked.words, agreed), _tell)
        return outcomes.pack(made, encode(made.pixels), encode(outcomes.shrunk(made.pixels)))
    except PhotoRefused as refusal:
        return pack_refusal(refusal)


def _tell(share: float) -> None:
    """The work done so far, in hundredths: digits and a line's end, which no frame begins with."""
    sys.stdout.buffer.write(b"%d\n" % round(100 * share))
    sys.stdout.buffer.flush()


def _framed(data: bytes, *, allow_heif: bool) -> bytes:
    try:
        return pack_photo(rebuild(data, allow_heif=allow_heif))
    except PhotoRefused as refusal:
        return pack_refusal(refusal)
