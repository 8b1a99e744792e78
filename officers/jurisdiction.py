"""Reads the facts that the legal gate asks for, afresh each time. Decides nothing itself."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from importlib import import_module

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection

from officers.models import Assignment, Department, DepartmentState, Officer, Photo, ProhibitedPlace, State
from oversight.gate import DepartmentFacts, Facts, OfficerFacts, Place, Prohibition, Reason, Site, refusal

NOT_KNOWN = DepartmentFacts(places=frozenset(), allows_matching=False, review_due=None)
"""A department that is asked about and is not there: a no, never left out."""


def read_site() -> Site:
    """What is true of this installation and of the law today (UTC). Two queries."""
    rows = ProhibitedPlace.objects.values_list("state_id", "county", "city", "valid_from", "valid_to")
    return Site(
        allows_matching=settings.RECOGNITION_SWITCH,
        operator_state=settings.OPERATOR_STATE,
        compute_states=settings.COMPUTE_STATES,
        known_states=frozenset(State.objects.values_list("code", flat=True)),
        prohibitions=tuple(
            Prohibition(Place(state, county, city), valid_from, valid_to)
            for state, county, city, valid_from, valid_to in rows
        ),
        today=datetime.now(UTC).date(),
    )


def read_site_even_alone(say: Callable[[str], None]) -> Site:
    """As `read_site`; without a database, the law of the code and of the settings alone, and `say` is told so.

    For evaluations on a fresh checkout. The rows that are then missing could only forbid more. In production a database
    that does not answer stays an error: somebody has written down there what is forbidden.
    """
    try:
        return read_site()
    except (OperationalError, ProgrammingError):  # nobody answers, or nothing is in it yet
        if settings.PRODUCTION:
            raise
    say("No database answers: further places where matching is forbidden could not be read.")
    states = import_module("officers.migrations.0002_states").STATES
    return Site(
        allows_matching=settings.RECOGNITION_SWITCH,
        operator_state=settings.OPERATOR_STATE,
        compute_states=settings.COMPUTE_STATES,
        known_states=frozenset(states),
        prohibitions=(),
        today=datetime.now(UTC).date(),
    )


def read_facts(
    *, department_id: int | None = None, photo: Photo | None = None, officer_ids: Collection[int] = ()
) -> Facts:
    """All facts for one question. At most six queries, however many officers.

    `photo` is read again from the database: a stale object must not open a door.
    """
    stored = (
        Photo.objects.filter(pk=photo.pk).values_list("department_id", "ever_prohibited").first()
        if photo
        else None
    )
    asked = {pk for pk in (department_id, stored[0] if stored else None) if pk is not None}
    assignments: dict[int, set[int]] = {pk: set() for pk in officer_ids}
    for officer_id, department in Assignment.objects.filter(officer_id__in=officer_ids).values_list(
        "officer_id", "department_id"
    ):
        assignments[officer_id].add(department)
    prohibited = dict(Officer.objects.filter(pk__in=officer_ids).values_list("pk", "ever_prohibited"))
    departments = _read_departments({*asked, *(pk for pks in assignments.values() for pk in pks)})
    return Facts(
        site=read_site(),
        departments=tuple(departments.get(pk, NOT_KNOWN) for pk in sorted(asked)),
        photo_prohibited=stored[1] if stored else photo is not None,
        officers=tuple(
            OfficerFacts(
                prohibited.get(pk, True), tuple(departments.get(d, NOT_KNOWN) for d in sorted(stints))
            )
            for pk, stints in assignments.items()
        ),
    )


def _read_departments(department_ids: Collection[int]) -> dict[int, DepartmentFacts]:
    further: dict[int, set[Place]] = {}
    for department, state in DepartmentState.objects.filter(department_id__in=department_ids).values_list(
        "department_id", "state_id"
    ):
        further.setdefault(department, set()).add(Place(state))
    rows = Department.objects.filter(pk__in=department_ids).values_list(
        "pk", "state_id", "county", "city", "is_facial_recognition_allowed", "recognition_review_due"
    )
    return {
        pk: DepartmentFacts(
            places=frozenset({Place(state, county, city)} | further.get(pk, set())),
            allows_matching=allowed,
            review_due=review_due,
        )
        for pk, state, county, city, allowed, review_due in rows
    }


def refusals(department_ids: Collection[int]) -> dict[int, Reason | None]:
    """For each department: why matching is not allowed there now, or None where it is. Four queries in all."""
    site = read_site()
    return {
        pk: refusal(Facts(site=site, departments=(facts,), photo_prohibited=False))
        for pk, facts in _read_departments(department_ids).items()
    }


NOTICE = "gate"
"""The database's notice that a door may have closed, given at commit."""


def epoch() -> int:
    """A number that changes with everything that may close a door."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch FROM gate_epoch")
        return int(cursor.fetchone()[0])
