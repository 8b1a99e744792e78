"""The gallery: who is enrolled, who is not, and who comes near whom."""

import numpy as np
import pytest
from django.utils import timezone

from officers import departments, tagging
from officers.models import Assignment, Department, Face, Officer
from oversight import storage
from oversight.models import OutboxEntry, User
from recognition import calibration, engine, gallery
from recognition.models import FaceTemplate, UnusableFace
from tests import factories
from tests.recognition.searching import enrol, enrolled, in_record, officer_of, work

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


def planted(where: Department, *values: float, fill: float = 0.0) -> int:
    """A reviewed face with a made-up template: `values`, then `fill`. Returns the officer's number."""
    who = factories.officer(where)
    face = factories.face(who, factories.photo(where))
    numbers = [*values, *[fill] * (128 - len(values))]
    FaceTemplate.objects.create(
        face=face, officer=who, photo=face.photo, engine=engine.NAME, template=numbers
    )
    return who.pk


def nearest(where: Department, most: int = 20) -> list[tuple[int, float]]:
    found = gallery.search(template=engine.Template(np.zeros(128)), department_id=where.pk, most=most)
    return [(n.officer_id, round(n.distance, 6)) for n in found]


def promised() -> set[str]:
    return set(
        OutboxEntry.objects.filter(job=gallery.ENROL, state="waiting").values_list("subject", flat=True)
    )


def test_reviewed_faces_are_enrolled_once_each() -> None:
    where = enrolled(1, 2)
    measured = engine.measured
    assert {t.engine for t in FaceTemplate.objects.all()} == {engine.NAME}
    assert FaceTemplate.objects.count() == 2
    enrol(where)
    assert engine.measured == measured
    assert not gallery.missing(where.pk).exists()


def test_templates_of_an_engine_of_the_past_are_made_anew() -> None:
    """So that a new engine needs nothing but its name; until then they are not compared, and a search waits."""
    where = enrolled(1)
    FaceTemplate.objects.update(engine="another")
    assert gallery.officers_enrolled(where.pk) == 0
    assert gallery.missing(where.pk).count() == 1
    assert gallery.departments_to_enrol() == {where.pk}
    enrol(where)
    assert FaceTemplate.objects.get().engine == engine.NAME
    assert not gallery.missing(where.pk).exists()


def unreviewed(where: Department) -> None:
    Face.objects.update(reviewed_at=None)


def hidden(where: Department) -> None:
    where.officers.update(is_published=False)


def also_where_it_is_forbidden(where: Department) -> None:
    Assignment.objects.create(officer=where.officers.get(), department=factories.department(state="IL"))


def also_where_nobody_allowed_it(where: Department) -> None:
    Assignment.objects.create(officer=where.officers.get(), department=factories.department())


def photo_from_illinois(where: Department) -> None:
    where.photos.get().filings.create(department=factories.department(state="IL"))


def not_allowed(where: Department) -> None:
    departments.forbid_matching(department=where, by=factories.user(User.Role.ADMIN))


@pytest.mark.parametrize(
    "reason",
    [
        unreviewed,
        hidden,
        also_where_it_is_forbidden,
        also_where_nobody_allowed_it,
        photo_from_illinois,
        not_allowed,
    ],
)
def test_who_is_not_enrolled(reason: object) -> None:
    where = factories.department(allowed=True)
    in_record(where, 1)
    measured = engine.measured
    reason(where)  # type: ignore[operator]
    assert not gallery.missing(where.pk).exists()
    enrol(where)
    assert engine.measured == measured
    assert not FaceTemplate.objects.exists()


def test_the_site_switched_off_enrols_nobody(settings: pytest.FixtureRequest) -> None:
    where = factories.department(allowed=True)
    in_record(where, 1)
    settings.RECOGNITION_SWITCH = False  # type: ignore[attr-defined]
    measured = engine.measured
    enrol(where)
    assert (engine.measured, FaceTemplate.objects.count()) == (measured, 0)


@pytest.mark.parametrize("trouble", ["no face", "bytes lost", "bytes spoiled"])
def test_one_bad_photo_does_not_keep_the_others_waiting(trouble: str) -> None:
    where = factories.department(allowed=True)
    jpeg = None if trouble == "no face" else factories.picture(3)
    bad = factories.face(factories.officer(where), factories.photo(where, jpeg=jpeg))
    if trouble == "bytes lost":
        storage.delete(bad.photo.key)
    elif trouble == "bytes spoiled":
        storage.write(bad.photo.key, b"not a picture any more")
    good = in_record(where, 1)
    enrol(where)
    assert FaceTemplate.objects.get().face == good
    expected = "no_face" if trouble == "no face" else "photo_is_lost"
    assert UnusableFace.objects.get(face=bad).reason == expected
    assert not gallery.missing(where.pk).exists()


