"""Two sites for a drill: the one that is backed up (the test's `stack`), and an empty one beside it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.test import override_settings
from psycopg import sql

from oversight.embedded.provision import provision
from tests.services import TEMPLATE, Services
from tests.stack import connect_as


class Site:
    """A database and a folder, with this process working on them inside `with site.here():`."""

    def __init__(self, services: Services, database: str, data: Path) -> None:
        self.services, self.database, self.data = services, database, data

    @contextmanager
    def here(self) -> Iterator[None]:
        was = connection.settings_dict["NAME"]
        configured: Any = settings.STORAGES
        options = configured["private"]["OPTIONS"] | {"location": self.data / "photos"}
        private = configured["private"] | {"OPTIONS": options}
        connection.close()
        connection.settings_dict["NAME"] = self.database
        owner = self.services.locations.database_url("owner", self.database)
        storages = {**settings.STORAGES, "private": private}
        try:
            with override_settings(DATABASE_OWNER_URL=owner, STORAGES=storages, DATA=self.data):
                yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = was

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """As the server's superuser."""
        with connect_as(self.services, "superuser", self.database) as database:
            return database.execute(statement.encode()).fetchall()

    def files(self) -> dict[str, bytes]:
        top = self.data / "photos"
        return {str(p.relative_to(top)): p.read_bytes() for p in top.rglob("*") if p.is_file()}

    def tables(self) -> dict[str, tuple[int, str]]:
        """Count and sum of every table but the unlogged ones, by a statement that the product does not know."""
        names = self.ask(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND relpersistence = 'p'"
        )
        with connect_as(self.services, "superuser", self.database) as database:
            return {name: _sum(database, name) for (name,) in names}

    def rights(self) -> list[tuple[Any, ...]]:
        """Owners, grants, triggers with how they are enabled, and where every sequence stands."""
        asked = (
            "SELECT relname, relkind::text, pg_get_userbyid(relowner), relacl::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
            "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
            " ORDER BY 1, 2",
            "SELECT proname, pg_get_userbyid(proowner), proacl::text FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace ORDER BY 1, oid::regprocedure::text",
            "SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = 'public'"
            " AND sequencename NOT IN ('django_migrations_id_seq', 'recognition_candidate_id_seq',"
            " 'recognition_donemail_id_seq') ORDER BY 1",
        )
        return [row for statement in asked for row in self.ask(statement)]


def _sum(database: psycopg.Connection[Any], name: str) -> tuple[int, str]:
    # Which worker was told of a promise, and when, is nothing that a backup brings back.
    row = "to_jsonb(t) - '{hinted_at,lease_token,lease_until,running_as}'::text[]"
    statement = sql.SQL(
        "SELECT count(*), md5(coalesce(string_agg({row}::text, ';' ORDER BY ({row})::text), '')) FROM {table} t"
    ).format(row=sql.SQL("({})").format(sql.SQL(row)), table=sql.Identifier(name))
    count, summed = database.execute(statement).fetchone() or (0, "")
    return int(count), str(summed)


@contextmanager
def empty_site(services: Services, folder: Path) -> Iterator[Site]:
    """A migrated database with nothing in it, and a folder with nothing in it."""
    made = Site(services, "oversight_restored", folder / "restored")
    provision(services.locations, made.database, template=TEMPLATE)
    try:
        yield made
    finally:
        shutil.rmtree(made.data, ignore_errors=True)
        with psycopg.connect(services.locations.superuser_url(), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(made.database)))
