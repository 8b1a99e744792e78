"""The day and the place that are read from a photo before its metadata is dropped."""

import datetime
import math

import pytest
from PIL import Image

from privacy.photos import rebuild
from tests.privacy import samples

CHICAGO = ((41.0, 52.0, 41.16), (87.0, 37.0, 40.44))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_the_place_and_day_are_read(kind: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2024:06:01 23:59:59"
    exif.get_ifd(0x8825).update({1: "N", 2: CHICAGO[0], 3: "W", 4: CHICAGO[1]})
    clean = rebuild(samples.photo(kind, exif=exif.tobytes()))
    assert clean.position == pytest.approx((41.8781, -87.6279), abs=1e-4)
    assert clean.taken_on == datetime.date(2024, 6, 1)


@pytest.mark.parametrize(
    ("north", "west", "expected"),
    [("N", "E", (41.8781, 87.6279)), ("S", "W", (-41.8781, -87.6279)), ("s", "e\0", (-41.8781, 87.6279))],
)
def test_hemispheres(north: str, west: str, expected: tuple[float, float]) -> None:
    clean = rebuild(samples.photo(exif=samples.gps_exif(*CHICAGO, north=north, west=west)))
    assert clean.position == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    "exif",
    [
        samples.gps_exif(*CHICAGO, north="X"),
        samples.gps_exif(*CHICAGO, west=""),
        samples.gps_exif((141.0, 0.0, 0.0), CHICAGO[1]),
        samples.exif_bytes(0x8825, 2, CHICAGO[0]),
    ],
)
def test_a_place_that_cannot_be_read_is_not_the_same_as_no_place(exif: bytes) -> None:
    position = rebuild(samples.photo(exif=exif)).position
    assert position is not None
    assert math.isnan(position[0])
    assert math.isnan(position[1])


def test_a_place_with_no_denominator_is_unreadable() -> None:
    exif = samples.gps_exif((41.0, 52.0, 41.16), (87.0, 37.0, 40.44))
    forty_one = exif.index((41).to_bytes(4, "little") + (1).to_bytes(4, "little"))
    broken = samples.changed(
        exif, lambda data: data.__setitem__(slice(forty_one + 4, forty_one + 8), bytes(4))
    )
    position = rebuild(samples.photo(exif=broken)).position
    assert position is not None
    assert math.isnan(position[0])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('exif:GPSLatitude="41,52.686N" exif:GPSLongitude="87,37.674W"', (41.8781, -87.6279)),
        (
            "<exif:GPSLatitude>41,52,41N</exif:GPSLatitude><exif:GPSLongitude>87,37,40E</exif:GPSLongitude>",
            (41.8781, 87.6278),
        ),
        ('exif:GPSLatitude="33,30.0S" exif:GPSLongitude="70,30.0W"', (-33.5, -70.5)),
    ],
)
def test_a_place_in_xmp_counts_too(body: str, expected: tuple[float, float]) -> None:
    data = samples.jpeg_with(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + samples.xmp_packet(body))
    assert rebuild(data).position == pytest.approx(expected, abs=1e-3)


def test_half_a_place_in_xmp_is_unreadable() -> None:
    packet = samples.xmp_packet('exif:GPSLatitude="41,52.686N"')
    position = rebuild(samples.photo("WEBP", xmp=packet)).position
    assert position is not None
    assert math.isnan(position[1])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2023:02:28 10:00:00", datetime.date(2023, 2, 28)),
        ("2023-02-28T10:00:00", datetime.date(2023, 2, 28)),
        ("0000:00:00 99:99:99", None),
        ("2023:02:30 10:00:00", None),
        ("1904:01:01 00:00:00", None),
        ("2999:01:01 00:00:00", None),
        ("yesterday", None),
    ],
)
def test_only_a_credible_day_is_kept(written: str, expected: datetime.date | None) -> None:
    exif = samples.exif_bytes(0x8769, 0x9003, written)
    assert rebuild(samples.photo(exif=exif)).taken_on == expected


def test_provenance_is_noticed() -> None:
    manifest = b"JP\0\1jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"
    assert rebuild(samples.jpeg_with(0xEB, manifest)).had_provenance
    assert not rebuild(samples.jpeg_with(0xEB, b"JP\0\1 c2pa")).had_provenance
