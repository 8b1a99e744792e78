"""The gallery: templates of reviewed, tagged faces of officers whose every department permits it. Enrol, search.

Live: nothing of it is kept outside the database, so that a closed door is closed for the next search.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import IntegrityError, connection, transaction
from django.db.models import BooleanField, F, Func, QuerySet
from pgvector.django import L2Distance
from PIL import UnidentifiedImageError

from officers.jurisdiction import read_facts
from officers.models import Department, Face, Officer
from oversight import gate, outbox, queues, storage
from oversight.gate import MatchingForbidden, Stage
from recognition import engine, release
from recognition.models import FaceTemplate, UnusableFace

logger = logging.getLogger(__name__)

ENROL = "workers.faces.enrol"
SECONDS_PER_JOB = 20.0
FACES_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One officer by their nearest photo. `distance` is Euclidean, 0 for the same picture, about 0.6 at the border."""

    officer_id: int
    face_id: int
    distance: float


def promise_enrolment(department_ids: set[int]) -> None:
    """Promise to enrol what is not enrolled in these departments. Inside a transaction."""
    for pk in department_ids:
        outbox.promise(job=ENROL, subject=str(pk), queue=queues.BULK)


def enrol(claim: outbox.Claim) -> None:
    """The job: make the missing templates of the department whose id is `claim.subject`; go on later if time is up."""
    release.require_current_code()
    end = time.monotonic() + SECONDS_PER_JOB
    left = False
    for face in missing(int(claim.subject)):
        if time.monotonic() > end:
            left = True
            break
        _enrol_one(face.pk)
    with transaction.atomic():
        claim.settle()
        if left:
            promise_enrolment({int(claim.subject)})


def missing(department_id: int) -> QuerySet[Face]:
    """Faces of a department that could be enrolled and are not. The gate is asked again when each is measured."""
    return (
        Face.objects.filter(
            officer__assignments__department=department_id,
            officer__in=Officer.objects.public(),
            reviewed_at__isnull=False,
            facetemplate=None,
        )
        .filter(_gate("gate_officer_allows", "officer_id"), _gate("gate_photo_allows", "photo_id"))
        .exclude(unusable__engine=engine.NAME)
        .distinct()
        .order_by("pk")
    )


def _gate(function: str, column: str) -> Func:
    """The database's own copy of the law, so that a face it would refuse is not waited for for ever."""
    return Func(F(column), function=function, output_field=BooleanField())


def _enrol_one(face_id: int) -> None:
    """Read afresh: since the list was made, the tag may have been taken back, or become somebody else's."""
    face = Face.objects.filter(pk=face_id, reviewed_at__isnull=False).select_related("photo").first()
    if face is None or face.officer_id is None:
        return
    officer_id = face.officer_id
    try:
        permit = gate.check(read_facts(photo=face.photo, officer_ids=[officer_id]), Stage.ENROL)
        template = engine.measure(jpeg=storage.read(face.photo.key), box=face.box, permit=permit)
    except MatchingForbidden as forbidden:
        logger.info("Face not enrolled: %s", forbidden)
    except engine.FaceUnusable as unusable:
        _set_aside(face, unusable.reason)
    except (FileNotFoundError, UnidentifiedImageError):  # one lost picture must not keep all searches waiting
        logger.error("The pixels of a tagged photo are not there: %s", face.photo_id)
        _set_aside(face, "photo_is_lost")
    else:
        store(face, officer_id, template)


def _set_aside(face: Face, reason: str) -> None:
    UnusableFace.objects.update_or_create(face=face, defaults={"engine": engine.NAME, "reason": reason})


UPSERT = """
    INSERT INTO recognition_facetemplate (face_id, officer_id, photo_id, engine, template, made_at)
    SELECT f.id, %s, f.photo_id, %s, %s::vector, now() FROM officers_face f
    WHERE f.id = %s AND (f.x, f.y, f.width, f.height) = (%s, %s, %s, %s)
    ON CONFLICT (face_id) DO UPDATE SET officer_id = excluded.officer_id, photo_id = excluded.photo_id,
        engine = excluded.engine, template = excluded.template, made_at = excluded.made_at
"""


def store(face: Face, officer_id: int, template: engine.Template) -> None:
    """Write the template, if the face is still where it was measured.

    A door that closed meanwhile makes the database refuse it: then it is dropped.
    """
    try:
        with transaction.atomic(), _cursor_with_parameters_apart() as cursor, connection.wrap_database_errors:
            cursor.execute(UPSERT, [officer_id, engine.NAME, _as_text(template), face.pk, *face.box])
    except IntegrityError:
        logger.warning("The database refused a template: the law changed while it was made")


def _cursor_with_parameters_apart() -> psycopg.Cursor[Any]:
    """A cursor that sends parameters beside the statement. Django's writes them into its text, and servers log the text
    of statements that fail: the numbers of a template must not get there."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def _as_text(template: engine.Template) -> str:
    """As PostgreSQL reads a vector."""
    return "[" + ",".join(repr(float(number)) for number in template.numbers) + "]"


def _searchable(department_id: int) -> QuerySet[FaceTemplate]:
    """Of officers whom a stranger may look up. Whom the record hides, a search must not show either."""
    return FaceTemplate.objects.filter(
        engine=engine.NAME,
        officer__assignments__department=department_id,
        officer__in=Officer.objects.public(),
    )


def officers_enrolled(department_id: int) -> int:
    """How many officers a search in this department looks at."""
    return _searchable(department_id).values("officer_id").distinct().count()


def search(*, template: engine.Template, department_id: int, most: int) -> list[Neighbour]:
    """The `most` nearest officers of a department by their best photo, nearest first. Exact, no index, no cache.

    The template is a parameter of this one statement and is written nowhere. What the law thinks of those found is
    asked at RESULT, of all of them: filtering here would hide that something forbidden was in the gallery.
    """
    nearest = (
        _searchable(department_id)
        .annotate(distance=L2Distance("template", template.numbers))
        .order_by("officer_id", "distance", "face_id")
        .distinct("officer_id")
        .values("officer_id", "face_id", "distance")
    )
    statement, parameters = nearest.query.sql_with_params()
    with _cursor_with_parameters_apart() as cursor, connection.wrap_database_errors:
        cursor.execute(
            f"SELECT officer_id, face_id, distance FROM ({statement}) best ORDER BY distance, officer_id LIMIT %s",  # noqa: S608 - the ORM's own SQL
            [*parameters, most],
        )
        return [Neighbour(officer, face, float(distance)) for officer, face, distance in cursor]


def departments_to_enrol() -> set[int]:
    """Departments that permit matching and have faces waiting: after a review, a new permission, or a crash
    (templates do not survive a crash of the database, on purpose)."""
    allowed = Department.objects.filter(is_facial_recognition_allowed=True).values_list("pk", flat=True)
    return {pk for pk in allowed if missing(pk).exists()}


def reconcile() -> None:
    """Promise whatever enrolment is missing. Run now and then by the sweeper."""
    with transaction.atomic():
        promise_enrolment({pk for pk in departments_to_enrol() if _gate_allows(pk)})


def _gate_allows(department_id: int) -> bool:
    return gate.refusal(read_facts(department_id=department_id)) is None
