"""Decides the few bytes in which the caged child hands its result to us.

"OVS1", four bytes of header length (big-endian), a JSON header, then the JPEG to the end. The child may have
been taken over by a hostile photo, so the reader believes nothing that it can check: the JPEG's segments and
size are read again, and every header value has one allowed type.
"""

import datetime
import hashlib
import json
import re
from typing import Any, Final

from privacy.photos import CleanPhoto
from privacy.refusals import SENTENCES, PhotoRefused
from privacy.segments import is_only_a_picture, jpeg_size

_MAGIC: Final = b"OVS1"
_HEAD: Final = len(_MAGIC) + 4
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def pack_photo(photo: CleanPhoto) -> bytes:
    """The frame of an accepted photo."""
    header = {
        "pixel_sha256": photo.pixel_sha256,
        "taken_on": photo.taken_on.isoformat() if photo.taken_on else None,
        "position": photo.position,
        "had_provenance": photo.had_provenance,
        "perceptual_hash": photo.perceptual_hash,
    }
    return packed(header) + photo.jpeg


def pack_refusal(refusal: PhotoRefused) -> bytes:
    """The frame of a refused one."""
    return packed({"refused": refusal.code})


def unpack(frame: bytes, upload: bytes) -> CleanPhoto:
    """The photo in `frame`, made from `upload`. Raises the PhotoRefused in it, or "crashed" for nonsense."""
    try:
        header, jpeg = unpacked(frame)
        refusal = refusal_in(header)
        if refusal is None:
            photo = _photo(header, jpeg, upload)
    except Exception:
        refusal = PhotoRefused("crashed")
    if refusal is not None:
        raise refusal
    return photo


def refusal_in(header: dict[str, Any]) -> PhotoRefused | None:
    """The refusal that the child framed, if it is one that exists."""
    return PhotoRefused(header["refused"]) if header.get("refused") in SENTENCES else None


def packed(header: dict[str, Any]) -> bytes:
    """The start of a frame."""
    text = json.dumps(header).encode()
    return _MAGIC + len(text).to_bytes(4, "big") + text


def unpacked(frame: bytes) -> tuple[dict[str, Any], bytes]:
    """A frame's header, and what comes after it. Raises whatever comes to hand for what is no frame."""
    length = int.from_bytes(frame[len(_MAGIC) : _HEAD], "big")
    header = json.loads(frame[_HEAD : _HEAD + length])
    if not frame.startswith(_MAGIC) or not isinstance(header, dict):
        raise ValueError("not a frame")
    return header, frame[_HEAD + length :]


def _photo(header: dict[str, Any], jpeg: bytes, upload: bytes) -> CleanPhoto:
    if not is_only_a_picture(jpeg) or not _SHA256.fullmatch(header["pixel_sha256"]):
        raise ValueError("not a clean photo")
    width, height = jpeg_size(jpeg)
    day, place = header["taken_on"], header["position"]
    return CleanPhoto(
        jpeg=jpeg,
        width=width,
        height=height,
        upload_sha256=hashlib.sha256(upload).hexdigest(),
        pixel_sha256=header["pixel_sha256"],
        taken_on=datetime.date.fromisoformat(day) if day is not None else None,
        position=(float(place[0]), float(place[1])) if place is not None else None,
        had_provenance=header["had_provenance"] is True,
        perceptual_hash=_signed_64_bits(header["perceptual_hash"]),
    )


def _signed_64_bits(number: object) -> int | None:
    if number is None or (type(number) is int and -(2**63) <= number < 2**63):
        return number
    raise ValueError("not a perceptual hash")
