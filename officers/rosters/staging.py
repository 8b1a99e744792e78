"""Every row of the files, read and cleaned, copied into one table of rows: ten thousand a second, whatever the size."""

import json
from collections.abc import Callable, Iterator

from django.db import connection

from officers.models import Department, RosterImport, RosterRow
from officers.rosters import files
from officers.rosters.cells import known_states
from officers.rosters.formats import Mapped
from officers.rosters.reading import Table, tables
from officers.rosters.understanding import Understood, reader_for

COPY = (
    'COPY officers_rosterrow (roster_id, sheet, "table", line, key, cells, resolved, cell_errors, errors, verdict,'
    " matched_by, fingerprint, changes, candidates) FROM STDIN"
)
# Whoever is in the file belongs to the department, even where the file says nothing of their work there.
AT_LEAST_A_STINT = """
    INSERT INTO officers_rosterrow (roster_id, sheet, "table", line, key, cells, resolved, cell_errors, errors,
        verdict, matched_by, fingerprint, changes, candidates)
    SELECT r.roster_id, 'assignments', r."table", r.line, '~stint ' || r.key, jsonb_build_object('officer_id', r.key),
        jsonb_build_object('officer_id', r.key), '[]', '[]', '', '', '', '{}', '[]'
    FROM officers_rosterrow r LEFT JOIN (
        SELECT DISTINCT s.cells->>'officer_id' AS key FROM officers_rosterrow s
        WHERE s.roster_id = %(roster)s AND s.sheet = 'assignments') told ON told.key = r.key
    WHERE r.roster_id = %(roster)s AND r.sheet = 'officers' AND told.key IS NULL
"""
# What the planner knows of the rows: before this they are none to it, and it joins them as if they were.
PLAN = "SELECT analyse_tables(ARRAY['officers_rosterrow'])"
SAY_EVERY = 2000


def stage(held: RosterImport, said: Callable[[int], None] = lambda _: None) -> int:
    """Read all files of the import anew. Returns how many rows there are. Raises UnreadableFile. In a transaction."""
    RosterRow.objects.filter(roster=held).delete()
    department = held.department
    known_states()
    count = 0
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for number, (mapped, table) in enumerate(_mapped_tables(held)):
            for line, made in _rows(department, held, mapped, table, number):
                copy.write_row(_as_row(held.pk, number, line, made))
                count += 1
                if count % SAY_EVERY == 0:
                    said(count)
    with connection.cursor() as cursor:
        cursor.execute(PLAN)
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(AT_LEAST_A_STINT, {"roster": held.pk})
        cursor.execute("SET LOCAL enable_nestloop = on")
    said(count)
    return count


def _mapped_tables(held: RosterImport) -> Iterator[tuple[Mapped, Table]]:
    mappings = iter([Mapped(**each) for each in held.tables])
    for file in held.files:
        with files.opened(file["key"]) as stream:
            for table in tables(stream, file["name"]):
                yield next(mappings), table


def _rows(
    department: Department, held: RosterImport, mapped: Mapped, table: Table, number: int
) -> Iterator[tuple[int, Understood]]:
    if not mapped.sheet:
        for _ in table.rows:
            pass
        return
    reader = reader_for(mapped, department, number, held.options)
    for line, texts in enumerate(table.rows, 2):
        for made in reader.row(line, texts):
            yield line, made


def _as_row(roster: int, number: int, line: int, made: Understood) -> tuple[object, ...]:
    cells = json.dumps(made.cells, ensure_ascii=False)
    errors = json.dumps(made.errors, ensure_ascii=False) if made.errors else "[]"
    return roster, made.sheet, number, line, made.key, cells, cells, errors, errors, "", "", "", "{}", "[]"
