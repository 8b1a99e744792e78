"""The first rows of every table, as they are understood right now: for the page on which columns are chosen."""

from dataclasses import dataclass
from itertools import islice

from officers.models import RosterImport
from officers.rosters import files
from officers.rosters.formats import Mapped
from officers.rosters.reading import tables
from officers.rosters.understanding import Understood, reader_for
from officers.rosters.words import words

ROWS = 5


@dataclass(frozen=True, slots=True)
class First:
    """A row: its number, what it says, and what is wrong in it."""

    line: int
    said: list[tuple[str, str]]
    errors: list[dict[str, str]]


def first_rows(held: RosterImport) -> list[list[First]]:
    """For every table of the import. Raises UnreadableFile."""
    found: list[list[First]] = []
    for file in held.files:
        with files.opened(file["key"]) as stream:
            for table in tables(stream, file["name"]):
                mapped = Mapped(**held.tables[len(found)])
                reader = reader_for(mapped, held.department, len(found), held.options)
                first = enumerate(list(islice(table.rows, ROWS)), 2)
                understood = ((line, list(reader.row(line, row))) for line, row in first if mapped.sheet)
                found.append([_first(line, made) for line, made in understood if made])
                for _ in table.rows:
                    pass
    return found


def _first(line: int, made: list[Understood]) -> First:
    """A line of the file, whatever it becomes: a flat roster's is an officer, a stint and a year's pay."""
    said = [
        (words(name), ", ".join(value) if isinstance(value, list) else value.strip("|"))
        for each in made
        for name, value in each.cells.items()
        if value and not (name == "officer_id" and str(value).startswith("~"))
    ]
    return First(line, said, [error for each in made for error in each.errors])
