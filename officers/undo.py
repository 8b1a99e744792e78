"""Taking an act back: every row becomes what it was before, from the history, whatever kind of record it is.

Made rows go, deleted rows return with their numbers, changed fields get their former values. All or nothing, and
never over somebody else's later work: then it is refused in words, or that is left. The ratchets of the law do not
turn back. It is done in the database, table by table, so that a whole roster is undone as fast as it was loaded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from officers import later_work
from officers.holds import wait_for_the_gate
from officers.models import Face
from officers.problems import NotPossible
from officers.signals import face_reviewed
from oversight.acting import changing, sign_as_program
from oversight.models import User

CHANGED_SINCE = "{who} has changed some of it since{what}. Undo that first, or change it by hand."
MOST_NAMED = 5
NO_PLACE = (
    "It cannot come back as it was: something else has its place now, or something was added to it since."
)
NOTHING = "There is nothing to undo."

# What each row was before the act: `was` holds the earliest value of every column that the act touched.
_NET = sql.SQL("""
    SELECT first.record, first.row_id, first.operation <> 'I' AS was_there, last.operation <> 'D' AS is_there, was.was,
           ARRAY(SELECT jsonb_object_keys(was.was) ORDER BY 1) AS columns
    FROM (SELECT DISTINCT ON (record, row_id) record, row_id, operation FROM officers_recordchange
          WHERE act = %(act)s ORDER BY record, row_id, id) first
    JOIN (SELECT DISTINCT ON (record, row_id) record, row_id, operation FROM officers_recordchange
          WHERE act = %(act)s ORDER BY record, row_id, id DESC) last USING (record, row_id)
    LEFT JOIN (SELECT record, row_id, jsonb_object_agg(key, value) AS was
               FROM (SELECT DISTINCT ON (c.record, c.row_id, e.key) c.record, c.row_id, e.key, e.value
                     FROM officers_recordchange c, jsonb_each(c.before) e
                     WHERE c.act = %(act)s AND (e.key <> 'ever_prohibited' OR c.operation = 'D')
                     ORDER BY c.record, c.row_id, e.key, c.id) earliest
               GROUP BY record, row_id) was USING (record, row_id)""")
_OF_STEP = (
    " AND net.record = %(record)s AND net.was_there = %(was_there)s AND net.is_there = %(is_there)s"
    " AND net.columns = %(columns)s::text[] AND net.row_id <> ALL (%(left)s::bigint[])"
)


@dataclass(frozen=True)
class _Step:
    """Rows of one table with one thing to be done about them."""

    record: str
    was_there: bool
    is_there: bool
    columns: tuple[str, ...]

    @property
    def order(self) -> int:
        """Rows that go make room for rows that return."""
        return 0 if not self.was_there else 1 if self.is_there else 2


def undo(
    *, act: str, by: User | None, why: str = "", leaving: Collection[later_work.Row] | None = None
) -> str:
    """Take a whole act back, and return the act that did so (which can be undone in turn). Raises NotPossible.

    `by=None` is somebody at the server itself. `leaving`: rows that stay (later_work.what_stays), where part of the
    act is taken back rather than nothing.
    """
    with changing(by=by, why=why) as taken_back:
        if by is None:
            sign_as_program()
        wait_for_the_gate()
        if leaving is None:
            _refuse_over_later_work(act)
        steps = _steps(act)
        if not steps:
            raise NotPossible(NOTHING)
        try:
            with transaction.atomic():
                for step in sorted(steps, key=lambda step: step.order):
                    _take(step, act, leaving or ())
                connection.check_constraints()
        except IntegrityError as refused:
            raise NotPossible(NO_PLACE) from refused
        _tell_of_faces(act)
    return taken_back


def _refuse_over_later_work(act: str) -> None:
    later = later_work.since(act, most=100)
    if later:
        things = [
            f"{table.removeprefix('officers_')} {number}" for table, number in (one.unit for one in later)
        ]
        named = list(dict.fromkeys(things))
        told = ", ".join(named[:MOST_NAMED]) + (" and others" if len(named) > MOST_NAMED else "")
        raise NotPossible(CHANGED_SINCE.format(who=later[0].who, what=f": {told}"))


def _steps(act: str) -> list[_Step]:
    found = sql.SQL(
        "SELECT record, was_there, is_there, columns FROM ({net}) net WHERE was_there OR is_there GROUP BY 1, 2, 3, 4"
    ).format(net=_NET)
    with connection.cursor() as cursor:
        cursor.execute(found, {"act": act})
        return [
            _Step(record, was_there, is_there, tuple(columns))
            for record, was_there, is_there, columns in cursor.fetchall()
        ]


def _take(step: _Step, act: str, leaving: Collection[later_work.Row]) -> None:
    """One statement for all rows of a step. The names in it are of the catalogue, never of a person."""
    if not step.was_there:
        words = "DELETE FROM {table} t USING {rows} AND t.id = net.row_id"
    elif step.is_there:
        words = "UPDATE {table} t SET ({listed}) = ROW({values}) FROM {rows} AND t.id = net.row_id"
    else:
        words = "INSERT INTO {table} ({listed}) SELECT {values} FROM {rows} {but}"
    columns = _columns_of_today(step)
    if step.was_there and not columns:
        return
    table = sql.Identifier(step.record)
    rows = (
        "({net}) net CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, net.was) r WHERE true" + _OF_STEP
    )
    statement = sql.SQL(words).format(
        table=table,
        net=_NET,
        rows=sql.SQL(rows).format(table=table, net=_NET),
        listed=sql.SQL(", ").join(sql.Identifier(column) for column in columns),
        values=sql.SQL(", ").join(sql.Identifier("r", column) for column in columns),
        but=sql.SQL(_WITHOUT.get(step.record, "")),
    )
    known: dict[str, Any] = {"act": act, "record": step.record, "columns": list(step.columns)}
    known["left"] = [number for table, number in leaving if table == step.record]
    with connection.cursor() as cursor:
        cursor.execute(statement, {**known, "was_there": step.was_there, "is_there": step.is_there})


# A photo that was erased meanwhile stays so, and its tags with it.
_WITHOUT = {
    "officers_face": "AND r.photo_id IN (SELECT id FROM officers_photo)",
    "officers_hold": "AND (r.photo_id IS NULL OR r.photo_id IN (SELECT id FROM officers_photo))",
}


def _columns_of_today(step: _Step) -> Sequence[str]:
    """Those that the table still has: it may have been altered since."""
    with connection.cursor() as cursor:
        there = {
            column.name for column in connection.introspection.get_table_description(cursor, step.record)
        }
    return [column for column in step.columns if column in there]


def _tell_of_faces(act: str) -> None:
    """Confirmed tags that are an officer's again are heard of like new ones: they are covered and enrolled anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT row_id FROM officers_recordchange WHERE act = %s AND record = 'officers_face'",
            [act],
        )
        faces = [row_id for (row_id,) in cursor.fetchall()]
    if faces:
        tell_of_faces(Face.objects.filter(pk__in=faces))


def tell_of_faces(faces: models.QuerySet[Face]) -> None:
    for face in faces.filter(reviewed_at__isnull=False, officer__isnull=False).select_related(
        "photo", "officer"
    ):
        face_reviewed.send(sender=Face, face=face)
