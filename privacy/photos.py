"""Decides what a photo from a stranger becomes: new, upright, plain pixels, or a clear refusal.

Nothing of the file is passed on. It is decoded and written again from its raw pixels, so whatever else it
held (place, serial numbers, comments, a second picture, a script) is left behind. Decoders have had holes, so
callers use `privacy.cage.rebuild_in_cage`, which runs `rebuild` in a limited child process; `rebuild` itself
is for that child, for offline use and for tests.

Metadata cannot be undone from pixels: sensor noise and signs of earlier compression stay.
"""

import datetime
import hashlib
import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from PIL import Image, ImageFile, PngImagePlugin

from privacy.looks import perceptual_hash
from privacy.refusals import PhotoRefused
from privacy.segments import is_only_a_picture
from privacy.sniffing import is_other_media, photo_kind
from privacy.traces import Traces, has_provenance, orientation, read_traces

if TYPE_CHECKING:  # it brings numpy, which takes longer to import than a small photo to rebuild
    from privacy.shapes import Pixels

Made = TypeVar("Made")

__all__ = ["CleanPhoto", "PhotoRefused", "encode", "open_pixels", "rebuild"]

MAX_BYTES: Final = 20 * 2**20
MAX_PIXELS: Final = 50_000_000
MAX_SIDE: Final = 12_000
MIN_SIDE: Final = 16
LONGEST_SIDE: Final = 4096
JPEG_QUALITY: Final = 92

# Pillow's own guards, tightened for every use in this process: a second wall behind our checks of the header.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False
PngImagePlugin.MAX_TEXT_CHUNK = 2**20
PngImagePlugin.MAX_TEXT_MEMORY = 2**20

# What to do to the stored pixels for each Exif orientation (Exif 3.0, tag 274). 1 needs nothing.
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class CleanPhoto:
    """A rebuilt photo and the little that was read on the way. Printing one shows no bytes and no place.

    `jpeg` is a new JPEG, upright, sRGB, longest side at most 4096 pixels, without any metadata.
    `upload_sha256` is of the file as sent. `pixel_sha256` is of the decoded pixels and their size *before*
    they are turned and colour-corrected: those two steps follow the metadata, and the same picture in other
    metadata must keep its hash. `position` is (latitude, longitude) in degrees, None when the file gives
    none, and (nan, nan) when it gives one that cannot be read. `perceptual_hash` is of the picture as people see it
    (`privacy.looks`); None where there is nothing to see.
    """

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    upload_sha256: str = field(repr=False)
    pixel_sha256: str = field(repr=False)
    taken_on: datetime.date | None = field(repr=False)
    position: tuple[float, float] | None = field(repr=False)
    had_provenance: bool = False
    perceptual_hash: int | None = field(default=None, repr=False)


def rebuild(data: bytes, *, allow_heif: bool = True) -> CleanPhoto:
    """Make a clean photo from the bytes of an upload. Raises PhotoRefused, and nothing else.

    Takes JPEG, PNG, GIF (first frame), WebP, AVIF and, with `allow_heif`, HEIF; at most 20 MiB and
    50 megapixels; each side from 16 to 12,000 pixels.
    """
    return _or_refused(_rebuilt, data, allow_heif)


def open_pixels(data: bytes, *, allow_heif: bool = True) -> "Pixels":
    """The upright sRGB pixels of an upload, longest side at most 4096. Takes and refuses what `rebuild` does."""
    return _or_refused(_pixels, data, allow_heif)


def encode(pixels: "Pixels") -> bytes:
    """A JPEG of `pixels` and nothing else. Raises PhotoRefused."""
    return _encoded(Image.fromarray(pixels))


def _or_refused(make: Callable[[bytes, str], Made], data: bytes, allow_heif: bool) -> Made:
    kind = _accepted_kind(data, allow_heif)
    try:
        return make(data, kind)
    except PhotoRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        refusal = PhotoRefused("too_many_pixels")
    except MemoryError:
        refusal = PhotoRefused("crashed")
    except Exception:
        # Decoders raise whatever comes to hand (KeyError, struct.error, SyntaxError ...) on hostile bytes.
        refusal = PhotoRefused("broken")
    # Raised out here so that it carries no traceback whose frames hold the photo.
    raise refusal


def _accepted_kind(data: bytes, allow_heif: bool) -> str:
    if not data:
        raise PhotoRefused("empty")
    if len(data) > MAX_BYTES:
        raise PhotoRefused("too_large")
    kind = photo_kind(data)
    if kind is None:
        raise PhotoRefused("unsupported_format" if is_other_media(data) else "not_a_photo")
    if kind == "HEIF" and not allow_heif:
        raise PhotoRefused("unsupported_format")
    return kind


