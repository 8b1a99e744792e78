"""Nothing that rode along in a file comes out of it."""

import io
import shutil
import subprocess

import pytest
from PIL import Image

from privacy.photos import rebuild
from privacy.segments import SegmentError, is_only_a_picture, jpeg_segments
from tests.privacy import samples

CARRIERS = dict(samples.carriers())
ALLOWED = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}


def test_there_are_enough_hiding_places() -> None:
    assert len(CARRIERS) >= 60


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CARRIERS)
def test_no_marker_is_left(name: str) -> None:
    data = CARRIERS[name]
    assert samples.carries_marker(data)
    clean = rebuild(data)
    assert samples.MARKER not in clean.jpeg
    assert {marker for marker, _ in jpeg_segments(clean.jpeg)} <= ALLOWED
    with Image.open(io.BytesIO(clean.jpeg)) as image:
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not image.getexif()


def test_the_check_itself_sees_what_must_not_be_there() -> None:
    plain = rebuild(samples.photo()).jpeg
    assert is_only_a_picture(plain)
    with_marker = [
        samples.jpeg_with(0xFE, samples.MARKER, plain),
        samples.jpeg_with(0xE1, samples.MARKER, plain),
        samples.jpeg_with(0xE0, b"JFXX\0\x10" + bytes(9), plain),
        samples.jpeg_with(0xE0, b"JFIF\0" + bytes(9), plain),
        plain + b"x",
        plain[:-2],
        plain[:300],
        plain[1:],
        b"",
    ]
    assert [is_only_a_picture(jpeg) for jpeg in with_marker] == [False] * len(with_marker)
    with pytest.raises(SegmentError):
        jpeg_segments(plain + b"x")


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool, the second reader, is not installed")
def test_a_second_reader_agrees() -> None:
    for name, data in CARRIERS.items():
        listing = subprocess.run(
            ["exiftool", "-a", "-u", "-G1", "-"], input=rebuild(data).jpeg, capture_output=True, check=True
        ).stdout.decode()
        groups = {line.split("]")[0].strip("[") for line in listing.splitlines()}
        assert groups <= {"ExifTool", "File", "JFIF", "Composite", "System"}, name
