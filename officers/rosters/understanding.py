"""A row of a table as one or more rows of sheets, with every error in it and its column.

A flat roster's row is an officer, a stint and a year's pay; Virginia's incidents bring their links along.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from officers.models import Department
from officers.rosters.cells import Reading, WrongCell, read
from officers.rosters.fields import PARTS, Field
from officers.rosters.formats import ID, NO_COLUMN, Mapped, fields_of
from officers.rosters.sheets import BY_NAME, ROSTER, ROSTER_PARTS

Cells = dict[str, str | list[str]]
_ACROSS = re.compile(r"^Intersection of (?P<street>.*?) between (?P<one>.*?) and (?P<two>.*?), (?P<rest>.*)$")
_CORNER = re.compile(r"^Intersection of (?P<street>.*?) and (?P<one>.*?), (?P<rest>.*)$")
WITHOUT_YEAR = "No column says of which year this pay is. Give the year where you send the files."
_TOWN = re.compile(r"^(?P<city>.*?),? ?(?P<state>[A-Z]{2})?$")


@dataclass(slots=True)
class Understood:
    """One row of a sheet. `key`: how other rows of the import refer to it."""

    sheet: str
    key: str
    cells: Cells
    errors: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rows of one table."""

    mapped: Mapped
    department: Department
    reading: Reading
    number: int
    pay_year: str = ""
    """The year of pay without one."""

    def row(self, line: int, texts: Sequence[str]) -> Iterator[Understood]:
        """What the row says; nothing for an empty one."""
        if not any(texts):
            return
        found = {
            meant: text for meant, text in zip(self.mapped.columns, texts, strict=True) if meant != NO_COLUMN
        }
        own_key = found.pop(ID, "").strip()
        key = own_key or f"~{self.number}.{line}"
        if self.mapped.sheet == ROSTER:
            yield from self._split(key, found)
        elif self.mapped.sheet == "incidents":
            yield from self._incident(key, found)
        else:
            yield self._one(self.mapped.sheet, key, found)

    def _one(self, sheet: str, key: str, found: dict[str, str]) -> Understood:
        if sheet == "salaries" and self.pay_year and not found.get("year", "").strip():
            found = found | {"year": self.pay_year}
        made = Understood(sheet, key, {})
        if len(key) > 64:
            made.errors.append(self._error(ID, "That is too long for the number of a record."))
            made.key = key[:64]
        for each in BY_NAME[sheet].fields:
            if each.name in found:
                self._cell(made, each, found[each.name])
            elif each.is_required:
                says = (
                    WITHOUT_YEAR if (sheet, each.name) == ("salaries", "year") else "This column is missing."
                )
                made.errors.append(self._error(each.name, says))
        if any(part in made.cells for part in PARTS) and sheet == "incidents":
            self._location(made)
        return made

    def _cell(self, made: Understood, each: Field, text: str) -> None:
        try:
            value = read(each, text, BY_NAME[made.sheet], self.reading)
        except WrongCell as wrong:
            made.errors.append(self._error(each.name, str(wrong)))
            return
        if each.kind == "department":
            self._check_department(made, each, text)
        elif value:
            made.cells[each.name] = value
        elif each.is_required:
            made.errors.append(self._error(each.name, "This must not be empty."))
        elif self.mapped.blank_clears:
            made.cells[each.name] = [] if each.is_list else ""

    def _check_department(self, made: Understood, each: Field, text: str) -> None:
        where = self.department
        good = {where.state_id} if each.name == "department_state" else {where.name, where.short_name}
        if text.strip() and text.strip().casefold() not in {name.casefold() for name in good}:
            made.errors.append(self._error(each.name, f"“{text}” is not {where.name}, {where.state_id}."))

    def _error(self, name: str, says: str) -> dict[str, str]:
        columns = self.mapped.columns
        column = self.mapped.header[columns.index(name)] if name in columns else name
        return {"column": column, "says": says}

    def _location(self, made: Understood) -> None:
        parts = [str(made.cells.pop(part, "")) for part in PARTS]
        made.cells["location"] = "|".join(parts) if any(parts) else ""

    def _split(self, key: str, found: dict[str, str]) -> Iterator[Understood]:
        officer = self._one("officers", key, found)
        if not (officer.cells.get("last_name") or officer.cells.get("first_name") or officer.errors):
            officer.errors.append({"column": "last_name", "says": "There is no name in this row."})
        yield officer
        for sheet in ROSTER_PARTS[1:]:
            told = {f.name for f in BY_NAME[sheet].fields if found.get(f.name, "").strip()}
            if told and not (sheet == "salaries" and "salary" not in told):
                made = self._one(sheet, f"{key}~", found | {"officer_id": key})
                yield made

    def _incident(self, key: str, found: dict[str, str]) -> Iterator[Understood]:
        if title := found.pop("incident_title", "").strip():
            found["description"] = "\n\n".join(filter(None, [title, found.get("description", "")]))
        pages = re.findall(r"https?://[^\s,;|]+", found.pop("links", ""))
        if prose := found.pop("location", "").strip():
            found |= _streets(prose)
        yield self._one("incidents", key, found)
        for number, page in enumerate(pages, 1):
            yield Understood("links", f"{key}~{number}", {"url": page, "incident_ids": [key]})


def _streets(prose: str) -> dict[str, str]:
    """An OpenOversight export's sentence, taken apart as far as it goes."""
    match = _ACROSS.match(prose) or _CORNER.match(prose)
    parts = match.groupdict() if match else {}
    town = _TOWN.match(parts.get("rest", prose))
    return {
        "street_name": parts.get("street", ""),
        "cross_street1": parts.get("one", ""),
        "cross_street2": parts.get("two", ""),
        **(
            {"city": town["city"].strip(), "state": town["state"] or ""}
            if town
            else {"city": parts.get("rest", prose)}
        ),
    }


def reader_for(mapped: Mapped, department: Department, number: int, options: Mapping[str, Any]) -> Reader:
    """`options`: those of the import (acts.py)."""
    reading = Reading(exact=mapped.is_own, month_first=bool(options.get("month_first", True)))
    return Reader(mapped, department, reading, number, str(options.get("pay_year") or ""))


def known_fields(mapped: Mapped) -> list[str]:
    return [ID, *fields_of(mapped.sheet)]
