"""Which photos are learnt from: split by content, so that twins never sit on both sides."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from recognition.presence.training.examples import examples


def photo(path: Path, shade: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((16, 16, 3), shade, dtype=np.uint8)).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for shade in range(60):
        photo(tmp_path / "police" / f"p{shade}.png", shade)
        photo(tmp_path / "other" / f"o{shade}.png", 255 - shade)
    return tmp_path


def test_about_one_in_five_is_held_out_of_each_kind(folder: Path) -> None:
    found = examples(folder)
    assert len(found) == 120
    for police in (True, False):
        held_out = sum(each.held_out for each in found if each.police is police)
        assert 4 <= held_out <= 22


def test_twins_are_one_photo(folder: Path) -> None:
    photo(folder / "police" / "twin.png", 7)
    assert len(examples(folder)) == 120


def test_the_split_goes_by_content_not_by_name(folder: Path) -> None:
    before = {each.sha256: each.held_out for each in examples(folder)}
    for path in sorted((folder / "police").iterdir()):
        path.rename(path.with_name(f"renamed-{path.name}"))
    assert {each.sha256: each.held_out for each in examples(folder)} == before


def test_a_photo_in_both_folders_is_refused(folder: Path) -> None:
    photo(folder / "other" / "same.png", 7)
    with pytest.raises(ValueError, match="both folders"):
        examples(folder)


def test_one_kind_alone_is_refused(tmp_path: Path) -> None:
    photo(tmp_path / "police" / "only.png", 1)
    with pytest.raises(ValueError, match="must hold photos in both"):
        examples(tmp_path)


def test_a_photo_that_does_not_open_is_named_before_any_work(folder: Path) -> None:
    (folder / "other" / "broken.jpg").write_bytes(b"broken")
    with pytest.raises(ValueError, match=r"broken\.jpg does not open"):
        examples(folder)
