"""The record as files: CSV (one file a kind, in a ZIP), JSON Lines, Excel. Made piece by piece while they are sent.

The same record gives the same bytes, so that two exports can be compared.
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from officers.models import Department
from officers.rosters.exporting import one_moment, rows
from officers.rosters.formats import own_header
from officers.rosters.sheets import SHEETS, Sheet

PIECE = 1 << 16
NO_DAY = (1980, 1, 1, 0, 0, 0)
ABOUT = """What is in these files: everything public about the department's officers, one file for each kind.
What is not: photos, the files of documents, and whatever is not public.
Sources name a document by its number here and its title. Careers elsewhere name an officer of another department; they
are linked where the record has that officer, so read the files of both departments under one name.
The same site reads them with the source "this site", every other site with a name of its choice.
"""


class _Sent(io.RawIOBase):
    """What was written since somebody last took it. Cannot be sought in, like the line that it goes down."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._pieces.append(piece)
        self.size += len(piece)
        return len(piece)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces, self.size = [], 0
        return taken


def csv_zip(departments: Sequence[Department], *, ids_of: str = "") -> Iterator[bytes]:
    """A ZIP of CSV files; with several departments, a folder for each."""
    sent = _Sent()
    with one_moment(), zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("about.txt", NO_DAY), ABOUT)
        for department in departments:
            folder = f"{department.pk}-{_plain(department)}/" if len(departments) > 1 else ""
            for sheet in SHEETS:
                info = zipfile.ZipInfo(f"{folder}{sheet.name}.csv", NO_DAY)
                info.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(info, "w") as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
                    yield from _csv(text, sent, sheet, department, ids_of)
    yield sent.take()


def _plain(department: Department) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in department.name)[:60]


def _csv(
    text: io.TextIOWrapper, sent: _Sent, sheet: Sheet, department: Department, ids_of: str
) -> Iterator[bytes]:
    writer = csv.writer(text)
    writer.writerow(own_header(sheet))
    for row in rows(sheet, department, ids_of=ids_of):
        writer.writerow(row)
        if sent.size > PIECE:
            yield sent.take()


def json_lines(departments: Sequence[Department], *, ids_of: str = "") -> Iterator[bytes]:
    """One record a line, with the name of its sheet. Lists are lists; everything else is text, as in the CSV."""
    with one_moment():
        for department in departments:
            for sheet in SHEETS:
                yield from _json(sheet, department, ids_of)


def _json(sheet: Sheet, department: Department, ids_of: str) -> Iterator[bytes]:
    header, piece, size = own_header(sheet), [], 0
    lists = {field.name for field in sheet.fields if field.is_list}
    for row in rows(sheet, department, ids_of=ids_of):
        record: dict[str, object] = {"sheet": sheet.name}
        for name, value in zip(header, row, strict=True):
            record[name] = value.split("|") if value and name in lists else [] if name in lists else value
        piece.append(json.dumps(record, ensure_ascii=False).encode() + b"\n")
        size += len(piece[-1])
        if size > PIECE:
            yield b"".join(piece)
            piece, size = [], 0
    yield b"".join(piece)


def excel(departments: Sequence[Department], *, ids_of: str = "") -> Iterator[bytes]:
    """One workbook of one department, a sheet for each kind; written to the disk first. Everything in it is text."""
    (department,) = departments
    book = Workbook(write_only=True)
    with one_moment(), tempfile.TemporaryFile() as file:
        for sheet in SHEETS:
            page = book.create_sheet(sheet.name)
            page.append(own_header(sheet))
            for row in rows(sheet, department, ids_of=ids_of):
                page.append([_cell(page, value) for value in row])
        book.save(file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _cell(page: object, value: str) -> object:
    """Never a formula, whatever somebody wrote. Signs that Excel does not know are left out."""
    if not value.startswith("=") and value.isprintable():
        return value
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell


Format = Callable[..., Iterator[bytes]]
FORMATS: dict[str, tuple[Format, str, str]] = {
    "csv": (csv_zip, "zip", "application/zip"),
    "jsonl": (json_lines, "jsonl", "application/x-ndjson"),
    "xlsx": (excel, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""By name: what makes it, how its files end, and what they are."""
