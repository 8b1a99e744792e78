"""Files as tables: CSV in any dialect, Excel, JSON Lines, and a ZIP of those. Row by row, never a whole CSV in memory.

An Excel workbook has to be opened whole, so it is measured first.
"""

import codecs
import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain, groupby
from pathlib import PurePosixPath
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook

MOST_UNPACKED = 400_000_000
MOST_IN_ARCHIVE = 200
MOST_COLUMNS = 200
LONGEST_CELL = 200_000
LOOK_AT = 65_536

csv.field_size_limit(LONGEST_CELL)


class UnreadableFile(Exception):
    """Says in plain words why."""


@dataclass(slots=True)
class Table:
    """`name`: the file, or the sheet in it. `rows` can be gone through once; each has a value for every column."""

    name: str
    header: list[str]
    rows: Iterator[list[str]]
    said: list[str] = field(default_factory=list)


def tables(stream: IO[bytes], name: str) -> Iterator[Table]:
    """Every table of a file, one after the other: read one to its end before the next. Raises UnreadableFile."""
    ending = PurePosixPath(name).suffix.casefold()
    if ending == ".zip":
        yield from _archive(stream)
    elif ending in {".xlsx", ".xlsm", ".xls", ".ods"}:
        yield from _workbook(stream, ending)
    elif ending in {".jsonl", ".ndjson"}:
        yield from _json_lines(stream)
    elif ending in {".csv", ".tsv", ".txt", ""}:
        yield _csv(stream, PurePosixPath(name).stem)
    else:
        raise UnreadableFile(f"{name} is neither CSV nor Excel. Save it as one of these, and send it again.")


def _archive(stream: IO[bytes]) -> Iterator[Table]:
    try:
        with zipfile.ZipFile(stream) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            _refuse_bombs(members)
            for member in members:
                if member.filename.casefold().endswith(".csv"):
                    with archive.open(member) as file:
                        yield _csv(file, PurePosixPath(member.filename).stem)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise UnreadableFile("The ZIP file is damaged or has a password.") from error


def _refuse_bombs(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_IN_ARCHIVE or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise UnreadableFile("There is too much in that file. Send it in parts.")


def _csv(stream: IO[bytes], name: str) -> Table:
    start = stream.read(LOOK_AT)
    encoding, said = _encoding(start)
    text = io.TextIOWrapper(
        io.BufferedReader(_Joined(start, stream)), encoding=encoding, newline="", errors="strict"
    )
    lines = csv.reader(text, _dialect(start.decode(encoding, "ignore")), strict=True)
    try:
        header = next(lines, [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{name} is not a CSV file: {error}.") from error
    header = [cell.strip() for cell in header]
    if len(header) > MOST_COLUMNS:
        raise UnreadableFile(f"{name} has {len(header)} columns; {MOST_COLUMNS} are the most.")
    return Table(name, header, _rows(lines, len(header), name), said)


def _rows(lines: Iterable[list[str]], width: int, name: str) -> Iterator[list[str]]:
    number = 1
    try:
        for number, cells in enumerate(lines, 2):
            if any(cells[width:]):
                raise UnreadableFile(
                    f"Row {number} of {name} has {len(cells)} cells, the header {width}. Is a quotation mark missing?"
                )
            yield cells[:width] + [""] * (width - len(cells))
    except csv.Error as error:
        raise UnreadableFile(f"Row {number + 1} of {name} cannot be read: {error}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"After row {number} of {name} there is text that is not UTF-8. Save the file as UTF-8, and send it again."
        ) from error


def _encoding(start: bytes) -> tuple[str, list[str]]:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", []
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "latin-1", ["It is not UTF-8, so it was read as Latin-1: look at names with accents."]
    return "utf-8-sig", []


def _dialect(text: str) -> type[csv.Dialect]:
    """By the header alone: what is in the rows may hold every sign there is."""
    head = text.splitlines()[0] if text.strip() else ""
    signs = {sign: head.count(sign) for sign in ",;\t|"}
    likeliest = max(signs, key=lambda sign: signs[sign])

    class Dialect(csv.excel):
        delimiter = likeliest if signs[likeliest] else ","

    return Dialect


class _Joined(io.RawIOBase):
    """What was read already, then the rest of the stream."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = io.BytesIO(start), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._start.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _workbook(stream: IO[bytes], ending: str) -> Iterator[Table]:
    data = io.BytesIO(stream.read(MOST_UNPACKED // 4))
    try:
        if ending != ".xls":
            with zipfile.ZipFile(data) as archive:
                _refuse_bombs(archive.infolist())
        data.seek(0)
        book = CalamineWorkbook.from_filelike(data)
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).iter_rows()
            header = [as_text(cell).strip() for cell in next(rows, [])]
            if any(header):
                yield Table(name, header, _rows(_texts(rows), len(header), name))
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile("The Excel file is damaged or has a password.") from error


def as_text(value: Any) -> str:
    """What stands in a cell of whatever kind of file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        return "|".join(as_text(each) for each in value)
    return str(value)


def _texts(rows: Iterable[list[Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [as_text(cell) for cell in row]


def _json_lines(stream: IO[bytes]) -> Iterator[Table]:
    """One record a line, with the name of its sheet; records of a sheet stand together."""
    try:
        parsed = (json.loads(line) for line in stream if line.strip())
        for name, records in groupby(parsed, key=lambda record: str(record.pop("sheet", ""))):
            first = next(records)
            header = [str(key) for key in first]
            everything = chain([first], records)  # noqa: B031 - one after the other
            yield Table(name, header, ([as_text(r.get(key)) for key in header] for r in everything))
    except (ValueError, AttributeError) as error:
        raise UnreadableFile("A line of the file is not a JSON object.") from error
