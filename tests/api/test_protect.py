"""POST /api/v1/protect/: a photo in, the protected photo out, stable codes for everything else."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rest_framework.test import APIClient

from privacy import views
from privacy.segments import is_only_a_picture
from privacy.turns import Turns
from tests.privacy import samples

pytestmark = pytest.mark.django_db

PATH = "/api/v1/protect/"
PORTRAIT = Path(__file__).resolve().parents[2] / "officers" / "demo" / "officers" / "001" / "1.jpg"


def upload(content: bytes = b"") -> io.BytesIO:
    file = io.BytesIO(content or samples.photo())
    file.name = "photo.jpg"
    return file


def test_the_answer_is_the_covered_photo(api: APIClient) -> None:
    answer = api.post(
        PATH, {"photo": upload(PORTRAIT.read_bytes()), "colour": "white"}, HTTP_ACCEPT="image/jpeg"
    )
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Oversight-Faces"] == "1"
    assert is_only_a_picture(answer.content)


def test_boxes_are_drawn_and_faces_kept(api: APIClient) -> None:
    boxes = ["0,0,50,50", "50,50,50,50"]
    answer = api.post(PATH, {"photo": upload(), "drawn": boxes, "find": "no"})
    picture = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert answer["Oversight-Faces"] == "2"
    assert picture[10, 10].max() < 30
    assert picture[10, 80].max() > 150
    whole = {"photo": upload(PORTRAIT.read_bytes()), "keep": "0,0,100,100"}
    assert api.post(PATH, whole)["Oversight-Faces"] in {"0", "1"}


@pytest.mark.parametrize(
    ("fields", "status", "code", "field"),
    [
        ({}, 400, "invalid", "photo"),
        ({"photo": "text"}, 400, "invalid", "photo"),
        ({"tool": "blur"}, 400, "invalid", "tool"),
        ({"scale": "huge"}, 400, "invalid", "scale"),
        ({"symbol": "frown"}, 400, "invalid", "options"),
        ({"mosaic": "yes"}, 400, "invalid", "mosaic"),
        ({"release": "yes"}, 400, "invalid", "release"),
    ],
)
def test_what_cannot_be_done_names_its_field(
    api: APIClient, fields: dict[str, str], status: int, code: str, field: str
) -> None:
    content = {"photo": upload(), **fields} if fields else {}
    answer = api.post(PATH, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert list(answer.json()["fields"]) == [field]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"no photo", "not_a_photo"), (samples.photo()[:300], "broken")],
    ids=["text", "cut"],
)
def test_a_file_that_is_no_photo_has_its_code(api: APIClient, content: bytes, code: str) -> None:
    answer = api.post(PATH, {"photo": upload(content)})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_full_line_is_503_with_a_time_to_come_back(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Turns(1, 1)
    monkeypatch.setattr(views, "TURNS", line)
    with line.place("one"), line.place("two"):
        answer = api.post(PATH, {"photo": upload()})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "60")


def test_it_is_throttled_like_other_writing(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from oversight.throttles import SparingThrottle

    monkeypatch.setitem(SparingThrottle.THROTTLE_RATES, "protections", "1/hour")
    assert api.post(PATH, {}).status_code == 400
    answer = api.post(PATH, {})
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
