"""The gallery: templates of reviewed, tagged faces of officers whose every department permits it. Enrol, search.

Live: nothing of it is kept outside the database, so that a closed door is closed for the next search.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import IntegrityError, connection, transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from PIL import UnidentifiedImageError

from officers.jurisdiction import read_facts
from officers.models import Department, Face, Hold, Officer
from oversight import gate, outbox, queues, storage
from oversight.gate import MatchingForbidden, Stage
from recognition import calibration, engine, release
from recognition.models import FaceTemplate, UnusableFace

logger = logging.getLogger(__name__)

ENROL = "workers.faces.enrol"
SECONDS_PER_JOB = 20.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One officer, and their nearest photo. `distance`: of all their photos together; Euclidean where there is one."""

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
        enrol_one(face.pk)
    with transaction.atomic():
        claim.settle()
        if left:
            promise_enrolment({int(claim.subject)})


def missing(department_id: int) -> QuerySet[Face]:
    """Faces of a department that could be enrolled and are not. The gate is asked again when each is measured."""
    return (
        allowed(department_id)
        .exclude(facetemplate__engine=engine.NAME)  # one of an engine of the past is made anew
        .exclude(unusable__engine=engine.NAME)
    )


def allowed(department_id: int) -> QuerySet[Face]:
    """Faces of a department that matching may use, as the record and the database's copy of the law see it now."""
    return (
        Face.objects.confirmed()
        .filter(officer__assignments__department=department_id, use_for_recognition=True)
        .filter(_gate("gate_officer_allows", "officer_id"), _gate("gate_photo_allows", "photo_id"))
        .distinct()
        .order_by("pk")
    )


def _gate(function: str, column: str) -> Func:
    """The database's own copy of the law, so that a face it would refuse is not waited for for ever."""
    return Func(F(column), function=function, output_field=BooleanField())


def enrol_one(face_id: int) -> None:
    """Read afresh: since the list was made, the tag may have been taken back, or become somebody else's."""
    face = (
        Face.objects.filter(pk=face_id, reviewed_at__isnull=False, use_for_recognition=True)
        .select_related("photo")
        .first()
    )
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
    """Of officers and photos that a stranger may see. What the record hides, a search must not show either."""
    return FaceTemplate.objects.filter(
        ~Exists(Hold.objects.standing().filter(photo=OuterRef("photo"))),
        engine=engine.NAME,
        officer__in=Officer.objects.public().in_department(department_id),
    )


def officers_enrolled(department_id: int) -> int:
    """How many officers a search in this department looks at."""
    return _searchable(department_id).values("officer_id").distinct().count()


# Of each eligible officer the nearest photo, and `calibration.together` of all of them.
_PHOTOS_TOGETHER = """
    photos AS MATERIALIZED (
        SELECT officer_id, face_id, template <-> %(probe)s::vector AS distance
        FROM recognition_facetemplate JOIN eligible USING (officer_id)
        WHERE engine = %(engine)s AND photo_id NOT IN ({held}))
    SELECT officer_id, (min(ARRAY[distance, face_id]))[2]::bigint,
        -ln(avg(exp(greatest(-500, -{sharpness} * distance)))) / {sharpness} AS together, {reach} AS reach
    FROM photos GROUP BY officer_id ORDER BY together, officer_id LIMIT %(most)s
"""
_OF_ALL = "WITH eligible AS MATERIALIZED (SELECT officer_id FROM ({officers}) AS public (officer_id)),"
# Who may be shown is asked of those who are near, not of everybody: OFFSET keeps the planner from turning that round.
_OF_THE_LIKELY = """
    WITH near AS MATERIALIZED (
        SELECT officer_id, template <-> %(probe)s::vector AS distance
        FROM recognition_facetemplate WHERE engine = %(engine)s AND {nearness}),
    likely AS MATERIALIZED (SELECT DISTINCT officer_id FROM near),
    eligible AS MATERIALIZED (SELECT officer_id FROM likely WHERE EXISTS ({officers} OFFSET 0)),
"""
_OF_THE_NEAREST = _OF_THE_LIKELY.replace("{nearness}", "true ORDER BY distance LIMIT %(first)s")
_OF_THOSE_WITHIN = _OF_THE_LIKELY.replace("{nearness}", "template <-> %(probe)s::vector <= %(within)s")
_FIRST = 400
"""How many of the nearest photos are looked at first."""
_ROUNDING = 1e-6
_IS_LARGE = """
    SELECT EXISTS (SELECT FROM officers_assignment WHERE department_id = %s
                   OFFSET greatest(0, floor(c.reltuples / 8))::bigint)
    FROM pg_class c WHERE c.oid = 'recognition_facetemplate'::regclass
"""


