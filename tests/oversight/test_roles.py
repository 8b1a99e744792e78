"""What the app's database role may not do (guard-18, 19, 23, 29), and how the locks lie in the catalogue."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from tests.services import TEST_DATABASE, Services
from tests.stack import connect_as

PINNED = "search_path=pg_catalog, public, pg_temp"
UNLOGGED = ("recognition_facetemplate", "recognition_candidate")
READ_ONLY = ("officers_state", "officers_prohibitedplace", "gate_epoch")

FORBIDDEN = [
    # the locks
    "ALTER TABLE officers_department DISABLE TRIGGER ALL",
    "ALTER TABLE officers_department DISABLE TRIGGER gate_purge",
    "ALTER TABLE officers_department DROP CONSTRAINT no_face_matching_in_illinois",
    "ALTER TABLE officers_officer ENABLE REPLICA TRIGGER gate_ratchet",
    "DROP TRIGGER gate_ratchet ON officers_officer",
    "DROP FUNCTION gate_today() CASCADE",
    "CREATE OR REPLACE FUNCTION gate_today() RETURNS date LANGUAGE sql AS 'SELECT ''2000-01-01''::date'",
    "ALTER FUNCTION gate_officer_allows(bigint) SET search_path = pg_temp, public",
    "CREATE RULE forget AS ON INSERT TO officers_assignment DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON officers_officer FOR EACH ROW EXECUTE FUNCTION gate_lock()",
    "SET session_replication_role = replica",
    "SET ROLE oversight_owner",
    "SET SESSION AUTHORIZATION oversight_owner",
    "ALTER ROLE oversight_app SUPERUSER",
    "GRANT oversight_owner TO oversight_app",
    # shadows
    "CREATE TEMP TABLE officers_department (id bigint)",
    "CREATE TEMP VIEW officers_department AS SELECT 1",
    "CREATE TABLE public.mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION hstore",
    # whole tables
    "TRUNCATE officers_assignment",
    "TRUNCATE oversight_auditevent",
    "COPY officers_officer TO PROGRAM 'true'",
    "COPY officers_officer TO '/dev/null'",
    "SELECT pg_read_file('postgresql.conf')",
    # the law's own rows
    "INSERT INTO officers_state VALUES ('XX', 'Nowhere')",
    "UPDATE officers_state SET code = 'XX' WHERE code = 'IL'",
    "DELETE FROM officers_state",
    "INSERT INTO officers_prohibitedplace (state_id) VALUES ('OH')",
    "UPDATE officers_prohibitedplace SET valid_to = '2000-01-01'",
    "DELETE FROM officers_prohibitedplace",
    "SELECT * FROM gate_memory",
    "INSERT INTO gate_memory VALUES ('officer', '1')",
    "DELETE FROM gate_memory",
    "SELECT * FROM gate_looks",
    "INSERT INTO gate_looks VALUES (1)",
    "DELETE FROM gate_looks",
    "UPDATE gate_epoch SET epoch = 1",
    # what was done
    "UPDATE oversight_auditevent SET actor = 'nobody'",
    "UPDATE oversight_auditevent SET chain_hash = NULL",
    "DELETE FROM oversight_auditevent",
]
FORBIDDEN_ON_GEOMETRY = [
    "TRUNCATE recognition_facetemplate",
    "DROP TABLE recognition_facetemplate",
    "ALTER TABLE recognition_facetemplate SET LOGGED",
    "ALTER TABLE recognition_candidate DISABLE TRIGGER gate_guard",
    "CREATE VIEW templates AS SELECT * FROM recognition_facetemplate",
]


@pytest.fixture
def app(services: Services) -> Iterator[psycopg.Connection]:
    connection = connect_as(services, "app", TEST_DATABASE)
    yield connection
    connection.close()


def rows(connection: psycopg.Connection, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    return connection.execute(statement.encode(), parameters).fetchall()


@pytest.mark.parametrize(
    "statement",
    [*FORBIDDEN, *(pytest.param(each, marks=pytest.mark.plugin) for each in FORBIDDEN_ON_GEOMETRY)],
)
def test_the_app_may_not(app: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.encode())


def test_the_app_owns_nothing_and_is_nobody_special(app: psycopg.Connection) -> None:
    owned = "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
    assert rows(app, owned) == []
    assert rows(app, "SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = current_user") == []
    powers = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles"
    assert rows(app, f"{powers} WHERE rolname = current_user") == [(False,) * 5]
    assert rows(app, "SELECT 1 FROM pg_auth_members WHERE member = current_user::regrole") == []
    assert rows(app, "SELECT has_database_privilege(current_database(), 'TEMP, CREATE')") == [(False,)]


def test_every_function_of_the_guard_is_the_owners_and_pins_its_path(app: psycopg.Connection) -> None:
    functions = rows(
        app,
        "SELECT proname, pg_get_userbyid(proowner), proconfig FROM pg_proc JOIN pg_namespace n"
        " ON n.oid = pronamespace WHERE nspname = 'public' AND (proname LIKE 'gate%%' OR proname LIKE '%%audit%%')",
    )
    assert len(functions) >= 25
    assert [
        name for name, owner, config in functions if (owner, config) != ("oversight_owner", [PINNED])
    ] == []


def test_every_trigger_of_the_guard_fires_always(app: psycopg.Connection) -> None:
    """Also for a session that replays changes, such as a restore or a replica (guard-23)."""
    triggers = rows(
        app,
        "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE tgname LIKE 'gate%%'",
    )
    assert len(triggers) >= 25
    assert [row for row in triggers if row[2] != "A"] == []


def test_no_trigger_is_there_that_the_guard_does_not_know(app: psycopg.Connection) -> None:
    """A trigger of somebody else's could undo what the guard did. Those of publishing only take public copies away;
    those of the history and the record only write down and count (tests/officers/test_history.py), those of search
    write what officers are found by (tests/officers/test_name_search.py), that of documents promises to erase files."""
    others = rows(
        app,
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgname NOT LIKE ALL"
        " (ARRAY['gate%%', 'audit%%', 'publishing%%', 'history%%', 'record%%', 'search%%', 'document%%'])",
    )
    assert others == []


@pytest.mark.plugin
@pytest.mark.parametrize("table", UNLOGGED)
def test_geometry_is_never_in_the_write_ahead_log(app: psycopg.Connection, table: str) -> None:
    """guard-28: the table, its indexes, and where long values are kept."""
    kept = rows(
        app,
        "SELECT c.relname, c.relpersistence FROM pg_class t JOIN pg_class c ON c.oid IN (t.oid, t.reltoastrelid)"
        " OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN (t.oid, t.reltoastrelid))"
        " WHERE t.oid = %s::regclass",
        table,
    )
    assert len(kept) >= 2
    assert {persistence for _, persistence in kept} == {"u"}


@pytest.mark.parametrize("table", READ_ONLY)
def test_the_laws_own_rows_may_only_be_read(app: psycopg.Connection, table: str) -> None:
    privileges = "SELECT has_table_privilege(%s, 'SELECT'), has_table_privilege(%s, 'INSERT, UPDATE, DELETE, TRUNCATE')"
    assert rows(app, privileges, table, table) == [(True, False)]


def test_no_table_but_those_we_know_holds_numbers_of_a_face(app: psycopg.Connection) -> None:
    """A vector column anywhere else would have no guard."""
    vectors = rows(
        app,
        "SELECT a.attrelid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
        " AND n.nspname = 'public' AND t.typname IN ('vector', 'halfvec', 'sparsevec', '_float4', '_float8')",
    )
    assert {str(table) for (table,) in vectors} <= {"recognition_facetemplate"}


def test_the_superuser_who_replays_changes_is_refused_as_well(
    superuser_connection: psycopg.Connection,
) -> None:
    """guard-23, guard-29: with session_replication_role = replica ordinary triggers sleep; these do not."""
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.execute(
        "INSERT INTO officers_officer (first_name, middle_name, last_name, suffix, race, gender, internal_id,"
        " is_published, created_at, ever_prohibited) VALUES ('', '', 'x', '', '', '', '', true, now(), true)"
    )
    superuser_connection.execute("UPDATE officers_officer SET ever_prohibited = false")
    assert rows(superuser_connection, "SELECT ever_prohibited FROM officers_officer") == [(True,)]
    for table in UNLOGGED:
        if rows(superuser_connection, "SELECT to_regclass(%s)", table) == [(None,)]:
            pytest.skip("needs the recognition plugin")
        empty_row = sql.SQL("INSERT INTO {0} SELECT (NULL::{0}).*").format(sql.Identifier(table))
        with (
            pytest.raises(psycopg.errors.CheckViolation, match="the gate does not allow"),
            superuser_connection.transaction(),
        ):
            superuser_connection.execute(empty_row)
