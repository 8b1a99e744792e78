"""What a table is, by its header: which sheet, which column is which field, and what such a file cannot carry.

OpenOversight's five files for "advanced" import, its flat roster, its exports, Virginia's sheets and our own are known;
anything else is guessed by the names of its columns, and a person may say otherwise.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from officers.rosters.fields import Field
from officers.rosters.sheets import BY_NAME, ROSTER, ROSTER_PARTS, SHEETS, Sheet

NO_COLUMN = ""
ID = "id"
OWN = "our own export"
ADVANCED = "OpenOversight, for import"
EXPORT = "OpenOversight, exported"
FLAT = "OpenOversight, flat roster"
GUESSED = "guessed by its columns"

_EXPORT_MARKS = {
    "officers": {"unique_identifier", "most_recent_salary"},
    "assignments": {"officer_unique_identifier", "end_date"},
    "salaries": {"officer_id", "first_name", "last_name"},
    "links": {"officers", "incidents"},
    "incidents": {"report_num", "licenses", "location"},
    "descriptions": {"text_contents", "created_by"},
}
_CANNOT_CARRY = {
    "officers": "Badge, rank and pay in it are only the latest; the other files have them all.",
    "salaries": "",
    "assignments": "Which ranks are sworn, and their order, is not in an export.",
    "links": "Links of incidents only, and content warnings, are not in an export.",
    "incidents": "Plate numbers (in most versions), ZIP codes and links are not in an export; "
    "streets are read out of a sentence.",
    "descriptions": "Who wrote a description, and when, is not taken over.",
}
_EXPORT_LEFT_OUT = {
    "officers": {"badge_number", "job_title", "most_recent_salary"},
    "assignments": {"officer_unique_identifier", "unit_id"},
    "salaries": {"first_name", "last_name"},
    "incidents": {"links"},
    "descriptions": {"created_by", "created_at", "last_updated_at"},
}
_ADVANCED_LEFT_OUT = {
    "officers": {
        *("badge_number", "unique_identifier", "job_title", "most_recent_salary"),
        *("last_employment_date", "last_employment_notice"),
    },
    "assignments": {"officer_unique_identifier", "unit_id"},
}
_MARKS = (
    ("sources", {"record", "record_id"}),
    ("careers_elsewhere", {"officer_id", "other_officer_id", "other_department_name"}),
    ("links", {"url"}),
    ("descriptions", {"text_contents", "officer_id"}),
    ("salaries", {"officer_id", "salary", "year"}),
    ("assignments", {"officer_id", "job_title"}),
    ("incidents", {"report_number"}),
    ("incidents", {"incident_title"}),
    ("officers", {"id", "department_name", "department_state"}),
)

_ONLY_READ = tuple(Field(name, "only read") for name in ("location", "incident_title", "links"))
"""Columns of incidents that become something else: an address in a sentence, a title, addresses of pages."""


@dataclass(slots=True)
class Mapped:
    """What a table is taken for. `columns`: for every column of the header its field, or nothing."""

    file: int
    name: str
    sheet: str
    format: str
    header: list[str]
    columns: list[str]
    said: list[str] = field(default_factory=list)

    @property
    def is_own(self) -> bool:
        return self.format == OWN

    @property
    def blank_clears(self) -> bool:
        """Does an empty cell mean that the record's value goes? In a plain roster it means: not in this roster."""
        return self.format in {OWN, ADVANCED}

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def plain(name: str) -> str:
    """A column's name in small letters, with _ for everything else."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def own_header(sheet: Sheet) -> list[str]:
    return [ID, *(f.name for f in sheet.fields)]


def header_mark(header: Sequence[str]) -> str:
    """By which a person's mapping of a header is remembered."""
    return hashlib.md5("\x1f".join(map(plain, header)).encode(), usedforsecurity=False).hexdigest()


def recognise(name: str, header: list[str], *, file: int = 0) -> Mapped:
    """The likeliest reading of a table."""
    names = [plain(column) for column in header]
    found = set(names)
    for own in SHEETS:
        if header == own_header(own):
            return Mapped(file, name, own.name, OWN, header, names)
    for sheet, marks in _EXPORT_MARKS.items():
        if marks <= found and "department_name" not in found:
            left_out = _EXPORT_LEFT_OUT.get(sheet, set())
            said = [_CANNOT_CARRY[sheet]] if _CANNOT_CARRY[sheet] else []
            return Mapped(file, name, sheet, EXPORT, header, _columns(sheet, names, left_out), said)
    sheet = _sheet(found)
    form, left_out = GUESSED, set()
    if sheet == ROSTER and "department_id" in found:
        form = FLAT
    elif sheet != ROSTER and ID in found and _is_all_known(sheet, found):
        form, left_out = ADVANCED, _ADVANCED_LEFT_OUT.get(sheet, set())
    return Mapped(file, name, sheet, form, header, _columns(sheet, names, left_out))


def _sheet(found: set[str]) -> str:
    for sheet, marks in _MARKS:
        by_alias = _by_alias(sheet)
        if marks <= found | {by_alias.get(name, NO_COLUMN) for name in found}:
            return sheet
    return ROSTER


def _is_all_known(sheet: str, found: set[str]) -> bool:
    known = (
        set(_by_alias(sheet)) | _ADVANCED_LEFT_OUT.get(sheet, set()) | {ID, "created_by", "last_updated_by"}
    )
    return found <= known


def _columns(sheet: str, names: list[str], left_out: set[str]) -> list[str]:
    """Each field once: the first column that fits."""
    by_alias, taken, columns = _by_alias(sheet), set[str](), []
    for name in names:
        meant = NO_COLUMN if name in left_out else by_alias.get(name, NO_COLUMN)
        if meant in taken:
            meant = NO_COLUMN
        taken.add(meant)
        columns.append(meant)
    return columns


def fields_of(sheet: str) -> dict[str, Field]:
    """The fields that a column may be, by name; in a flat roster of the three sheets that it is split into."""
    if sheet != ROSTER:
        more = _ONLY_READ if sheet == "incidents" else ()
        return {f.name: f for f in (*BY_NAME[sheet].fields, *more)}
    found: dict[str, Field] = {}
    for part in ROSTER_PARTS:
        for each in BY_NAME[part].fields:
            if each.name != "officer_id":
                found.setdefault(each.name, each)
    return found


def _by_alias(sheet: str) -> dict[str, str]:
    found = {ID: ID}
    for name, each in fields_of(sheet).items():
        for alias in each.also:
            found.setdefault(alias, name)
    return found | {name: name for name in fields_of(sheet)}


def sheet_names() -> list[str]:
    return [ROSTER, *(sheet.name for sheet in SHEETS)]
