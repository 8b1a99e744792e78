"""Running a backend over folders: what is counted, timed and reported."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from recognition.presence.base import Box, Decision, PhotoUnsuitable, Presence
from recognition.presence.measuring import measure
from recognition.presence.surety import measure_people


class Brightness:
    """A backend whose answer can be worked out: the mean of the pixels. Refuses photos under 10 pixels."""

    name = "brightness"
    sure_from = 0.5

    def __init__(self) -> None:
        self.heads: list[Sequence[Box]] = []

    def load(self) -> None:
        """Nothing to load."""

    def classify(self, jpeg: bytes, heads: Sequence[Box]) -> Presence:
        photo = Image.open(io.BytesIO(jpeg))
        assert photo.format == "JPEG"
        if photo.width < 10:
            raise PhotoUnsuitable("too_small")
        self.heads.append(heads)
        score = float(np.asarray(photo).mean()) / 255
        return Presence(score, Decision.REVIEW, (), (), self.name, "1")


def one_head(pixels: NDArray[np.uint8]) -> Sequence[Box]:
    height, width, colours = pixels.shape
    assert colours == 3
    return [Box(0, 0, width, height)]


def save(path: Path, shade: int, size: tuple[int, int] = (40, 20), **options: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (shade,) * 3).save(path, **options)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "police" / "a.jpg", 200)
    save(tmp_path / "police" / "b.png", 100)
    save(tmp_path / "other" / "c.jpg", 150)
    save(tmp_path / "other" / "d.jpg", 50)
    (tmp_path / "other" / "notes.txt").write_text("not a photo")
    return tmp_path


def test_figures_of_a_backend_that_can_be_worked_out(folder: Path) -> None:
    found = measure(Brightness(), folder, one_head)
    assert found["auc"] == pytest.approx(0.75)
    assert found["average_precision"] == pytest.approx(0.5 + 0.5 * 2 / 3, abs=1e-4)
    assert found["photos"] == {"police": 2, "other": 2}
    assert found["model_version"] == "1"
    assert found["ms_per_photo"] > 0
    assert found["unsuitable"] == []


def test_photos_that_cannot_be_judged_are_counted_and_named(folder: Path) -> None:
    (folder / "police" / "broken.jpg").write_bytes(b"broken")
    save(folder / "other" / "tiny.png", 1, size=(5, 5))
    found = measure(Brightness(), folder, one_head)
    assert found["unsuitable"] == ["police/broken.jpg: unreadable", "other/tiny.png: too_small"]
    assert found["photos"] == {"police": 2, "other": 2}


def test_heads_are_looked_for_in_the_upright_photo(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # to be shown turned by a quarter
    save(tmp_path / "police" / "a.jpg", 200, exif=turned.tobytes())
    save(tmp_path / "other" / "b.jpg", 100)
    backend = Brightness()
    measure(backend, tmp_path, one_head)
    assert backend.heads == [[Box(0, 0, 20, 40)], [Box(0, 0, 40, 20)]]


def test_an_empty_folder_has_no_figures(tmp_path: Path) -> None:
    save(tmp_path / "police" / "a.jpg", 200)
    with pytest.raises(ValueError, match="Both kinds"):
        measure(Brightness(), tmp_path, one_head)


def test_people_are_looked_at_one_by_one(tmp_path: Path) -> None:
    """Each photo speaks by its best head; a photo in which nobody can be pointed at is nobody."""
    folder = tmp_path / "photos"
    for kind, light in (("police", 240), ("other", 30)):
        (folder / kind).mkdir(parents=True)
        Image.new("RGB", (200, 200), (light, light, light)).save(folder / kind / "one.png")
    heads = [Box(80, 40, 30, 40), Box(5000, 5000, 9, 9)]
    found = measure_people(Brightness(), folder, lambda _pixels: heads)
    assert found["highest_other"] == pytest.approx(30 / 255, abs=0.02)
    assert found["score_no_other_reaches"] > found["highest_other"]
    assert (found["others_that_reach_it"], found["police_that_reach_it"]) == (0, 1.0)
    nobody = measure_people(Brightness(), folder, lambda _pixels: [])
    assert (nobody["highest_other"], nobody["police_that_reach_it"]) == (0.0, 0.0)
