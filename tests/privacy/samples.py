"""Photos made on the spot: plain ones, and ones that carry a marker in every place where a file can hide it."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin

pillow_heif.register_heif_opener()

MARKER = b"LEAKMARK-7f3a91"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
_TEXT = MARKER.decode()

# Exif tags in the main directory, the Exif directory and the GPS directory.
EXIF_PLACES: dict[str, tuple[int | None, int, Any]] = {
    "description": (None, 0x010E, _TEXT),
    "camera": (None, 0x0110, _TEXT),
    "software": (None, 0x0131, _TEXT),
    "artist": (None, 0x013B, _TEXT),
    "copyright": (None, 0x8298, _TEXT),
    "maker-note": (0x8769, 0x927C, b"\0\1" + MARKER),
    "user-comment": (0x8769, 0x9286, b"ASCII\0\0\0" + MARKER),
    "serial-number": (0x8769, 0xA431, _TEXT),
    "gps-method": (0x8825, 0x001B, b"ASCII\0\0\0" + MARKER),
}


def corners(width: int = 96, height: int = 64) -> NDArray[np.uint8]:
    """A picture whose four quarters are red, green, blue and yellow (from the top left, row by row)."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = (220, 20, 20)
    picture[: height // 2, width // 2 :] = (20, 220, 20)
    picture[height // 2 :, : width // 2] = (20, 20, 220)
    picture[height // 2 :, width // 2 :] = (220, 220, 20)
    return picture


def photo(kind: str = "JPEG", picture: NDArray[np.uint8] | None = None, **options: Any) -> bytes:
    """`picture` (or the four corners) as a file of `kind`."""
    out = io.BytesIO()
    Image.fromarray(corners() if picture is None else picture).save(out, kind, **options)
    return out.getvalue()


def exif_bytes(directory: int | None, tag: int, value: Any) -> bytes:
    """An Exif block with one entry."""
    exif = Image.Exif()
    if directory is None:
        exif[tag] = value
    else:
        exif.get_ifd(directory)[tag] = value
    return exif.tobytes()


def gps_exif(latitude: Any, longitude: Any, north: str = "N", west: str = "W") -> bytes:
    """An Exif block with a place, each coordinate given as (degrees, minutes, seconds)."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: north, 2: latitude, 3: west, 4: longitude})
    return exif.tobytes()


def xmp_packet(body: str = _TEXT) -> bytes:
    """An XMP packet with `body` inside."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f"<rdf:Description>{body}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def jpeg_with(marker: int, payload: bytes, jpeg: bytes | None = None) -> bytes:
    """A JPEG with one more segment straight after its start."""
    jpeg = photo() if jpeg is None else jpeg
    return jpeg[:2] + bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload + jpeg[2:]


def png_chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(chunk: bytes, *, at_end: bool = False) -> bytes:
    """A PNG with one more chunk, after its header or before its end."""
    png = photo("PNG")
    at = len(png) - 12 if at_end else 33
    return png[:at] + chunk + png[at:]


def srgb_profile(description: bytes = b"") -> bytes:
    """An sRGB colour profile whose built-in description is overwritten with `description`."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    words = "sRGB built-in".encode("utf-16-be")
    assert words in profile
    return (
        profile.replace(words, description.ljust(len(words), b"\0")[: len(words)]) if description else profile
    )


def carriers() -> Iterator[tuple[str, bytes]]:
    """(name, file) for every hiding place; each file contains MARKER, plain or compressed."""
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF"):
        for place, entry in EXIF_PLACES.items():
            yield f"{kind} exif {place}", photo(kind, exif=exif_bytes(*entry))
    for kind in ("WEBP", "AVIF", "HEIF"):
        yield f"{kind} xmp", photo(kind, xmp=xmp_packet())
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        yield f"{kind} colour profile", photo(kind, icc_profile=srgb_profile(MARKER))
    for kind in FORMATS:
        yield f"{kind} trailing bytes", photo(kind) + MARKER
    yield from _jpeg_carriers()
    yield from _png_carriers()
    yield "GIF comment", photo("GIF", comment=MARKER)
    application = b"\x21\xff\x0bXMP DataXMP" + bytes([len(MARKER)]) + MARKER + b"\0"
    gif = photo("GIF")
    at = gif.index(b"\x2c", 13 + 3 * 2 ** ((gif[10] & 7) + 1))
    yield "GIF application block", gif[:at] + application + gif[at:]
    webp = photo("WEBP") + b"JUNK" + struct.pack("<I", 16) + MARKER.ljust(16, b"\0")
    yield "WEBP unknown chunk", b"RIFF" + struct.pack("<I", len(webp) - 8) + webp[8:]


def carries_marker(data: bytes) -> bool:
    """True when MARKER is in `data`, plain or inside one of PNG's packed chunks."""
    packed = (data[at:].split(b"\0\0", 1)[1] for name in (b"zTXt", b"iCCP") if (at := data.find(name)) >= 0)
    return MARKER in data or any(MARKER in zlib.decompressobj().decompress(body) for body in packed)


def _jpeg_carriers() -> Iterator[tuple[str, bytes]]:
    for number in range(16):
        yield f"JPEG APP{number}", jpeg_with(0xE0 + number, MARKER)
    yield "JPEG comment", jpeg_with(0xFE, MARKER)
    yield "JPEG script comment", jpeg_with(0xFE, b"<script>" + MARKER + b"</script>")
    yield "JPEG PHP archive comment", jpeg_with(0xFE, b"<?php __HALT_COMPILER(); ?>" + MARKER)
    yield "JPEG JFXX thumbnail", jpeg_with(0xE0, b"JFXX\0\x10" + MARKER)
    yield "JPEG XMP", jpeg_with(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp_packet())
    extended = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">II", len(MARKER), 0)
    yield "JPEG extended XMP", jpeg_with(0xE1, extended + MARKER)
    yield "JPEG IPTC", jpeg_with(0xED, _iptc(MARKER))
    yield "JPEG provenance", jpeg_with(0xEB, b"JP\0\1" + MARKER)
    yield "JPEG HTML after the end", photo() + b"<html><script>" + MARKER + b"</script></html>"
    yield "JPEG archive after the end", photo() + b"PK\x03\x04" + MARKER + b"PK\x05\x06" + bytes(18)
    second = jpeg_with(0xFE, MARKER)
    yield "JPEG second picture", two_pictures(second)


def _png_carriers() -> Iterator[tuple[str, bytes]]:
    for at_end in (False, True):
        where = "late" if at_end else "early"
        yield f"PNG {where} text", png_with(png_chunk(b"tEXt", b"Comment\0" + MARKER), at_end=at_end)
        packed = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(MARKER))
        yield f"PNG {where} packed text", png_with(packed, at_end=at_end)
        unicode_text = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp_packet())
        yield f"PNG {where} unicode text", png_with(unicode_text, at_end=at_end)
        yield f"PNG {where} unknown chunk", png_with(png_chunk(b"leAk", MARKER), at_end=at_end)


