"""However geometry is written, the database refuses what the gate would refuse (guard-18, guard-19)."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from recognition.models import Candidate, FaceTemplate
from tests.recognition.guard_world import (
    INSERT_CANDIDATE,
    INSERT_TEMPLATE,
    NUMBERS,
    VECTOR,
    World,
)

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]
Write = Callable[[World], object]


def sql(statement: str, *parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def copy_in(table_and_columns: str, row: tuple[object, ...]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table_and_columns} FROM STDIN") as stream:
        stream.write_row(row)


TEMPLATE_COLUMNS = "recognition_facetemplate (face_id, officer_id, photo_id, template, engine, made_at)"
CANDIDATE_COLUMNS = (
    "recognition_candidate (identification_id, officer_id, face_id, number, chance, is_denied)"
)
WRITES: dict[str, Write] = {
    "template: save": lambda w: w.template().save(),
    "template: bulk_create": lambda w: FaceTemplate.objects.bulk_create([w.template()]),
    "template: bulk_create that updates": lambda w: FaceTemplate.objects.bulk_create(
        [w.template()], update_conflicts=True, unique_fields=["face"], update_fields=["officer"]
    ),
    "template: update_or_create": lambda w: FaceTemplate.objects.update_or_create(
        face=w.face, defaults={"officer": w.officer, "photo": w.photo, "engine": "x", "template": NUMBERS}
    ),
    "template: INSERT": lambda w: sql(INSERT_TEMPLATE, *w.template_row),
    "template: INSERT of a SELECT": lambda w: sql(
        "INSERT INTO recognition_facetemplate (face_id, officer_id, photo_id, engine, template, made_at)"
        " SELECT id, officer_id, photo_id, 'x', %s, now() FROM officers_face WHERE id = %s",
        VECTOR,
        w.face.pk,
    ),
    "template: MERGE": lambda w: sql(
        "MERGE INTO recognition_facetemplate t USING officers_face f ON t.face_id = f.id"
        " WHEN NOT MATCHED AND f.id = %s THEN INSERT"
        " (face_id, officer_id, photo_id, engine, template, made_at)"
        " VALUES (f.id, f.officer_id, f.photo_id, 'x', %s, now())",
        w.face.pk,
        VECTOR,
    ),
    "template: COPY": lambda w: copy_in(TEMPLATE_COLUMNS, (*w.template_row, "x", "2026-01-01")),
    "candidate: save": lambda w: w.candidate().save(),
    "candidate: bulk_create": lambda w: Candidate.objects.bulk_create([w.candidate()]),
    "candidate: INSERT": lambda w: sql(INSERT_CANDIDATE, *w.candidate_row),
    "candidate: COPY": lambda w: copy_in(CANDIDATE_COLUMNS, (*w.candidate_row, 1, 0.5, False)),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_where_it_is_allowed_it_is_written(write: Write) -> None:
    world = World.make()
    write(world)
    assert sum(world.measured()) == 1


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_where_it_is_forbidden_it_is_refused(write: Write) -> None:
    world = World.make(allowed=False)
    with pytest.raises((DatabaseError, psycopg.Error)) as refused, transaction.atomic():
        write(world)
    assert "the gate does not allow" in str(refused.value)
    assert world.measured() == (0, 0)


def test_a_row_that_is_there_is_not_turned_into_a_forbidden_one() -> None:
    lawful, forbidden = World.make().enrol(), World.make(allowed=False)
    turn: dict[str, dict[str, Any]] = {
        "officer": {"officer": forbidden.officer},
        "photo": {"photo": forbidden.photo},
        "face": {"face": forbidden.face},
        "all of it": {"officer": forbidden.officer, "photo": forbidden.photo, "face": forbidden.face},
    }
    for changes in turn.values():
        with pytest.raises(DatabaseError, match="the gate does not allow"), transaction.atomic():
            FaceTemplate.objects.filter(face=lawful.face.pk).update(**changes)
    for column, value in [
        ("officer", forbidden.officer),
        ("identification", forbidden.search),
        ("face", forbidden.face),
    ]:
        with pytest.raises(DatabaseError, match="the gate does not allow"), transaction.atomic():
            Candidate.objects.filter(identification=lawful.search).update(**{column: value})
    assert lawful.measured() == (1, 1)


def test_a_template_belongs_to_the_officer_and_the_photo_of_its_face() -> None:
    one, two = World.make(), World.make()
    mixed = [
        (one.face.pk, two.officer.pk, one.photo.pk, VECTOR),
        (one.face.pk, one.officer.pk, two.photo.pk, VECTOR),
        (0, one.officer.pk, one.photo.pk, VECTOR),
    ]
    for row in mixed:
        with pytest.raises(DatabaseError, match="the gate does not allow"), transaction.atomic():
            sql(INSERT_TEMPLATE, *row)
    with pytest.raises(DatabaseError, match="the gate does not allow"), transaction.atomic():
        sql(INSERT_CANDIDATE, one.search.pk, one.officer.pk, two.face.pk)


def test_one_statement_that_closes_the_door_and_writes_leaves_nothing() -> None:
    world = World.make()
    close = "UPDATE officers_department SET is_facial_recognition_allowed = false WHERE id = %s"
    sql(f"WITH closed AS ({close}) {INSERT_TEMPLATE}", world.department.pk, *world.template_row)
    assert world.measured() == (0, 0)
