"""A PDF is opened in the cage only: its pages come out as a new one with their words, and nothing else does."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from privacy import pdfs
from privacy.cage import Limits
from privacy.framing import packed
from privacy.pdfs import PdfRefused
from tests import pdf_samples as samples


def refusal_of(data: bytes) -> str:
    with pytest.raises(PdfRefused) as refused:
        pdfs.text_of(pdfs.rewritten(data))
    assert refused.value.sentence.endswith(".")
    return refused.value.code


def test_pages_come_out_with_their_words() -> None:
    copy = pdfs.rewritten(samples.pdf("Use of force policy\nNeck restraints are forbidden.", "Page two"))
    read = pdfs.text_of(copy)
    assert read.pages == 2
    assert read.texts == ("Use of force policy\nNeck restraints are forbidden.", "Page two")
    assert not read.is_drawn_over


@pytest.mark.parametrize("what", samples.CARRIERS)
def test_what_is_no_page_stays_behind(what: str) -> None:
    data = samples.carrying(what)
    assert samples.MARKER.encode() in data
    copy = pdfs.rewritten(data)
    assert samples.MARKER.encode() not in copy
    for word in (b"/JavaScript", b"/Launch", b"/URI", b"/EmbeddedFile", b"/Author", b"/Producer", b"/Info"):
        assert word not in copy
    read = pdfs.text_of(copy)
    assert read.texts == ("Words that everybody may read",)
    assert read.is_drawn_over == (what == "a program to start")


@pytest.mark.parametrize("what", ["a script", "a program to start", "an attached file", "who made it"])
def test_a_copy_that_holds_more_than_pages_is_not_believed(what: str) -> None:
    with pytest.raises(PdfRefused) as refused:
        pdfs.text_of(samples.carrying(what))
    assert refused.value.code == "still_active"


def test_what_is_drawn_on_a_page_stays_on_it() -> None:
    writer = samples.writer_of("Name:")
    samples.note(writer, "/Widget", b"0 0 200 20 re f")
    samples.note(writer, "/Text", b"0 0 9 9 re f")  # a sticky note: not part of the page
    kept = PdfReader(io.BytesIO(pdfs.rewritten(samples.written(writer)))).pages[0]
    drawn: Any = kept["/Annots"]
    assert [each["/Subtype"] for each in drawn] == ["/FreeText"]
    assert drawn[0]["/AP"]["/N"].get_data() == b"0 0 200 20 re f"


def test_pictures_lose_what_the_camera_wrote_and_stay_pictures() -> None:
    data = samples.scanned()
    assert samples.MARKER.encode() in data
    copy = pdfs.rewritten(data)
    assert samples.MARKER.encode() not in copy
    picture = PdfReader(io.BytesIO(copy)).pages[0].images[0].image
    assert picture is not None
    assert picture.size == (300, 400)
    assert pdfs.text_of(copy).texts == ("",)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7" + bytes(pdfs.MOST_BYTES), "too_large"),
        (b"\x89PNG\r\n\x1a\n" + samples.pdf("x"), "not_a_pdf"),
        (b"<script>alert(1)</script>" + samples.pdf("x"), "not_a_pdf"),
        (samples.pdf("x")[:-200], "cut_short"),
        (b"%PDF-1.7\nnothing\n%%EOF", "broken"),
        (samples.circular(), "broken"),
        (samples.locked("secret"), "encrypted"),
        (samples.pdf(*["x"] * (pdfs.MOST_PAGES + 1)), "too_many_pages"),
    ],
    ids=["empty", "large", "picture", "page", "cut", "nothing", "circular", "locked", "pages"],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data: bytes, code: str) -> None:
    assert refusal_of(data) == code


def test_a_lock_that_everybody_opens_is_none() -> None:
    assert pdfs.text_of(pdfs.rewritten(samples.locked(""))).texts == ("Locked words",)


def test_a_page_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "LIMITS", Limits(cpu_seconds=1, wall_seconds=10.0))
    assert refusal_of(samples.endless()) in {"too_slow", "crashed", "broken"}


def test_signs_that_only_machines_see_are_left_out() -> None:
    read = pdfs.text_of(pdfs.rewritten(samples.pdf("one\\014two\\002\\003three")))
    assert len(read.texts) == 1
    assert not {"\f", "\x02", "\x03"} & set(read.texts[0])


@pytest.mark.parametrize(
    "lie",
    [
        b"",
        b"not a frame",
        packed({"refused": "hacked"}),
        packed({"pages": -1, "read": 0, "is_drawn_over": False}),
        packed({"pages": 1, "read": 3, "is_drawn_over": False}) + b"one",
        packed({"pages": "1", "read": 1, "is_drawn_over": False}) + b"one",
        packed({"pages": 1, "read": 1, "is_drawn_over": False}) + b"\xff\xfe",
    ],
)
def test_a_lying_child_is_not_believed(lie: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "run_in_cell", lambda *_, **__: lie)
    for door in (pdfs.text_of, pdfs.rewritten):
        with pytest.raises(PdfRefused) as refused:
            door(samples.pdf("x"))
        assert refused.value.code == "crashed"