def _iptc(caption: bytes) -> bytes:
    record = b"\x1c\x02\x78" + struct.pack(">H", len(caption)) + caption
    return b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record


def two_pictures(second: bytes) -> bytes:
    """A phone's two-picture file (CIPA DC-007): an ordinary JPEG, an index, and a second JPEG behind it."""
    out = io.BytesIO()
    first = Image.fromarray(corners())
    first.save(out, "MPO", save_all=True, append_images=[Image.open(io.BytesIO(second))])
    return out.getvalue() + second


def bomb_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is `width` x `height` pixels."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + png_chunk(b"IDAT", zlib.compress(bytes(100)))
        + png_chunk(b"IEND", b"")
    )


def packed_zeros(megabytes: int) -> bytes:
    """`megabytes` of nothing, squeezed a thousandfold."""
    return zlib.compress(bytes(megabytes * 2**20), 9)


def endless_jpeg(width: int, height: int, scans: int) -> bytes:
    """A small progressive JPEG that repeats its last scan, so that decoding takes for ever."""
    plain = photo(picture=np.full((height, width, 3), 90, np.uint8), progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + plain[last:-2] * scans + b"\xff\xd9"


def changed(data: bytes, change: Callable[[bytearray], None]) -> bytes:
    """A copy of `data` with `change` done to it."""
    copy = bytearray(data)
    change(copy)
    return bytes(copy)


def text_png(info: dict[str, str]) -> bytes:
    """A PNG with ordinary text entries."""
    entries = PngImagePlugin.PngInfo()
    for key, value in info.items():
        entries.add_text(key, value)
    return photo("PNG", pnginfo=entries)