def test_the_nearest_come_first_by_all_their_photos_together() -> None:
    where = factories.department(allowed=True)
    far, near = planted(where, 0.9), planted(where, 0.3)
    second = factories.face(factories.officer(where), factories.photo(where))
    FaceTemplate.objects.create(
        face=second,
        officer=officer_of(second),
        photo=second.photo,
        engine=engine.NAME,
        template=[0.5] + [0.0] * 127,
    )
    third = factories.face(officer_of(second), factories.photo(where))
    FaceTemplate.objects.create(
        face=third,
        officer=officer_of(third),
        photo=third.photo,
        engine=engine.NAME,
        template=[0.1] + [0.0] * 127,
    )
    both = round(calibration.together([0.1, 0.5]), 6)
    assert nearest(where) == [(officer_of(second).pk, both), (near, 0.3), (far, 0.9)]
    assert nearest(where, most=1) == [(officer_of(second).pk, both)]
    (first,) = gallery.search(template=engine.Template(np.zeros(128)), department_id=where.pk, most=1)
    assert first.face_id == third.pk  # the nearest of their photos is the one to show
    assert gallery.officers_enrolled(where.pk) == 3


def test_photos_that_are_far_away_do_not_break_the_search() -> None:
    """Numbers that no engine makes: their exponentials would be too small for the database."""
    where = factories.department(allowed=True)
    who = planted(where, 900.0)
    face = factories.face(Officer.objects.get(pk=who), factories.photo(where))
    FaceTemplate.objects.create(
        face=face, officer_id=who, photo=face.photo, engine=engine.NAME, template=[0.0] * 128
    )
    assert nearest(where) == [(who, round(calibration.together([0.0, 900.0]), 6))]


def test_other_departments_engines_and_hidden_officers_are_not_searched() -> None:
    where, other = factories.department(allowed=True), factories.department(allowed=True)
    here = planted(where, 0.5)
    planted(other, 0.1)
    gone, old = planted(where, 0.2), planted(where, 0.3)
    Officer.objects.filter(pk=gone).update(is_published=False)
    FaceTemplate.objects.filter(officer=old).update(engine="an-older-one")
    assert nearest(where) == [(here, 0.5)]
    assert gallery.officers_enrolled(where.pk) == 1


def test_an_officer_with_two_stints_is_one_candidate() -> None:
    where = factories.department(allowed=True)
    who = planted(where, 0.5)
    Assignment.objects.create(officer_id=who, department=where, badge_number="second")
    assert nearest(where) == [(who, 0.5)]
    assert gallery.officers_enrolled(where.pk) == 1


def test_an_approved_tag_promises_enrolment_where_it_is_allowed() -> None:
    allowed, other = factories.department(allowed=True), factories.department()
    for where in (allowed, other):
        face = factories.face(factories.officer(where), factories.photo(where), reviewed=False)
        tagging.approve(face=face, by=factories.user())
    assert promised() == {str(allowed.pk)}


def test_reconcile_promises_what_is_missing_and_only_where_the_gate_says_yes() -> None:
    lacking, complete = factories.department(allowed=True), enrolled(1)
    in_record(lacking, 2)
    unallowed = factories.department()
    in_record(unallowed, 3)
    over = factories.department(allowed=True, due=timezone.now().date())
    in_record(over, 4)
    Department.objects.filter(pk=over.pk).update(recognition_review_due="2020-01-01")
    gallery.reconcile()
    assert promised() == {str(lacking.pk)}
    work(gallery.ENROL)
    gallery.reconcile()
    assert promised() == set()
    assert gallery.officers_enrolled(complete.pk) == 1


def test_a_long_enrolment_goes_on_in_another_job(monkeypatch: pytest.MonkeyPatch) -> None:
    where = factories.department(allowed=True)
    in_record(where, 1)
    monkeypatch.setattr(gallery, "SECONDS_PER_JOB", -1.0)
    enrol(where)
    assert not FaceTemplate.objects.exists()
    assert promised() == {str(where.pk)}
    assert OutboxEntry.objects.filter(job=gallery.ENROL, state="done").count() == 1
