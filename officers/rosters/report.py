"""What a check found, for a person to read: counts, errors by row and column, doubts, changes, who is missing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from officers.models import Officer, RosterImport, RosterRow
from officers.rosters import comparing
from officers.rosters.acts import count
from officers.rosters.outer_matching import ABSENT
from officers.rosters.sheets import SHEETS
from officers.rosters.statements import Statements
from officers.rosters.words import words

LEFT_OUT = (
    "{} to a career elsewhere left out: the officer there is not in the record here, or not public. Import the other"
    " department from the same source, then this one again."
)
VERDICTS = ("new", "changed", "same", "doubtful", "wrong")
WORDS = {
    "new": "new",
    "changed": "changed",
    "same": "unchanged",
    "doubtful": "doubtful",
    "wrong": "with errors",
}


@dataclass(slots=True)
class Shown:
    """A row for a page: where it stands, whom it is about, and what is to be said."""

    row: RosterRow
    where: str
    about: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    candidates: list[Officer] = field(default_factory=list)


def has_changes(held: RosterImport) -> bool:
    return bool(count(held, "new") or count(held, "changed"))


def table_of_counts(held: RosterImport) -> list[tuple[str, list[int]]]:
    """Every sheet with how many of its rows are what, in the order of VERDICTS."""
    found = held.summary.get("sheets", {})
    return [
        (sheet.name.replace("_", " "), [int(found[sheet.name].get(verdict, 0)) for verdict in VERDICTS])
        for sheet in SHEETS
        if sheet.name in found
    ]


def rows(held: RosterImport, verdict: str, most: int, after: int = 0) -> list[Shown]:
    """The first rows of a kind after a row's number, in three queries."""
    found = list(held.rows.filter(verdict=verdict, pk__gt=after).order_by("pk")[:most])
    wanted = {number for row in found for number in row.candidates}
    wanted |= {int(row.record_id) for row in found if row.sheet == "officers" and row.record_id}
    wanted |= {int(n) for row in found if (n := str(row.resolved.get("officer_id", ""))).isdecimal()}
    officers = {officer.pk: officer for officer in Officer.objects.filter(pk__in=wanted).for_cards()}
    return [_shown(held, row, officers) for row in found]


def words_of_left_out(held: RosterImport) -> str:
    """Links to people whom the record here does not have; empty without."""
    number = count(held, ABSENT)
    return LEFT_OUT.format(f"{number:,} link{'s' if number > 1 else ''}") if number else ""


def _shown(held: RosterImport, row: RosterRow, officers: dict[int, Officer]) -> Shown:
    number = row.record_id if row.sheet == "officers" else row.resolved.get("officer_id")
    officer = officers.get(int(str(number))) if str(number or "").isdecimal() else None
    name = " ".join(
        str(part)
        for part in (row.cells.get("first_name"), row.cells.get("last_name"), row.cells.get("suffix"))
        if part
    )
    about = name or (officer.full_name if officer else "") or _first_words(row)
    changes = [
        (words(column), _words(before), _words(after))
        for column, (before, after) in sorted(row.changes.items())
    ]
    candidates = [officers[n] for n in row.candidates if n in officers]
    return Shown(row, _where(held, row), about, changes, candidates)


def _where(held: RosterImport, row: RosterRow) -> str:
    if row.matched_by == "missing":
        return "not in this roster"
    table = held.tables[row.table]["name"] if row.table < len(held.tables) else row.sheet
    return f"{table}, row {row.line}"


def _first_words(row: RosterRow) -> str:
    for name in ("report_number", "record_number", "title", "name", "url", "allegation", "penalty"):
        if row.cells.get(name):
            return str(row.cells[name])[:80]
    return ""


def _words(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if text.strip("|") else "nothing"


def lines(held: RosterImport, most: int) -> Iterator[str]:
    """The whole report for a terminal."""
    for table in held.tables:
        yield f"{table['name']}: {table['sheet'] or 'left out'} ({table['format']})"
        yield from (f"  {said}" for said in table["said"])
    for name, counts in table_of_counts(held):
        told = ", ".join(f"{n:,} {WORDS[v]}" for v, n in zip(VERDICTS, counts, strict=True) if n)
        yield f"{name}: {told}"
    for shown in rows(held, "wrong", most):
        for error in shown.row.errors:
            yield f"  {shown.where}, column {error['column']}: {error['says']}"
    for shown in rows(held, "doubtful", most):
        could_be = ", ".join(f"{officer.full_name} ({officer.pk})" for officer in shown.candidates)
        yield f"  {shown.where}: is {shown.about} {could_be}, or new? --decide {shown.row.line}=NUMBER"
    for shown in rows(held, "changed", most):
        for column, before, after in shown.changes:
            yield f"  {shown.where}: {shown.about}: {column}: {before} -> {after}"
    if left_out := words_of_left_out(held):
        yield left_out
    if missing := int(held.summary.get("missing", 0)):
        yield f"{missing:,} officers at work are not in this roster:"
        yield from (
            f"  {name} ({number})" for number, name in comparing.missing_officers(Statements(held), most)
        )
