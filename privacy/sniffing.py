"""Decides what kind of photo a file is, from its first bytes alone.

The file's name and the browser's Content-Type are the sender's words and are never read.
Only the six kinds in `PHOTO_KINDS` go on to a decoder; everything else is told apart just far
enough to give a helpful refusal.
"""

from typing import Final

PHOTO_KINDS: Final = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF")

# ISO base media brands (ISO/IEC 14496-12; HEIF is 23008-12, AVIF is the AOM's). "mif1" and "msf1" only say
# "some HEIF family": the compatible brands then tell which.
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})
_FAMILY_BRANDS: Final = frozenset({b"mif1", b"msf1"})

# Pictures, films and documents we recognise but never open.
_REFUSED_STARTS: Final = (
    b"II*\x00",  # TIFF
    b"MM\x00*",
    b"II+\x00",  # BigTIFF
    b"MM\x00+",
    b"BM",
    b"%PDF",
    b"%!PS",
    b"8BPS",
    b"\x00\x00\x01\x00",  # ICO
    b"\x00\x00\x00\x0cjP  ",  # JPEG 2000
    b"\xff\x4f\xff\x51",
    b"\xff\x0a",  # JPEG XL
    b"\x00\x00\x00\x0cJXL ",
    b"SIMPLE  =",
    b"<svg",
    b"\x1aE\xdf\xa3",  # Matroska, WebM
)


def photo_kind(data: bytes) -> str | None:
    """The Pillow name of the photo format in `data` (one of `PHOTO_KINDS`), or None if it is not one."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _kind_by_brand(data)
    return None


def is_other_media(data: bytes) -> bool:
    """True for a picture, film or document of a kind that is recognised but not accepted."""
    return data[4:8] == b"ftyp" or data.startswith(_REFUSED_STARTS) or b"<svg" in data[:1024]


def _kind_by_brand(data: bytes) -> str | None:
    box_length = min(int.from_bytes(data[:4], "big"), 256)
    main = data[8:12]
    compatible = {data[at : at + 4] for at in range(16, box_length, 4)}
    if main in _AVIF_BRANDS:
        return "AVIF"
    if main in _HEIF_BRANDS:
        return "HEIF"
    if main in _FAMILY_BRANDS:
        if compatible & _AVIF_BRANDS:
            return "AVIF"
        if compatible & _HEIF_BRANDS:
            return "HEIF"
    return None
