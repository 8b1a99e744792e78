"""What people have done since an act with what it made and changed: what an undo must not run over.

An undo is refused over it, or leaves it: then whatever hangs on the same record stays with it, and what that names too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

Row = tuple[str, int]
"""A table, and the number of a row in it."""

# Later work on the same rows: on what the act made, on the fields it changed, or the return of what it deleted.
_LATER = """
    SELECT later.actor, coalesce(nullif(later.parent, ''), later.record), coalesce(later.parent_id, later.row_id),
        later.record, later.row_id
    FROM officers_recordchange later
    JOIN (SELECT record, row_id, max(id) AS id, bool_or(operation = 'I') AS made,
                 array_agg(DISTINCT key) FILTER (WHERE key IS NOT NULL) AS columns
          FROM officers_recordchange LEFT JOIN LATERAL jsonb_object_keys(after) key ON operation = 'U'
          WHERE act = %(act)s GROUP BY record, row_id) mine
      ON mine.record = later.record AND mine.row_id = later.row_id AND later.id > mine.id
    WHERE later.act <> %(act)s AND (later.operation <> 'U' OR mine.made OR later.after ?| mine.columns)
      AND NOT (later.operation = 'U' AND later.after - 'ever_prohibited' = '{}'::jsonb)
    ORDER BY later.id LIMIT %(most)s"""
_HANGING = """
    WITH known AS (SELECT * FROM unnest(%(tables)s::text[], %(ids)s::bigint[]) k (record, id))
    SELECT c.record, c.row_id, c.parent, c.parent_id FROM officers_recordchange c
    JOIN known ON c.record = known.record AND c.row_id = known.id WHERE c.act = %(act)s
    UNION SELECT c.record, c.row_id, c.parent, c.parent_id FROM officers_recordchange c
    JOIN known ON c.parent = known.record AND c.parent_id = known.id WHERE c.act = %(act)s
"""
# Numbers of a source and sources of facts name their record without a foreign key.
_NAMING = """
    WITH known AS (SELECT * FROM unnest(%(tables)s::text[], %(ids)s::bigint[]) k (record, id))
    SELECT c.record, c.row_id FROM officers_legacyid l
    JOIN known ON known.record = 'officers_' || l.record AND known.id::text = l.record_id
    JOIN officers_recordchange c ON c.record = 'officers_legacyid' AND c.row_id = l.id WHERE c.act = %(act)s
    UNION SELECT c.record, c.row_id FROM officers_citation l
    JOIN known ON known.record = 'officers_' || l.record AND known.id = l.record_id
    JOIN officers_recordchange c ON c.record = 'officers_citation' AND c.row_id = l.id WHERE c.act = %(act)s
"""
_MADE = "SELECT row_id FROM officers_recordchange WHERE act = %(act)s AND record = {name} AND operation = 'I'"
_NAMES_OF_MADE = "SELECT DISTINCT record FROM officers_recordchange WHERE act = %(act)s AND operation = 'I'"
# Those after which the database does not tidy up by itself.
_REFERENCES = """
    SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.confdeltype IN ('a', 'r') AND c.confrelid::regclass::text = ANY (%(made)s)
    ORDER BY 1, 2
"""
_NAMED = "SELECT DISTINCT s.{column} FROM {table} s WHERE s.{column} IN ({target}) AND s.{column} <> ALL (%(kept)s)"
_BY_WHAT_STAYS = " AND NOT (s.id IN ({own}) AND s.id <> ALL (%(stays)s))"


@dataclass(frozen=True, slots=True)
class Later:
    """Somebody's work on a row; `unit` is the record that the row is of."""

    who: str
    unit: Row
    row: Row


def since(act: str, most: int | None = None) -> list[Later]:
    """In the order in which it was done."""
    found = _ask(_LATER, act=act, most=most)
    return [Later(who, (unit, number), (table, pk)) for who, unit, number, table, pk in found]


def what_stays(act: str) -> set[Row]:
    """Rows of the act that an undo leaves, so that nobody's later work goes, and the records that they are of."""
    stays = {row for later in since(act) for row in (later.unit, later.row)}
    while True:
        found = _hanging_on(act, stays) | _naming(act, stays)
        found |= _named(act, stays | found)
        if found <= stays:
            return stays
        stays |= found


def _hanging_on(act: str, known: set[Row]) -> set[Row]:
    found: set[Row] = set()
    for record, row_id, parent, parent_id in _ask(_HANGING, act=act, **_columns(known)):
        found.add((record, row_id))
        if parent and parent_id and parent != "officers_department":  # which every rank and unit hangs on
            found.add((parent, parent_id))
    return found


def _naming(act: str, known: set[Row]) -> set[Row]:
    return set(_ask(_NAMING, act=act, **_columns(known)))


def _named(act: str, stays: set[Row]) -> set[Row]:
    """What the act made and a row refers to that stays, or that came since."""
    by_table = _by_table(stays)
    made = [name for (name,) in _ask(_NAMES_OF_MADE, act=act)]
    found: set[Row] = set()
    for table, column, target in _ask(_REFERENCES, made=made):
        words = sql.SQL(_NAMED + (_BY_WHAT_STAYS if table in made else ""))
        names = {"column": sql.Identifier(column), "table": sql.Identifier(table)}
        statement = words.format(**names, target=_made(target), own=_made(table))
        kept, own = by_table.get(target, []), by_table.get(table, [])
        rows = _ask(statement, act=act, kept=kept, stays=own)
        found |= {(target, number) for (number,) in rows}
    return found


def _made(table: str) -> sql.Composed:
    return sql.SQL(_MADE).format(name=sql.Literal(table))


def _by_table(rows: Iterable[Row]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for table, number in rows:
        found.setdefault(table, []).append(number)
    return found


def _columns(rows: set[Row]) -> dict[str, list[Any]]:
    return {"tables": [table for table, _ in rows], "ids": [number for _, number in rows]}


def _ask(statement: Any, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
