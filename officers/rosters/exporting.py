"""Everything public of a department as rows of the same sheets that an import reads, one row at a time.

Private notes, drafts, what is held back and documents are not in it. References lead only to what is in it, but for
links to the same person elsewhere.
The record is read in one transaction, as it was at one moment.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from officers.models import Department, Officer
from officers.rosters import outer_exporting
from officers.rosters.fields import PARTS, VALUES, Field
from officers.rosters.sheets import BY_NAME, Sheet
from officers.rosters.statements import inlined

AT_ONCE = 2000
# CASE, or the planner pairs everybody with everybody before it looks whether there is a link.
_LINKED = """
    SELECT t.id FROM officers_careerlink t
    WHERE CASE WHEN t.first_id IN (SELECT id FROM shown_officers)
          THEN t.second_id IN (SELECT id FROM shown_officers) END
"""


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction that sees nothing of what happens meanwhile."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def rows(sheet: Sheet, department: Department, *, ids_of: str = "") -> Iterator[list[str]]:
    """The public rows of a sheet in the order of their numbers. Inside `one_moment`.

    `ids_of`: a source of imports; whatever came from it carries the number that it has there.
    """
    leads_to = {f.target for f in sheet.fields if f.target} | set(sheet.cites)
    public = [*sorted(leads_to - {sheet.name}), sheet.name]
    shown = ", ".join(
        f"shown_{name} AS MATERIALIZED ({_public(BY_NAME[name], department)})" for name in public
    )
    columns = ", ".join(
        [_number("t.id", sheet.name, ids_of), *(_column(sheet, f, ids_of) for f in sheet.fields)]
    )
    statement = (
        f"WITH {shown} SELECT {columns} FROM {sheet.table} t"
        f" WHERE t.id IN (SELECT id FROM shown_{sheet.name}) ORDER BY t.id"
    )
    values = {
        "department": department.pk,
        "department_name": department.name,
        "department_state": department.state_id,
        "ids_of": f"{department.pk}/{ids_of}",
        "name": ids_of,
    }
    connection.ensure_connection()
    with connection.connection.cursor(name=f"export_{uuid.uuid4().hex}") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(statement, values)
        for row in cursor:
            yield list(row)


def _public(sheet: Sheet, department: Department) -> str:
    if sheet.name == "career_links":
        return _LINKED
    if sheet.name == "careers_elsewhere":
        return outer_exporting.careers()
    if sheet.cites:
        return outer_exporting.sources()
    found: Any = apps.get_model("officers", sheet.model).objects.public()
    if sheet.name == "officers":
        found = found.in_department(department.pk)
    elif sheet.name == "assignments":
        found = found.filter(officer__in=Officer.objects.public())
    return f"SELECT t.id FROM {sheet.table} t WHERE t.id IN ({inlined(found.values('pk'))}) AND {sheet.scope}"


def _number(number: str, sheet: str, ids_of: str) -> str:
    if not ids_of:
        return f"{number}::text"
    return (
        f"coalesce((SELECT min(l.legacy_id) FROM officers_legacyid l WHERE l.source = %(ids_of)s"
        f" AND l.\"table\" = '{sheet}' AND l.record = '{BY_NAME[sheet].model.casefold()}'"
        f" AND l.record_id = ({number})::text AND l.legacy_id NOT LIKE 'row:%%'), {number}::text)"
    )


def _column(sheet: Sheet, field: Field, ids_of: str) -> str:
    outer = outer_exporting.column(
        sheet, field, ids_of, lambda number, target: _number(number, target, ids_of)
    )
    if outer is not None:
        return outer
    if field.kind == "department":
        return f"%({field.name})s::text"
    if field.kind == "place":
        name = "state_id" if field.name == PARTS[4] else field.name
        return f"coalesce((SELECT v.{name} FROM officers_location v WHERE v.id = t.location_id), '')"
    if field.is_list:
        return _list(sheet, field, ids_of)
    if field.is_reference:
        shown = f"SELECT id FROM shown_{field.target}"
        number = _number(f"t.{field.db_column}", field.target, ids_of)
        return f"CASE WHEN t.{field.db_column} IN ({shown}) THEN {number} ELSE '' END"
    return field.column_now()


def _list(sheet: Sheet, field: Field, ids_of: str) -> str:
    between, mine, other = field.joined(sheet.model)
    if field.is_reference:
        where, name, order = BY_NAME[field.target].table, _number("v.id", field.target, ids_of), "v.id"
        shown = f" AND v.id IN (SELECT id FROM shown_{field.target})"
    else:
        where, name = VALUES[field.kind]
        order, shown = f'({name}) COLLATE "C"', ""
    return (
        f"coalesce((SELECT string_agg({name}, '|' ORDER BY {order}) FROM {between} x"
        f" JOIN {where} v ON v.id = x.{other} WHERE x.{mine} = t.id{shown}), '')"
    )
