"""Roles, rights and extensions of a database of ours: provision.sql, and the roles' passwords."""

from pathlib import Path

import psycopg
from psycopg import sql

from oversight.embedded.locations import DATABASE, ROLE_NAMES, Locations

PROVISION_SQL = Path(__file__).with_name("provision.sql")


def provision(locations: Locations, name: str = DATABASE, template: str = "template0") -> None:
    """Make a database of this name (from `template`, when there is none yet) and put its roles and rights in
    order.

    Raises psycopg.Error and CannotStart.
    """
    with psycopg.connect(locations.superuser_url(), autocommit=True) as server:
        # Where only our own databases matter, nobody has business in the server's.
        server.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}")
            strategy = "wal_log" if template == "template0" else "file_copy"
            server.execute(statement.format(*map(sql.Identifier, (name, template, strategy))))
    with psycopg.connect(locations.superuser_url(name)) as database:
        database.execute("SET LOCAL client_min_messages = warning")
        database.execute(PROVISION_SQL.read_bytes())
        _set_passwords(database, locations)


def _set_passwords(database: psycopg.Connection, locations: Locations) -> None:
    words = locations.secrets()
    for role, password in ((ROLE_NAMES["owner"], words.owner), (ROLE_NAMES["app"], words.app)):
        # Sent as its scram verifier, so that the word itself can appear in no log of the server.
        verifier = database.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        database.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier.decode()))
        )
