"""A face that is held back is measured no more, searched no more and shown no more, from the moment of the hold on."""

import numpy as np
import pytest
from django.urls import reverse

from officers import flags, holds
from officers.models import Department, Face, Hold, Officer
from oversight.models import OutboxEntry, User
from recognition import engine, gallery, identification, purge
from recognition.models import Candidate, FaceTemplate, Identification
from tests import factories
from tests.officers.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def where() -> Department:
    return factories.department(allowed=True)


def enrolled(where: Department) -> Face:
    """A reviewed face with a template of numbers that belong to nobody."""
    officer = factories.officer(where)
    face = factories.face(officer, factories.photo(where))
    FaceTemplate.objects.create(
        face=face, officer=officer, photo=face.photo, engine=engine.NAME, template=np.full(128, 0.1)
    )
    return face


def found_in(where: Department) -> set[int]:
    return set(gallery._searchable(where.pk).values_list("face_id", flat=True))


@pytest.mark.parametrize("of", ["officer", "photo"])
def test_a_hold_deletes_the_template_in_the_same_transaction(where: Department, of: str) -> None:
    face, other = enrolled(where), enrolled(where)
    holds.place(subject=getattr(face, of), reason="safety", by=factories.user(User.Role.ADMIN))
    assert set(FaceTemplate.objects.values_list("face_id", flat=True)) == {other.pk}
    assert set(gallery.missing(where.pk)) == set(), "and nobody measures it again"


def test_a_flag_of_a_child_does_too(where: Department) -> None:
    face = enrolled(where)
    flags.flag_photo(photo=face.photo, face=face, reason="minor", text="")
    assert not FaceTemplate.objects.exists()


@pytest.mark.parametrize("of", ["officer", "photo"])
def test_one_that_was_on_its_way_is_not_searched_and_goes_with_the_next_upkeep(
    where: Department, of: str
) -> None:
    face = enrolled(where)
    Hold.objects.create(**{of: getattr(face, of)}, reason="safety")
    assert FaceTemplate.objects.exists()
    assert found_in(where) == set()
    assert gallery.officers_enrolled(where.pk) == 0
    purge.expired()
    assert not FaceTemplate.objects.exists()


def test_when_the_hold_ends_it_may_be_measured_again(where: Department) -> None:
    face, admin = enrolled(where), factories.user(User.Role.ADMIN)
    hold = holds.place(subject=face.officer or Officer(), reason="safety", by=admin)
    holds.end(hold=hold, by=admin)
    assert list(gallery.missing(where.pk)) == [face]
    gallery.reconcile()
    assert OutboxEntry.objects.filter(job=gallery.ENROL, subject=str(where.pk), state="waiting").exists()


@pytest.mark.parametrize("of", ["officer", "photo"])
def test_a_result_that_names_a_held_face_is_taken_back(of: str) -> None:
    world = World()
    assert identification.show(world.search).candidates
    subject = world.officer if of == "officer" else world.kept
    holds.place(subject=subject, reason="other", by=factories.user(User.Role.ADMIN))
    assert not Candidate.objects.exists()
    text = world.client("visitor").get(reverse("identification", args=[world.search.pk])).content.decode()
    assert world.officer.last_name not in text
    assert "<title>Searching" in text, "it runs again, without"


def test_a_candidate_written_after_the_hold_is_not_shown() -> None:
    world = World()
    Hold.objects.create(photo=world.kept, reason="other")
    assert Candidate.objects.exists()
    assert identification.show(world.search).candidates == ()


def test_a_question_about_a_photo_that_is_held_is_closed() -> None:
    world = World()
    visitor = world.client("visitor")
    pages = [
        reverse("identification", args=[world.search.pk]),
        reverse("identify-photo-image", args=[world.token]),
        reverse("identify-face", args=[world.token]),
        reverse("api-identification-detail", args=[world.search.pk]),
        reverse("api-photo-detail", args=[world.question.pk]),
    ]
    assert {visitor.get(page).status_code for page in pages} == {200}
    holds.place(subject=world.question, reason="minor", by=factories.user(User.Role.ADMIN))
    assert {visitor.get(page).status_code for page in pages} == {404}
    assert Identification.objects.exists()
