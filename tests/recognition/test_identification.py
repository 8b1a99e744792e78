"""Who is this officer? Every door of the gate on the way: nothing is measured where the answer is no."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from officers import departments, submissions
from officers.models import Department, Officer, Photo
from oversight import outbox, storage
from oversight.gate import MatchingForbidden, Reason, Stage
from oversight.models import AuditEvent, OutboxEntry, User
from privacy.shapes import Rectangle
from recognition import engine, gallery, identification
from recognition.models import Candidate, FaceTemplate, Identification
from tests import factories
from tests.recognition.searching import ask, enrol, enrolled, entry_of, in_record, probe, search, work

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]
State = Identification.State


def page(asked: Identification) -> Any:
    return Client().get(f"/who/search/{asked.pk}/")


def api(asked: Identification) -> Any:
    return Client().get(f"/api/v1/identifications/{asked.pk}/")


def test_the_officer_comes_first_and_nothing_of_the_probe_is_kept() -> None:
    where = enrolled(1, 2, 3)
    before = engine.measured
    found = search(where, 2)
    shown = identification.show(found)
    assert (found.state, shown.officers_searched, found.candidates_found) == (State.DONE, 3, 1)
    assert [c.officer.last_name for c in shown.candidates] == ["Number02"]
    assert shown.candidates[0].chance > 0.9
    assert engine.measured == before + 1
    assert FaceTemplate.objects.count() == 3
    assert not FaceTemplate.objects.filter(photo=found.photo).exists()


def test_somebody_who_is_not_there_is_not_found() -> None:
    found = search(enrolled(1, 2), 7)
    assert (found.state, found.candidates_found) == (State.DONE, 0)
    assert identification.show(found) == identification.Shown((), 2)
    identification.refresh(found)
    assert found.state == State.DONE  # nobody was found, and nothing was lost


def test_asked_twice_is_one_search_and_one_row_about_it() -> None:
    where = enrolled(1)
    photo = probe(where, 1)
    box = Rectangle(60, 60, 280, 320)
    by = factories.user()
    first, second = (identification.request(photo=photo, department=where, box=box, by=by) for _ in range(2))
    assert first == second
    assert OutboxEntry.objects.filter(job=identification.IDENTIFY).count() == 1
    (event,) = AuditEvent.objects.filter(action="search asked for")
    assert (event.actor_id, event.subject, event.subject_id, event.facts) == (
        by.pk,
        "department",
        str(where.pk),
        {},
    )


def test_the_question_ends_with_its_photo() -> None:
    where = enrolled(1)
    photo = probe(where, 1)
    soon = timezone.now() + timedelta(minutes=5)
    Photo.objects.filter(pk=photo.pk).update(expires_at=soon)
    photo.refresh_from_db()
    box = Rectangle(60, 60, 280, 320)
    assert identification.request(photo=photo, department=where, box=box).expires_at == soon


def flag_off(where: Department, _photo: Photo, _settings: Any) -> None:
    departments.forbid_matching(department=where, by=factories.user(User.Role.ADMIN))


def review_over(where: Department, _photo: Photo, _settings: Any) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    Department.objects.filter(pk=where.pk).update(recognition_review_due=yesterday)


def works_in_illinois_too(where: Department, _photo: Photo, _settings: Any) -> None:
    where.further_states.create(state_id="IL")


def photo_filed_under_illinois(_where: Department, photo: Photo, _settings: Any) -> None:
    photo.filings.create(department=factories.department(state="IL"))


def switched_off(_where: Department, _photo: Photo, settings: Any) -> None:
    settings.RECOGNITION_SWITCH = False


def operator_moved(_where: Department, _photo: Photo, settings: Any) -> None:
    settings.OPERATOR_STATE = "IL"


def computer_nowhere(_where: Department, _photo: Photo, settings: Any) -> None:
    settings.COMPUTE_STATES = frozenset()


Door = Callable[[Department, Photo, Any], None]
DOORS: list[tuple[Door, Reason]] = [
    (flag_off, Reason.DEPARTMENT_NOT_ALLOWED),
    (review_over, Reason.REVIEW_EXPIRED),
    (works_in_illinois_too, Reason.PLACE_PROHIBITED),
    (photo_filed_under_illinois, Reason.PHOTO_PROHIBITED),
    (switched_off, Reason.SITE_OFF),
    (operator_moved, Reason.OPERATOR_PLACE),
    (computer_nowhere, Reason.COMPUTE_PLACE),
]
each_door = pytest.mark.parametrize(("close", "reason"), DOORS, ids=[d.__name__ for d, _ in DOORS])


@each_door
def test_closed_before_the_question(close: Door, reason: Reason, settings: Any) -> None:
    where = enrolled(1)
    photo, measured = probe(where, 1), engine.measured
    close(where, photo, settings)
    with pytest.raises(MatchingForbidden) as forbidden:
        identification.request(photo=photo, department=where, box=Rectangle(60, 60, 280, 320))
    assert (forbidden.value.stage, forbidden.value.reason) == (Stage.ENQUEUE, reason)
    assert not Identification.objects.exists()
    assert not OutboxEntry.objects.filter(job=identification.IDENTIFY).exists()
    assert engine.measured == measured
    event = AuditEvent.objects.get(action="search refused")
    assert (event.subject_id, event.facts) == (str(where.pk), {"reason": reason, "stage": "enqueue"})


@each_door
def test_closed_between_question_and_search(close: Door, reason: Reason, settings: Any) -> None:
    where = enrolled(1)
    asked, measured = ask(where, 1), engine.measured
    close(where, asked.photo, settings)
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    assert (asked.state, asked.reason, asked.candidates_found) == (State.REFUSED, reason, 0)
    assert engine.measured == measured
    assert entry_of(asked).state == "done"
    assert not Candidate.objects.exists()
    assert identification.show(asked).candidates == ()
    assert page(asked).status_code == 403
    assert "Number01" not in page(asked).content.decode()


@each_door
def test_closed_after_the_search(close: Door, reason: Reason, settings: Any) -> None:
    where = enrolled(1)
    found = search(where, 1)
    assert identification.show(found).candidates
    close(where, found.photo, settings)
    with pytest.raises(MatchingForbidden) as forbidden:
        identification.show(found)
    assert (forbidden.value.stage, forbidden.value.reason) == (Stage.SHOW, reason)
    for response in (page(found), api(found), Client().get(f"/who/search/{found.pk}/compare/1/")):
        assert response.status_code == 403
        assert "Number01" not in response.content.decode()


def test_flag_off_deletes_candidates_and_templates_at_once() -> None:
    where = enrolled(1)
    found = search(where, 1)
    assert Candidate.objects.filter(identification=found).exists()
    flag_off(where, found.photo, None)
    assert not Candidate.objects.exists()
    assert not FaceTemplate.objects.exists()


def test_a_half_built_gallery_is_waited_for() -> None:
    where = enrolled(1)
    in_record(where, 2)
    asked, measured = ask(where, 2), engine.measured
    for _ in range(7):  # however long it takes, it is not given up
        work(identification.IDENTIFY)
    entry = entry_of(asked)
    assert (entry.state, entry.last_error, entry.tries) == ("waiting", "gallery_is_being_built", 0)
    assert engine.measured == measured
    assert OutboxEntry.objects.filter(job=gallery.ENROL, state="waiting").count() == 1
    enrol(where)
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    assert [c.officer.last_name for c in identification.show(asked).candidates] == ["Number02"]


def test_a_face_that_cannot_be_compared_says_why() -> None:
    where = enrolled(1)
    photo = factories.photo(where, expires_at=timezone.now() + timedelta(hours=1))
    asked = identification.request(photo=photo, department=where, box=Rectangle(10, 10, 90, 90))
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (State.UNUSABLE, "no_face")
    assert page(asked).status_code == 200
    assert identification.show(asked) == identification.NOBODY


@pytest.mark.parametrize("hidden", ["before", "after"])
def test_an_officer_whom_the_record_hides_is_not_shown(hidden: str) -> None:
    where = enrolled(1, 2)
    if hidden == "before":
        Officer.objects.filter(last_name="Number01").update(is_published=False)
    found = search(where, 1)
    Officer.objects.filter(last_name="Number01").update(is_published=False)
    assert identification.show(found).candidates == ()
    assert "Number01" not in page(found).content.decode()
    assert gallery.officers_enrolled(where.pk) == 1


def test_an_answer_that_a_crash_took_is_searched_for_again() -> None:
    found = search(enrolled(1), 1)
    Candidate.objects.all().delete()
    assert page(found).status_code == 200
    found.refresh_from_db()
    assert (found.state, found.candidates_found) == (State.WAITING, 0)
    work(identification.IDENTIFY)
    found.refresh_from_db()
    assert [c.officer.last_name for c in identification.show(found).candidates] == ["Number01"]


def test_a_search_that_was_given_up_says_so() -> None:
    asked = ask(enrolled(1), 1)
    storage.delete(asked.photo.key)
    for _ in range(outbox.MOST_TRIES):
        work(identification.IDENTIFY)
    assert entry_of(asked).state == "dead"
    assert page(asked).status_code == 200
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (State.UNUSABLE, "failed")


@pytest.mark.parametrize("gone", ["deleted", "over"])
def test_a_question_that_is_gone_is_given_up(gone: str) -> None:
    asked = ask(enrolled(1), 1)
    entry, measured = entry_of(asked), engine.measured
    if gone == "deleted":
        submissions.forget(asked.photo)
    else:
        Identification.objects.update(state=State.REFUSED)
    work(identification.IDENTIFY)
    entry.refresh_from_db()
    assert (entry.state, entry.last_error) == ("dead", "nothing_to_do")
    assert engine.measured == measured


def test_a_question_is_searched_once_though_asked_of_two_workers() -> None:
    asked = ask(enrolled(1), 1)
    work(identification.IDENTIFY)
    measured = engine.measured
    outbox.run(str(entry_of(asked).pk), identification.run)
    assert engine.measured == measured
    assert Candidate.objects.count() == 1