def _rebuilt(data: bytes, kind: str) -> CleanPhoto:
    image, traces, turn = _decoded(data, kind)
    flat = _flattened(_shrunk(_plain_mode(image)))
    stored = flat if flat.mode == "RGB" else flat.convert("RGB")
    pixel_sha256 = hashlib.sha256(b"%d x %d\n" % stored.size + stored.tobytes()).hexdigest()
    upright = _upright(flat, image, turn)
    # From raw pixels: an Image made by a decoder drags its `info` (profile, comment, text) into every save.
    fresh = Image.frombytes("RGB", upright.size, upright.tobytes())
    return CleanPhoto(
        jpeg=_encoded(fresh),
        width=fresh.width,
        height=fresh.height,
        upload_sha256=hashlib.sha256(data).hexdigest(),
        pixel_sha256=pixel_sha256,
        taken_on=traces.taken_on,
        position=traces.position,
        had_provenance=has_provenance(data),
        perceptual_hash=perceptual_hash(fresh),
    )


def _pixels(data: bytes, kind: str) -> "Pixels":
    image, _, turn = _decoded(data, kind)
    # Here, for the cage that only rebuilds starts faster without it.
    import numpy as np

    return np.array(_upright(_flattened(_shrunk(_plain_mode(image))), image, turn))


def _upright(flat: Image.Image, image: Image.Image, turn: int) -> Image.Image:
    """`flat` (L, RGB or CMYK) as RGB, in the colours of its profile and turned as the metadata of `image` ask."""
    coloured = _in_srgb(flat, image.info.get("icc_profile")) or flat.convert("RGB")
    return coloured.transpose(_TURNS[turn]) if turn in _TURNS else coloured


def _encoded(fresh: Image.Image) -> bytes:
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=JPEG_QUALITY)
    jpeg = out.getvalue()
    if not is_only_a_picture(jpeg):
        raise PhotoRefused("broken")
    return jpeg


def _decoded(data: bytes, kind: str) -> tuple[Image.Image, Traces, int]:
    """The first frame's stored pixels, the metadata's facts and the turn it asks for."""
    _prepare_decoder(kind)
    # Exactly the sniffed format. Never 'MPO' here: Pillow has no opener of that name and dies of a KeyError;
    # its JPEG opener hands out two-picture files by itself.
    image = Image.open(io.BytesIO(data), formats=(kind,))
    _check_size(image.size)
    if kind == "JPEG":
        # libjpeg can halve while decoding, by whole blocks: cheaper, and no worse than shrinking afterwards.
        scale = LONGEST_SIDE / max(image.size)
        image.draft(None, (math.ceil(image.width * scale), math.ceil(image.height * scale)))
    image.load()
    _check_size(image.size, least=1)  # some decoders learn the true size only now
    return image, read_traces(image), orientation(image)


def _prepare_decoder(kind: str) -> None:
    """Load the decoder of one format only, single-threaded: each further decoder is more to attack."""
    if kind == "WEBP":
        from PIL import WebPImagePlugin  # noqa: F401
    elif kind == "AVIF":
        from PIL import AvifImagePlugin

        AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    elif kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener(
            decode_threads=1, thumbnails=False, depth_images=False, aux_images=False
        )


def _check_size(size: tuple[int, int], least: int = MIN_SIDE) -> None:
    if size[0] * size[1] > MAX_PIXELS or max(size) > MAX_SIDE:
        raise PhotoRefused("too_many_pixels")
    if min(size) < least:
        raise PhotoRefused("too_small")


def _plain_mode(image: Image.Image) -> Image.Image:
    """The same pixels in one of the modes L, RGB, RGBA and CMYK, 8 bits a channel."""
    if image.mode.startswith("I"):
        # 16 bits to 8 by dividing: Pillow's own conversion clips, which turns most of the picture white.
        return image.convert("I").point(lambda value: value * (1 / 256) + 0).convert("L")
    if "transparency" in image.info or image.mode in ("LA", "PA"):
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "RGBA", "CMYK") else image.convert("RGB")


def _shrunk(image: Image.Image) -> Image.Image:
    scale = LONGEST_SIDE / max(image.size)
    if scale >= 1:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)


def _flattened(image: Image.Image) -> Image.Image:
    """Without transparency: what shows through is white, as on a page."""
    if image.mode != "RGBA":
        return image
    page = Image.new("RGB", image.size, (255, 255, 255))
    page.paste(image, mask=image.getchannel("A"))
    return page


def _in_srgb(image: Image.Image, profile: object) -> Image.Image | None:
    """`image` (L, RGB or CMYK) with its embedded colour profile applied; None without a usable profile."""
    if not isinstance(profile, bytes):
        return None
    try:
        from PIL import ImageCms

        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except Exception:
        return None  # a broken profile only costs true colour, never the photo
