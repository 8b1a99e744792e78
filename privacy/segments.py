"""Reads a JPEG's list of segments, to prove that a rebuilt photo carries nothing but the picture.

A JPEG file is a chain of marked segments (ITU-T T.81, annex B). Cameras and programs put names, places,
serial numbers and small second pictures into the APPn and COM ones. A clean photo has none of those.
"""

from typing import Final

_SOI: Final = 0xD8
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_APP0: Final = 0xE0
_ADOBE: Final = 0xEE
_APP15: Final = 0xEF
_COMMENT: Final = 0xFE
_TABLES: Final = frozenset({0xDB, 0xC4})  # DQT, DHT
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive
_RESTARTS: Final = frozenset(range(0xD0, 0xD8))
# "JFIF", version, density; a thumbnail would make it longer.
_PLAIN_JFIF_LENGTH: Final = 16


class SegmentError(ValueError):
    """The bytes are not one whole, plain JPEG."""


def jpeg_segments(jpeg: bytes) -> list[tuple[int, bytes]]:
    """The segments of `jpeg` in order, each (marker's second byte, payload).

    SOI and EOI have an empty payload; the picture data after an SOS belongs to no payload.
    Raises SegmentError when the chain is cut short, broken, or followed by any byte after EOI.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        raise SegmentError("does not start with SOI")
    segments: list[tuple[int, bytes]] = [(_SOI, b"")]
    at = 2
    while True:
        if len(jpeg) < at + 2 or jpeg[at] != 0xFF:
            raise SegmentError("no marker where one must be")
        marker = jpeg[at + 1]
        if marker == _EOI:
            if at + 2 != len(jpeg):
                raise SegmentError("bytes after EOI")
            segments.append((_EOI, b""))
            return segments
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(jpeg):
            raise SegmentError("segment longer than the file")
        segments.append((marker, jpeg[at + 4 : at + 2 + length]))
        at += 2 + length
        if marker == _SOS:
            at = _end_of_scan(jpeg, at)


def is_only_a_picture(jpeg: bytes) -> bool:
    """True when `jpeg` holds SOI, one plain JFIF APP0, DQT, SOF, DHT, SOS, EOI and not one byte more."""
    try:
        segments = jpeg_segments(jpeg)
    except SegmentError:
        return False
    allowed = _TABLES | _FRAMES | {_SOI, _EOI, _SOS, _APP0}
    if not all(marker in allowed for marker, _ in segments):
        return False
    headers = [payload for marker, payload in segments if marker == _APP0]
    frames = [marker for marker, _ in segments if marker in _FRAMES]
    plain = all(len(payload) == _PLAIN_JFIF_LENGTH - 2 and payload[:5] == b"JFIF\0" for payload in headers)
    return plain and len(headers) <= 1 and len(frames) == 1


def jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """(width, height) in pixels as the frame header says. Raises SegmentError when there is none."""
    for marker, payload in jpeg_segments(jpeg):
        if marker in _FRAMES and len(payload) >= 5:
            return int.from_bytes(payload[3:5], "big"), int.from_bytes(payload[1:3], "big")
    raise SegmentError("no frame header")


def _end_of_scan(jpeg: bytes, at: int) -> int:
    """Where the next real marker stands: inside a scan, FF00 is a stuffed byte and FFD0-D7 are restarts."""
    while True:
        at = jpeg.find(b"\xff", at)
        if at < 0 or at + 1 >= len(jpeg):
            raise SegmentError("scan without an end")
        if jpeg[at + 1] != 0 and jpeg[at + 1] not in _RESTARTS:
            return at
        at += 2


def without_notes(jpeg: bytes) -> bytes:
    """The same picture without what cameras and programs wrote beside it; as it was where it is no plain JPEG.

    Only for pictures that are not built anew. The tail, JFIF and Adobe's segment stay: they say how colours are meant.
    """
    kept, at = [jpeg[:2]], 2
    while jpeg[at : at + 1] == b"\xff" and jpeg[at + 1 : at + 2] not in (b"", bytes([_SOS]), bytes([_EOI])):
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(jpeg):
            return jpeg
        is_note = marker == _COMMENT or (_APP0 < marker <= _APP15 and marker != _ADOBE)
        if not is_note:
            kept.append(jpeg[at : at + 2 + length])
        at += 2 + length
    return b"".join([*kept, jpeg[at:]]) if jpeg.startswith(b"\xff\xd8") else jpeg
