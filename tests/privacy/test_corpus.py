"""Every awkward file of the corpus is accepted clean or refused with a reason: no crash, no hang, no leak.

The corpus is not part of the project: OVERSIGHT_PHOTOS names a folder that has `badimages/` in it. All files go
through `rebuild` in this process; every tenth, and the slowest, also through the cage. To send all of them
through the cage (two minutes more), set OVERSIGHT_WHOLE_CORPUS=1.
"""

import os
import time
from pathlib import Path

import pytest

from privacy.cage import rebuild_in_cage
from privacy.photos import CleanPhoto, PhotoRefused, rebuild
from privacy.segments import is_only_a_picture

FOLDER = Path(os.environ.get("OVERSIGHT_PHOTOS", ""), "badimages")
IN_CAGE = 1 if os.environ.get("OVERSIGHT_WHOLE_CORPUS") else 10
MOST_SECONDS = 10.0

pytestmark = [
    pytest.mark.skipif(
        "OVERSIGHT_PHOTOS" not in os.environ or not FOLDER.is_dir(),
        reason="OVERSIGHT_PHOTOS does not name a folder with badimages/",
    ),
    pytest.mark.filterwarnings("ignore"),  # Pillow warns of much that we then refuse or drop
]


def outcome(data: bytes, *, caged: bool) -> tuple[CleanPhoto | str, float]:
    """The photo or the refusal's code, and the seconds it took."""
    begun = time.monotonic()
    try:
        result: CleanPhoto | str = rebuild_in_cage(data) if caged else rebuild(data)
    except PhotoRefused as refused:
        result = refused.code
    return result, time.monotonic() - begun


def test_each_file_is_accepted_clean_or_refused() -> None:
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    assert len(files) >= 800
    accepted, slow = 0, []
    for path in files:
        result, seconds = outcome(path.read_bytes(), caged=False)
        if isinstance(result, CleanPhoto):
            accepted += 1
            assert is_only_a_picture(result.jpeg), path.name
        if seconds > MOST_SECONDS:
            slow.append(path.name)
    assert slow == []
    assert accepted >= 500


def test_the_cage_decides_as_rebuild_does() -> None:
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    largest = max(files, key=lambda path: path.stat().st_size)
    for path in [largest, *files[::IN_CAGE]]:
        data = path.read_bytes()
        caged, seconds = outcome(data, caged=True)
        assert seconds < MOST_SECONDS + 2, path.name
        # Printed, since a place that cannot be read is NaN, which equals nothing.
        plain = outcome(data, caged=False)[0]
        assert repr(caged) == repr(plain), path.name
        assert getattr(caged, "jpeg", None) == getattr(plain, "jpeg", None), path.name


@pytest.mark.parametrize("shape", ["Landscape", "Portrait"])
def test_real_camera_orientations_come_out_upright(shape: str) -> None:
    clean = [rebuild((FOLDER / "exif-orientation" / f"{shape}_{turn}.jpg").read_bytes()) for turn in range(9)]
    assert len({(photo.width, photo.height) for photo in clean}) == 1
    assert (clean[0].width > clean[0].height) == (shape == "Landscape")


def test_samples_with_a_place_give_one() -> None:
    folder = FOLDER / "exif-samples" / "jpg" / "gps"
    photos = [outcome(path.read_bytes(), caged=False)[0] for path in sorted(folder.glob("*.jpg"))]
    assert photos
    assert all(isinstance(photo, CleanPhoto) and photo.position is not None for photo in photos)
