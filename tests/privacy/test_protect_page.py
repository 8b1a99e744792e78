"""The page "Protect a photo": what it shows, what it refuses, and how it mends."""

import base64
import io
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from numpy.typing import NDArray
from PIL import Image

from privacy import choices, tools, uploads, views
from privacy.tools import mask
from privacy.turns import Turns
from tests.privacy import samples

pytestmark = pytest.mark.django_db

PORTRAIT = Path(__file__).resolve().parents[2] / "officers" / "demo" / "officers" / "001" / "1.jpg"
STREAM = {"Accept": uploads.STREAM}


@pytest.fixture
def browser() -> Client:
    """A stranger's browser, whose forms are checked as in production."""
    return Client(enforce_csrf_checks=True)


def send(
    browser: Client,
    photo: bytes,
    headers: dict[str, str] | None = None,
    fields: dict[str, str] | None = None,
) -> Any:
    token = str(browser.get("/protect/").context["csrf_token"])
    upload = io.BytesIO(photo)
    upload.name = "IMG_2041.jpg"
    content = {"photo": upload, "csrfmiddlewaretoken": token, "tool": "mask", **(fields or {})}
    return browser.post("/protect/", content, headers=headers or {})


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found
    return found[1]


def picture_in(html: str) -> NDArray[np.uint8]:
    """The photo that the download button gives."""
    found = re.search(r'href="data:image/jpeg;base64,([^"]+)" download="photo.jpg"', html)
    assert found
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(found[1]))))


def test_the_page_begins_with_the_fear(browser: Client) -> None:
    page = browser.get("/protect/").content.decode()
    assert "Nobody in this photo should be recognised" in page
    assert "I want to post a photo of myself" in page
    assert hidden(page, "tool") == "mask"
    mine = browser.get("/protect/?for=me").content.decode()
    for name in tools.NAMES:
        assert (f'value="{name}"' in mine) is (name in {each.name for each in choices.offered()})
        assert (f"--tool {name}" in mine) is (name in tools.OFFLINE), "what the site does not do is named"
    assert "But:" in mine
    assert "Protect a photo" in browser.get("/").content.decode()


def test_a_photo_comes_back_covered_with_its_boxes(browser: Client) -> None:
    answer = send(browser, PORTRAIT.read_bytes(), fields={"mask-symbol": "heart"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "1 head is covered" in html
    assert mask.LOOK_AGAIN in html
    assert "IMG_2041" not in html
    with Image.open(PORTRAIT) as original:
        assert picture_in(html).shape[:2] == (original.height, original.width)
    boxes = hidden(html, "masks").split(";")
    assert len(boxes) == 1
    assert html.count('name="lift"') == 1
    assert re.search(r'<option value="heart" selected', html)
    assert browser.session.keys() == set(), "nothing about it is kept for the next page"


def test_a_box_is_taken_away_another_added_without_looking_for_heads_again(browser: Client) -> None:
    photo = PORTRAIT.read_bytes()
    html = send(browser, photo).content.decode()
    again = {"masks": hidden(html, "masks"), "of": hidden(html, "of"), "lift": "1"}
    html = send(
        browser, photo, fields={**again, "left": "0", "top": "0", "width": "50", "height": "10"}
    ).content.decode()
    picture = picture_in(html).astype(int)
    height, width = picture.shape[:2]
    assert hidden(html, "masks") == "0,0,50,10"
    assert picture[: height // 12, : width // 2 - 8].max() < 30
    with Image.open(PORTRAIT) as original:
        before = np.asarray(original.convert("RGB")).astype(int)
    assert abs(picture[height // 4 :] - before[height // 4 :]).mean() < 4, (
        "the face is bare, as was asked for"
    )


def test_boxes_of_another_photo_are_forgotten(browser: Client) -> None:
    """Or the people in the new photo would be left bare."""
    html = send(browser, PORTRAIT.read_bytes()).content.decode()
    again = {"masks": "0,0,1,1", "of": hidden(html, "of"), "lift": "1"}
    other = PORTRAIT.with_name("2.jpg").read_bytes()
    masks = hidden(send(browser, other, fields=again).content.decode(), "masks")
    assert masks
    assert masks != "0,0,1,1"


def test_the_script_hears_how_far_the_work_is(browser: Client) -> None:
    answer = send(browser, PORTRAIT.read_bytes(), STREAM)
    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    shares = [line["share"] for line in lines[:-1]]
    assert shares[0] == 0
    assert shares[-1] == 1
    assert len(shares) >= 4
    assert "1 head is covered" in lines[-1]["page"]
    assert answer["Content-Type"] == uploads.STREAM


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("photo", "said"),
    [(b"no photo", "not a photo"), (samples.photo()[:300], "damaged"), (b"", "empty")],
    ids=["text", "cut short", "empty"],
)
def test_a_file_that_cannot_be_protected_is_refused_with_the_reason(
    browser: Client, photo: bytes, said: str, stream: bool
) -> None:
    answer = send(browser, photo, STREAM if stream else None)
    assert answer.status_code == 400
    text = answer.json()["error"] if stream else answer.content.decode()
    assert said in text


def test_forms_are_checked_for_forgery_although_the_length_is_read_first(browser: Client) -> None:
    assert browser.post("/protect/", {"photo": io.BytesIO(samples.photo())}).status_code == 403


@pytest.mark.parametrize("path", ["/protect/", "/api/v1/protect/"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(browser: Client, path: str) -> None:
    class Unread(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _buffer: object) -> int:
            raise AssertionError("the body was read")

    asked: dict[str, Any] = {"CONTENT_LENGTH": str(uploads.MOST + 1), "wsgi.input": Unread()}
    answer = browser.generic("POST", path, b"", "multipart/form-data; boundary=x", **asked)
    assert answer.status_code == 413


def test_uploads_never_have_a_temporary_file() -> None:
    """Django's default would put everything over 2.5 MB on a disk."""
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE >= uploads.MOST


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Somebody else's photo is being worked on, and the line is full."""
    line = Turns(1, 1)
    monkeypatch.setattr(views, "TURNS", line)
    with line.place("somebody"), line.place("another"):
        yield threading.Event()


@pytest.mark.parametrize("stream", [False, True])
def test_a_full_line_says_when_to_come_back(browser: Client, taken: threading.Event, stream: bool) -> None:
    answer = send(browser, samples.photo(), STREAM if stream else None)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Try again in a minute" in answer.content.decode()


def test_a_reader_who_goes_away_stops_the_work_and_frees_the_place(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Turns(1, 1)
    monkeypatch.setattr(views, "TURNS", line)
    answer = send(browser, PORTRAIT.read_bytes(), STREAM)
    parts = iter(answer.streaming_content)
    assert next(parts)
    assert line._working
    answer.close()
    del parts, answer
    assert not line._working


def test_too_often_is_refused(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "allows", lambda _request, scope: scope != "protections")
    answer = send(browser, samples.photo())
    assert answer.status_code == 429
    assert views.OFTEN in answer.content.decode()


def test_no_query_is_made_for_a_photo(browser: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        send(browser, samples.photo())
