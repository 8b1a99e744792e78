"""What the caged child does with a PDF: copy its pages into a new one, or read the text of such a copy."""

import io
import time
from collections.abc import Callable
from typing import Any, Final

from pypdf import PdfReader

from privacy.framing import packed
from privacy.pdf_copying import ACTIVE, copied, dictionaries, notes
from privacy.pdfs import MOST_PAGES, MOST_TEXT, PAGE_END, PdfRefused

LONGEST_READING: Final = 8.0
"""Seconds for all pages together; what was not reached is said to be missing."""
MOST_OF_A_PAGE: Final = 40_000
_ACTS: Final = (
    "/JavaScript",
    "/Launch",
    "/URI",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
    "/GoToE",
    "/Rendition",
)
_SPACES: Final = {"\n", "\t"}


def copy(data: bytes) -> bytes:
    """The frame of a new PDF with the pages of `data`, or of its refusal."""
    return _framed(_copied, data)


def read(data: bytes) -> bytes:
    """The frame of the text of a rewritten PDF, or of its refusal."""
    return _framed(_read, data)


def _framed(work: Callable[[bytes], bytes], data: bytes) -> bytes:
    try:
        return work(data)
    except PdfRefused as refusal:
        return packed({"refused": refusal.code})
    except Exception:  # a library's ways to say that a file makes no sense are without number
        return packed({"refused": "broken"})


def _opened(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise PdfRefused("encrypted")
    if not len(reader.pages):
        raise PdfRefused("broken")
    if len(reader.pages) > MOST_PAGES:
        raise PdfRefused("too_many_pages")
    return reader


def _copied(data: bytes) -> bytes:
    stream = io.BytesIO()
    copied(_opened(data)).write(stream)
    return packed({}) + stream.getvalue()


def _read(data: bytes) -> bytes:
    reader = _opened(data)
    if _is_active(reader):
        raise PdfRefused("still_active")
    until, room = time.monotonic() + LONGEST_READING, MOST_TEXT
    texts: list[str] = []
    is_drawn_over = False
    for page in reader.pages:
        is_drawn_over |= any(note.get("/Subtype") == "/Stamp" for note in notes(page))
        if time.monotonic() < until and room > 0:
            texts.append(_plain(_text(page))[: min(MOST_OF_A_PAGE, room)])
            room -= len(texts[-1]) + 1
    header = {"pages": len(reader.pages), "read": len(texts), "is_drawn_over": is_drawn_over}
    return packed(header) + PAGE_END.join(texts).encode(errors="replace")


def _text(page: Any) -> str:
    try:
        return str(page.extract_text())
    except Exception:  # one odd page, such as a font that makes no sense, is a page without words
        return ""


def _plain(text: str) -> str:
    """Without signs that only machines see: they could end a page, mark a find, or turn the line round."""
    return "".join(sign for sign in text if sign.isprintable() or sign in _SPACES).strip()


def _is_active(reader: PdfReader) -> bool:
    """Is anything in it but pages? Every object is looked at, also those that no page leads to."""
    if set(reader.root_object) - {"/Type", "/Pages"} or "/Info" in reader.trailer:
        return True
    size: Any = reader.trailer["/Size"]
    return any(
        any(key in each for key in ACTIVE) or each.get("/S") in _ACTS
        for number in range(1, int(size))
        for each in dictionaries(reader.get_object(number))
    )
