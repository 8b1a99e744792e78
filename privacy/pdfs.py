"""Decides how a stranger's PDF is opened: never here, but in limited children (`privacy.cage`), and never as it came.

`rewritten` gives a copy in which only the pages are left: no script, no attached file, no link, no form, no name of a
program or person. `text_of` reads such a copy in a second child, which also looks whether anything was left in it.
Whoever shows a copy still treats it as a stranger's file: what draws its pages are the sender's own fonts and pictures.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from privacy.cage import Limits, run_in_cell
from privacy.framing import unpacked
from privacy.refusals import PhotoRefused

MOST_BYTES: Final = 40 * 2**20
MOST_PAGES: Final = 1000
MOST_TEXT: Final = 1_000_000
"""Characters that are kept of all pages together."""
PAGE_END: Final = "\f"
LIMITS: Final = Limits(cpu_seconds=12, wall_seconds=12.0)
"""Of each child. Two of them fit into the time of one job (oversight/queues.py)."""
_PACKAGES: Final = ("pypdf", "cryptography")
_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\s\0]{0,64}%PDF-\d\.\d")
_END: Final = b"%%EOF"

SENTENCES: Final = {
    "empty": "That file is empty. Choose it again and send it once more.",
    "too_large": "That file is larger than 40 MB. Send it in parts.",
    "not_a_pdf": "That file is not a PDF. Save the document as PDF and send that.",
    "cut_short": "The end of that file is missing. Download or save it once more, and send it again.",
    "encrypted": "This PDF is locked with a password. Save a copy without one, and send that.",
    "too_many_pages": "This PDF has more than 1,000 pages. Send it in parts.",
    "broken": "This PDF is damaged and could not be read. Print it to a new PDF, and send that.",
    "too_slow": "This PDF took too long to read, so we stopped. Print it to a new PDF, or send it in parts.",
    "crashed": "This PDF could not be opened safely, so we stopped. Print it to a new PDF, and send that.",
    "still_active": "This PDF has programs or files in it that we could not take out. Print it to a new PDF.",
    "gone": "The file of this document is not there any more. Send it again.",
}
AFTER_A_GLANCE: Final = (
    *("encrypted", "too_many_pages", "broken", "too_slow", "crashed", "still_active", "gone"),
)
"""What is found out only when somebody else than the sender sees it."""


class PdfRefused(Exception):
    """A file that will not be read or copied. `code` is a key of SENTENCES; `sentence` is for the person."""

    def __init__(self, code: str) -> None:
        """Raises KeyError for a code that has no sentence."""
        self.sentence = SENTENCES[code]
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class PdfText:
    """What was read: `texts` of the first pages, as far as the time and MOST_TEXT went; `pages` there are.

    `is_drawn_over`: boxes or stamps lie over the pages, and text may still be under them.
    """

    pages: int
    texts: tuple[str, ...]
    is_drawn_over: bool


def glance(data: bytes) -> None:
    """Refuse what is no PDF without opening it. Raises PdfRefused."""
    if not data:
        raise PdfRefused("empty")
    if len(data) > MOST_BYTES:
        raise PdfRefused("too_large")
    if not _START.match(data):
        raise PdfRefused("not_a_pdf")
    if _END not in data[-2048:]:
        raise PdfRefused("cut_short")


def rewritten(data: bytes) -> bytes:
    """The pages of a PDF as a new one, with nothing else in it. Raises PdfRefused."""
    glance(data)
    header, copy = _answer("copy", data)
    if header or not _START.match(copy):
        raise PdfRefused("crashed")
    return copy


def text_of(copy: bytes) -> PdfText:
    """What can be read in a rewritten PDF. Raises PdfRefused, also when there is more in it than pages."""
    header, written = _answer("read", copy)
    try:
        texts = written.decode().split(PAGE_END) if header["read"] else []
        pages, is_drawn_over = header["pages"], header["is_drawn_over"]
        if type(pages) is not int or not 0 < pages <= MOST_PAGES or len(texts) != header["read"]:
            raise ValueError("not what a reader says")
    except (KeyError, ValueError) as nonsense:
        raise PdfRefused("crashed") from nonsense
    return PdfText(pages, tuple(texts), is_drawn_over is True)


def _answer(task: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        frame = run_in_cell(f"privacy.caged_pdfs:{task}", data, LIMITS, _PACKAGES)
    except PhotoRefused as refusal:  # too slow, or crashed
        raise PdfRefused(refusal.code) from refusal
    try:
        header, rest = unpacked(frame)
        code = header.get("refused")
    except ValueError as nonsense:
        raise PdfRefused("crashed") from nonsense
    if code is not None:
        raise PdfRefused(code if code in SENTENCES else "crashed")
    return header, rest