def search(*, template: engine.Template, department_id: int, most: int) -> list[Neighbour]:
    """The `most` nearest officers of a department by all their photos, nearest first. Exact, no index, no cache.

    An officer's photos count together as `calibration.together` says; `face_id` is the nearest of them. That is never
    less than their nearest photo's distance: so whoever has no photo nearer than the last of those found cannot be
    among them, and need not be looked at.

    The template is a parameter of these statements and is written nowhere. Each asks the record by itself who may be
    shown. What the law thinks of those found is asked at RESULT, of all of them: filtering here would hide that
    something forbidden was in the gallery.
    """
    asked = {"probe": _as_text(template), "engine": engine.NAME, "most": most, "first": max(_FIRST, most)}
    with transaction.atomic():
        _alone_unless_it_pays()
        if _is_large(department_id):
            rows = _nearest(_OF_THE_NEAREST, department_id, asked)
            if len(rows) == most:
                _, _, last, reach = rows[-1]
                if last >= reach:  # officers with many photos lie further than their nearest one
                    rows = _nearest(_OF_THOSE_WITHIN, department_id, asked | {"within": last + _ROUNDING})
                return _neighbours(rows)
        return _neighbours(_nearest(_OF_ALL, department_id, asked))


def _alone_unless_it_pays() -> None:
    """Starting helpers costs the database some 50 ms of processor time: as much as reading 100,000 templates."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL parallel_setup_cost = 20000")


def _neighbours(rows: list[tuple[Any, ...]]) -> list[Neighbour]:
    return [Neighbour(officer, face, float(distance)) for officer, face, distance, _ in rows]


def _is_large(department_id: int) -> bool:
    """Is a fair part of all photos of this department? Then the nearest are worth a look. Only for speed."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_LARGE, [department_id])
        return bool(cursor.fetchone()[0])


def _nearest(which: str, department_id: int, asked: dict[str, object]) -> list[tuple[Any, ...]]:
    """One whole statement, for one way to say whose photos count: officer, face, distance, and how far it saw."""
    officers = Officer.objects.public().in_department(department_id).order_by().values("pk")
    if which is not _OF_ALL:
        officers = officers.filter(pk=RawSQL("likely.officer_id", ()))
    held = Hold.objects.standing().filter(photo__isnull=False).values("photo")
    values = dict(asked)
    statement = (which + _PHOTOS_TOGETHER).format(
        officers=_named(officers, "officers", values),
        held=_named(held, "held", values),
        sharpness=calibration.SHARPNESS,
        reach="(SELECT max(distance) FROM near)" if which is _OF_THE_NEAREST else "0",
    )
    with _cursor_with_parameters_apart() as cursor, connection.wrap_database_errors:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _named(rows: QuerySet[Any, Any], name: str, values: dict[str, object]) -> str:
    """The ORM's statement with its parameters by name; they are added to `values`."""
    statement, parameters = rows.query.sql_with_params()
    named = {f"{name}_{number}": value for number, value in enumerate(parameters)}
    values |= named
    return statement % tuple(f"%({key})s" for key in named)


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
