"""Reads the two facts we want from a photo's metadata before all of it is dropped.

The day (offered to the sender as a guess for a form field) and the place (reduced by the caller to one
boolean, "taken where comparing faces is forbidden", and then forgotten).

A place that is there but cannot be read comes back as (nan, nan): the law of the house is that unknown means
forbidden, so it must not look like "no place given".
"""

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image

Position = tuple[float, float]

_UNREADABLE: Final[Position] = (math.nan, math.nan)

# Exif 3.0, table 4 onward: IFD pointers and tags.
_ORIENTATION: Final = 0x0112
_EXIF_IFD: Final = 0x8769
_GPS_IFD: Final = 0x8825
# When the shutter fell; when it was scanned. Tag 306 is left out: editors rewrite it with the day of editing.
_DAY_TAGS: Final = (0x9003, 0x9004)
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4
_FIRST_CREDIBLE_YEAR: Final = 1990

# XMP (ISO 16684-1, exif schema) writes a coordinate as "41,52.5N" or "41,52,30N", as an attribute or a tag.
_XMP_COORDINATE: Final = r"exif:GPS%s(?:=[\"']|>)\s*([0-9]{1,3}),([0-9.]{1,12})(?:,([0-9.]{1,12}))?([%s])"
_XMP_LATITUDE: Final = re.compile(_XMP_COORDINATE % ("Latitude", "NS"))
_XMP_LONGITUDE: Final = re.compile(_XMP_COORDINATE % ("Longitude", "EW"))

# A C2PA manifest store's JUMBF type (C2PA 2.1, section 11.1): "c2pa" and the fixed ISO tail.
_C2PA_UUID: Final = b"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"


@dataclass(frozen=True)
class Traces:
    """What the metadata said. Not printed: a place in a log would be a leak."""

    taken_on: datetime.date | None = field(default=None, repr=False)
    position: Position | None = field(default=None, repr=False)


def read_traces(image: Image.Image) -> Traces:
    """The day and place in `image`'s metadata; never raises, since broken metadata is no reason to refuse."""
    try:
        exif = image.getexif()
        day = _day(exif.get_ifd(_EXIF_IFD))
        gps = exif.get_ifd(_GPS_IFD)
        pointed_at = _GPS_IFD in exif
    except Exception:
        # Metadata that breaks its reader may well hold a place: say "unknown", not "none".
        return Traces(position=_UNREADABLE)
    place = _position(gps) or _xmp_position(image)
    if place is None and pointed_at and not gps:
        place = _UNREADABLE
    return Traces(taken_on=day, position=place)


def orientation(image: Image.Image) -> int:
    """The turn that the metadata asks for, 1 to 8 (Exif tag 274; 1 is "as stored", also when unreadable)."""
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except Exception:
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def has_provenance(data: bytes) -> bool:
    """True when the file carries a C2PA provenance manifest, which rebuilding removes."""
    return _C2PA_UUID in data


def _day(tags: Mapping[int, Any]) -> datetime.date | None:
    latest = datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(days=1)
    for tag in _DAY_TAGS:
        found = re.match(r"(\d{4})[:\-](\d{2})[:\-](\d{2})", str(tags.get(tag, "")))
        if not found:
            continue
        try:
            day = datetime.date(*map(int, found.groups()))
        except ValueError:
            continue
        if day.year >= _FIRST_CREDIBLE_YEAR and day <= latest:
            return day
    return None


def _position(gps: Mapping[int, Any]) -> Position | None:
    if _LATITUDE not in gps and _LONGITUDE not in gps:
        return None
    latitude = _degrees(gps.get(_LATITUDE), gps.get(_LATITUDE_REF), "NS")
    longitude = _degrees(gps.get(_LONGITUDE), gps.get(_LONGITUDE_REF), "EW")
    return _checked(latitude, longitude)


def _degrees(parts: Any, hemisphere: Any, letters: str) -> float:
    """Degrees from (degrees, minutes, seconds) rationals; NaN when anything is missing or odd."""
    letter = hemisphere.strip("\0 ").upper() if isinstance(hemisphere, str) else ""
    if len(letter) != 1 or letter not in letters:
        return math.nan
    try:
        values = [float(part) for part in parts][:3]
        size = sum(value / 60**power for power, value in enumerate(values))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return math.nan
    return size if letter == letters[0] and values else -size if values else math.nan


def _xmp_position(image: Image.Image) -> Position | None:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    text = packet.decode("utf-8", "replace") if isinstance(packet, bytes) else str(packet)
    if "exif:GPSL" not in text:
        return None
    latitude, longitude = _XMP_LATITUDE.search(text), _XMP_LONGITUDE.search(text)
    if not latitude or not longitude:
        return _UNREADABLE
    return _checked(_xmp_degrees(latitude), -_xmp_degrees(longitude))


def _xmp_degrees(found: re.Match[str]) -> float:
    """Degrees, positive to the north and to the west."""
    degrees, minutes, seconds, letter = found.groups()
    try:
        size = float(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
    except ValueError:
        return math.nan
    return size if letter in "NW" else -size


def _checked(latitude: float, longitude: float) -> Position:
    if abs(latitude) <= 90 and abs(longitude) <= 180:
        return latitude, longitude
    return _UNREADABLE
