"""The tables of our database, as its owner sees them: which are kept, in which order, out by COPY and in by COPY."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from workers.backup.archive import Summing, TableSum
from workers.backup.problems import CannotBackUp

NEVER_KEPT = {"django_session", "django_migrations"}
"""Whoever is signed in signs in again; what migrations have run is in the manifest."""

# So that the same row is the same text on every server.
SAME_TEXT = """
    SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = 'postgres';
    SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL client_encoding = 'UTF8';
    SET LOCAL search_path = public; SET LOCAL lock_timeout = '30s'; SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
"""
KEPT = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY EXISTS (SELECT FROM pg_constraint k  -- what points at once, and not at the end, comes last
                     WHERE k.conrelid = c.oid AND k.contype = 'f' AND NOT k.condeferrable), c.relname
"""
VECTORS = """
    SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relpersistence <> 'u'
      AND NOT a.attisdropped AND t.typname IN ('vector', 'halfvec', 'sparsevec')
"""
COLUMNS = """
    SELECT a.attname, a.attcollation <> 0,
        a.attnum = ANY (coalesce((SELECT i.indkey::int2[] FROM pg_index i WHERE i.indrelid = a.attrelid
                                  AND i.indisprimary), '{}'))
    FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' ORDER BY a.attnum
"""
SEQUENCES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
    AND relpersistence = 'p' ORDER BY relname
"""
TRIGGERS = """
    SELECT t.tgname, t.tgenabled::text FROM pg_trigger t
    WHERE t.tgrelid = %s::regclass AND NOT t.tgisinternal AND t.tgenabled <> 'D'
"""
OFF = sql.SQL("DISABLE TRIGGER {}")
AGAIN = {
    "O": sql.SQL("ENABLE TRIGGER {}"),
    "A": sql.SQL("ENABLE ALWAYS TRIGGER {}"),
    "R": sql.SQL("ENABLE REPLICA TRIGGER {}"),
}

Database = psycopg.Connection[Any]


def kept(database: Database) -> list[str]:
    """Names of the tables that a backup holds. Raises CannotBackUp where a logged table holds templates."""
    if found := [name for (name,) in database.execute(VECTORS.encode())]:
        raise CannotBackUp(f"{', '.join(found)} may hold templates of faces and is not unlogged.")
    return [name for (name,) in database.execute(KEPT.encode()) if name not in NEVER_KEPT]


def columns(database: Database, table: str) -> list[str]:
    return [name for name, _, _ in database.execute(COLUMNS.encode(), [_quoted(table)])]


def copied_out(database: Database, table: str) -> Iterator[bytes]:
    """The table's rows as text, in the order of the primary key, whatever the database's collation."""
    rows = database.execute(COLUMNS.encode(), [_quoted(table)]).fetchall()
    order = [_in_order(name, collates) for name, collates, is_key in rows if is_key]
    statement = sql.SQL("COPY (SELECT {} FROM ONLY {} t ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in rows),
        sql.Identifier(table),
        sql.SQL(", ").join(order or [sql.SQL('t::text COLLATE "C"')]),
    )
    with database.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in copy:
            yield bytes(piece)


def _in_order(name: str, collates: bool) -> sql.Composable:
    column = sql.Identifier(name)
    return sql.SQL('{} COLLATE "C"').format(column) if collates else column


def summed(database: Database, table: str) -> TableSum:
    """What the table holds now."""
    total = Summing()
    for piece in copied_out(database, table):
        total.rows(piece)
    return TableSum(columns(database, table), total.count, total.sha256)


def copy_in(database: Database, table: str, names: list[str], pieces: Iterable[bytes]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with database.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in pieces:
            copy.write(piece)


def sequences(database: Database) -> dict[str, list[Any]]:
    """Where each sequence stands: its last number, and whether that one was given out."""
    found = {}
    for (name,) in database.execute(SEQUENCES.encode()).fetchall():
        statement = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))
        found[name] = list(database.execute(statement).fetchone() or ())
    return found


def set_sequences(database: Database, standing: dict[str, list[Any]]) -> None:
    for name, (last, is_called) in standing.items():
        database.execute("SELECT setval(%s::regclass, %s, %s)", [_quoted(name), last, is_called])


@contextmanager
def without_triggers(database: Database, names: list[str]) -> Iterator[None]:
    """Load rows as they were, with no trigger that makes something of them; afterwards each is as it was.

    Inside the caller's transaction, so that nobody else ever sees a table without its guards. Foreign keys stay.
    """
    was = {table: database.execute(TRIGGERS.encode(), [_quoted(table)]).fetchall() for table in names}
    for table, triggers in was.items():
        for trigger, _ in triggers:
            _alter(database, table, OFF, trigger)
    yield
    database.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is owed to foreign keys is asked for now
    for table, triggers in was.items():
        for trigger, enabled in triggers:
            _alter(database, table, AGAIN[enabled], trigger)


def _alter(database: Database, table: str, action: sql.SQL, trigger: str) -> None:
    words = sql.SQL("ALTER TABLE {} ").format(sql.Identifier(table))
    database.execute(words + action.format(sql.Identifier(trigger)))


def _quoted(name: str) -> str:
    """A name for a cast to regclass."""
    return '"' + name.replace('"', '""') + '"'
