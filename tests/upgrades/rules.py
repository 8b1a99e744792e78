"""What a migration may not do while the release before it still runs on the same tables: a linter.

While a site is upgraded, the old code works on the new tables for a while, and everybody waits for whatever a
migration locks. So a release only expands: it adds what the old code need not know. The next one may contract. What
breaks that is named here; a migration that does it all the same says why that is safe, in its own file:

    class Migration(migrations.Migration):
        accepted_risks = {"removes": "No release since 0.2 reads it."}
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.db.models.functions import Now

SMALL = {
    "state",
    "prohibitedplace",
    "department",
    "departmentstate",
    "coordination",
    "matchingproposal",
    "rank",
    "unit",
}
"""Models with so few rows that an index on them is there before anybody has noticed."""

RULES = {
    "not_null": "The old code adds rows without this column: give it a db_default or let it be NULL.",
    "removes": "The old code still reads it: stop using it in one release, remove it in the next.",
    "renames": "The old code knows the old name: add the new one, copy, and remove the old one a release later.",
    "retypes": "The whole table is written anew under a lock: add a column, copy, and swap a release later.",
    "rewrites": "The whole table is written anew, with a value of its own in each row: let it be NULL first.",
    "index_locks": "Nobody can write while it is made: use AddIndexConcurrently in a migration with atomic = False.",
    "constraint_locks": "Rows are read under a lock, and the old code may break it: NOT VALID first, then validate.",
    "no_way_back": "RunPython without reverse_code: give one, migrations.RunPython.noop if nothing has to be undone.",
    "sql": "This statement locks, rewrites or removes what the old code uses.",
}
DANGEROUS_SQL = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|VIEW|SCHEMA)\b|\bRENAME\s+(TO|COLUMN)\b|\bALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE\b"
    r"|\bSET\s+NOT\s+NULL\b|\bTRUNCATE\b|\bVACUUM\s+FULL\b|\bCLUSTER\b|\bLOCK\s+TABLE\b",
    re.IGNORECASE,
)
INDEX_SQL = re.compile(
    r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)\w+\s+ON\s+(?:ONLY\s+)?\"?(\w+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Risk:
    migration: str
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.what} [{self.rule}] {RULES[self.rule]}"


class Linter:
    """Goes through migrations in order; what a migration after the last release made is new, and nobody's yet."""

    def __init__(self, state: ProjectState) -> None:
        self.state = state
        self.new: set[tuple[str, str]] = set()

    def risks(self, migration: Any) -> list[Risk]:
        """Those of one migration that it does not answer for, and answers to risks that it does not take."""
        name = f"{migration.app_label}.{migration.name}"
        found = []
        for operation in migration.operations:
            for rule, what in self._look(migration.app_label, operation):
                found.append(Risk(name, rule, what))
            operation.state_forwards(migration.app_label, self.state)
        accepted: dict[str, str] = getattr(migration, "accepted_risks", {})
        idle = [
            Risk(name, rule, "accepted, but not taken")
            for rule in accepted
            if rule not in {r.rule for r in found}
        ]
        unsaid = [
            Risk(name, rule, "accepted without a reason") for rule, why in accepted.items() if len(why) < 15
        ]
        return [risk for risk in found if risk.rule not in accepted] + idle + unsaid

    def _look(self, app: str, operation: Any) -> Iterator[tuple[str, str]]:
        if isinstance(operation, migrations.CreateModel):
            self.new.add((app, operation.name_lower))
        elif isinstance(operation, migrations.RunPython):
            if operation.reverse_code is None:
                yield "no_way_back", "RunPython"
        elif isinstance(operation, migrations.RunSQL):
            yield from self._sql(operation.sql)
        elif isinstance(operation, migrations.SeparateDatabaseAndState):
            for each in operation.database_operations:
                yield from self._look(app, each)
        else:
            model = getattr(operation, "model_name_lower", getattr(operation, "name_lower", ""))
            if (app, model) not in self.new:
                yield from self._on_a_table_in_use(app, model, operation)

    def _on_a_table_in_use(self, app: str, model: str, operation: Any) -> Iterator[tuple[str, str]]:
        what = operation.describe()
        match operation:
            case migrations.RemoveField() | migrations.DeleteModel():
                yield "removes", what
            case migrations.RenameField() | migrations.RenameModel() | migrations.AlterModelTable():
                yield "renames", what
            case migrations.AddField():
                yield from _added(model, operation.field, what)
            case migrations.AlterField():
                before = self.state.models[app, model].fields[operation.name]
                yield from _altered(model, before, operation.field, what)
            case AddIndexConcurrently() | RemoveIndexConcurrently():
                pass
            case migrations.AddIndex() | migrations.AlterUniqueTogether() if model not in SMALL:
                yield "index_locks", what
            case migrations.AddConstraint() if model not in SMALL:
                yield "constraint_locks", what

    def _sql(self, statement: Any) -> Iterator[tuple[str, str]]:
        text = statement if isinstance(statement, str) else " ".join(map(str, statement or ()))
        bodies = re.sub(r"(?s)(\$\w*\$).*?\1", "", re.sub(r"--[^\n]*", "", text))  # functions do nothing yet
        for found in DANGEROUS_SQL.finditer(bodies):
            yield "sql", found[0]
        for found in INDEX_SQL.finditer(bodies):
            app, _, model = found[1].partition("_")
            if model not in SMALL and (app, model.replace("_", "")) not in self.new:
                yield "index_locks", found[0]


def _added(model: str, field: Any, what: str) -> Iterator[tuple[str, str]]:
    if isinstance(field, models.ManyToManyField):
        return
    if not field.null and not field.has_db_default():
        yield "not_null", what
    if (
        isinstance(field.db_default, models.Func)
        and not isinstance(field.db_default, Now)
        and model not in SMALL
    ):
        yield "rewrites", what  # Now() is one value for all rows, and costs nothing
    if (field.db_index or field.unique) and model not in SMALL:
        yield "index_locks", what


def _altered(model: str, before: Any, after: Any, what: str) -> Iterator[tuple[str, str]]:
    if _type(before) != _type(after) and not _widens(before, after):
        yield "retypes", what
    if before.null and not after.null:
        yield "not_null", what
    if (after.db_index or after.unique) and not (before.db_index or before.unique) and model not in SMALL:
        yield "index_locks", what


def _type(field: Any) -> str:
    return "key" if field.is_relation else str(field.db_type(connection))


def _widens(before: Any, after: Any) -> bool:
    """A longer varchar, or text instead of one, changes only the catalogue."""
    if not isinstance(before, models.CharField):
        return False
    if isinstance(after, models.TextField):
        return True
    return isinstance(after, models.CharField) and (after.max_length or 0) >= (before.max_length or 0)
