"""What the caged child does with an upload: rebuild it and frame the answer."""

from privacy.framing import pack_photo, pack_refusal
from privacy.photos import PhotoRefused, rebuild


def rebuild_photo(data: bytes) -> bytes:
    """The frame of the photo in `data`, or of its refusal."""
    return _framed(data, allow_heif=True)


def rebuild_photo_without_heif(data: bytes) -> bytes:
    """The same for a site that does not trust HEIF decoders."""
    return _framed(data, allow_heif=False)


def _framed(data: bytes, *, allow_heif: bool) -> bytes:
    try:
        return pack_photo(rebuild(data, allow_heif=allow_heif))
    except PhotoRefused as refusal:
        return pack_refusal(refusal)
