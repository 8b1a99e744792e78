"""How SQL is said about the rows of one import: the same names for the same things in every statement."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from officers.models import Officer, RosterImport
from officers.rosters.sheets import Sheet

THIS_SITE = "this site"
"""The source of our own export, read again where it was made: its numbers are the record's."""
ROWS = "officers_rosterrow"
OF_SHEET = "r.roster_id = %(roster)s AND r.sheet = %(sheet)s"


@dataclass(frozen=True, slots=True)
class Statements:
    """Runs SQL for one import. `%(roster)s`, `%(department)s`, `%(source)s` and `%(sheet)s` stand in every one."""

    held: RosterImport

    @property
    def source_key(self) -> str:
        """Numbers of a source are remembered for each department by itself: nobody reaches into another's."""
        return f"{self.held.department_id}/{self.held.source}"

    @property
    def is_this_site(self) -> bool:
        return self.held.source.casefold() == THIS_SITE

    def run(self, statement: str, sheet: Sheet | None = None, **more: Any) -> int:
        """Returns how many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(statement, self.values(sheet) | more)
            return int(cursor.rowcount)

    def ask(self, statement: str, sheet: Sheet | None = None, **more: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.values(sheet) | more)
            return list(cursor.fetchall())

    def values(self, sheet: Sheet | None) -> dict[str, Any]:
        return {
            "roster": self.held.pk,
            "department": self.held.department_id,
            "source": self.source_key,
            "sheet": sheet.name if sheet else "",
            "publish": bool(self.held.options.get("publish")),
        }

    def shown_officers(self) -> str:
        """Whether an officer `v` stands in public lists of this department, or is a row of this import.

        Lists of officers are compared only as far as these go: a file that does not know a hidden officer does not
        take them off an incident.
        """
        public = inlined(Officer.objects.public().in_department(self.held.department_id).values("pk"))
        return (
            f"(v.id IN ({public}) OR v.id IN (SELECT s.record_id FROM {ROWS} s"
            " WHERE s.roster_id = %(roster)s AND s.sheet = 'officers'))"
        )


def inlined(found: QuerySet[Any, Any]) -> str:
    """A query as SQL with its values in it, quoted by the driver, for use inside a statement with named values."""
    text, values = found.order_by().query.sql_with_params()
    connection.ensure_connection()
    literals = tuple(sql.Literal(value).as_string(connection.connection) for value in values)
    return (text % literals).replace("%", "%%")
