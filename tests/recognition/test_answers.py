"""What the person says about the candidates: said once, through the gate, and nothing follows before a second look."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from officers import departments, tagging
from officers.models import Department, Face, Officer, Photo
from oversight.gate import MatchingForbidden
from oversight.models import AuditEvent, User
from recognition import answers
from recognition.models import Candidate, Identification
from tests import factories
from tests.recognition.searching import face_of, probe

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]
Answer = Identification.Answer
KNOWN = {"first_name": "Ann", "last_name": "Doe", "badge_number": "12"}


def answered_with(where: Department, count: int) -> tuple[Identification, list[Officer]]:
    """A search that is over, with `count` candidates."""
    photo = probe(where, 1)
    x, y, width, height = face_of(photo)
    made = Identification.objects.create(
        department=where, photo=photo, x=x, y=y, width=width, height=height,
        state=Identification.State.DONE, candidates_found=count, officers_searched=9,
        expires_at=timezone.now() + timedelta(hours=24),
    )  # fmt: skip
    officers = [factories.officer(where) for _ in range(count)]
    for number, officer in enumerate(officers, start=1):
        face = factories.face(officer, factories.photo(where))
        Candidate.objects.create(
            identification=made, officer=officer, face=face, number=number, chance=1 / count
        )
    return made, officers


@pytest.fixture
def where() -> Department:
    return factories.department(allowed=True)


def say(asked: Identification) -> str:
    asked.refresh_from_db()
    return asked.answer


def test_confirmed_the_photo_joins_the_record_and_waits(where: Department) -> None:
    asked, (officer, _) = answered_with(where, 2)
    assert answers.confirm(identification=asked, officer_id=officer.pk, by=None) == officer
    assert say(asked) == Answer.CONFIRMED
    face = Face.objects.get(photo=asked.photo)
    assert (face.officer, face.box, face.reviewed_at) == (officer, asked.box, None)
    assert Photo.objects.get(pk=asked.photo_id).expires_at is None
    assert AuditEvent.objects.get(action="tagged a face").actor == "visitor"


def test_confirmed_twice_is_once(where: Department) -> None:
    asked, (officer, _) = answered_with(where, 2)
    for _ in range(2):
        answers.confirm(identification=asked, officer_id=officer.pk, by=None)
    assert Face.objects.filter(photo=asked.photo).count() == 1


def test_one_face_is_not_two_officers(where: Department) -> None:
    asked, (first, second) = answered_with(where, 2)
    answers.confirm(identification=asked, officer_id=first.pk, by=None)
    with pytest.raises(tagging.NotPossible):
        answers.confirm(identification=asked, officer_id=second.pk, by=None)
    with pytest.raises(tagging.NotPossible):
        answers.deny(identification=asked, officer_id=second.pk)
    answers.none_of_these(identification=asked)
    assert answers.new_officer(identification=asked, by=None, **KNOWN) == first
    assert say(asked) == Answer.CONFIRMED
    assert Face.objects.filter(photo=asked.photo).count() == 1
    assert not Officer.objects.filter(is_published=False).exists()


def test_after_a_rejected_tag_another_answer_is_possible(where: Department) -> None:
    asked, (first, second) = answered_with(where, 2)
    answers.confirm(identification=asked, officer_id=first.pk, by=None)
    tagging.reject(face=Face.objects.get(photo=asked.photo), by=factories.user())
    assert answers.confirm(identification=asked, officer_id=second.pk, by=None) == second


def test_somebody_who_was_not_offered_cannot_be_named(where: Department) -> None:
    asked, _ = answered_with(where, 1)
    stranger = factories.officer(where)
    with pytest.raises(answers.NotOffered):
        answers.confirm(identification=asked, officer_id=stranger.pk, by=None)
    with pytest.raises(answers.NotOffered):
        answers.deny(identification=asked, officer_id=stranger.pk)
    assert say(asked) == Answer.OPEN


def test_all_denied_means_none_of_these(where: Department) -> None:
    asked, officers = answered_with(where, 2)
    for officer, expected in zip(officers, (Answer.OPEN, Answer.NONE), strict=True):
        answers.deny(identification=asked, officer_id=officer.pk)
        assert say(asked) == expected
    assert set(asked.candidates.values_list("is_denied", flat=True)) == {True}


def test_a_new_officer_is_proposed_and_hidden(where: Department) -> None:
    asked, _ = answered_with(where, 1)
    by = factories.user()
    proposed = answers.new_officer(identification=asked, by=by, **KNOWN)
    assert (say(asked), proposed.is_published) == (Answer.NEW_OFFICER, False)
    assert proposed not in Officer.objects.public()
    assert proposed.assignments.get().badge_number == "12"
    assert answers.new_officer(identification=asked, by=by, **KNOWN) == proposed
    assert Officer.objects.filter(last_name="Doe").count() == 1


@pytest.mark.parametrize("act", ["confirm", "deny"])
def test_the_gate_is_asked_at_every_answer(where: Department, act: str) -> None:
    asked, (officer,) = answered_with(where, 1)
    departments.forbid_matching(department=where, by=factories.user(User.Role.ADMIN))
    extra = {"by": None} if act == "confirm" else {}
    with pytest.raises(MatchingForbidden):
        getattr(answers, act)(identification=asked, officer_id=officer.pk, **extra)
    response = Client().post(f"/who/search/{asked.pk}/answer/{officer.pk}/", {"answer": act})
    assert response.status_code == 403
    assert not Face.objects.filter(photo=asked.photo).exists()
    assert Photo.objects.get(pk=asked.photo_id).expires_at is not None


class TestPages:
    """The same over HTTP, without a script."""

    def post(self, asked: Identification, path: str, **data: str) -> str:
        response = Client().post(f"/who/search/{asked.pk}/{path}", data)
        assert response.status_code == 302
        return str(response["Location"])

    def test_confirm_leads_to_the_thanks(self, where: Department) -> None:
        asked, (officer,) = answered_with(where, 1)
        thanks = self.post(asked, f"answer/{officer.pk}/", answer="confirm")
        assert Client().get(thanks).status_code == 200

    def test_pressing_the_wrong_one_afterwards_is_answered_in_words(self, where: Department) -> None:
        asked, (first, second) = answered_with(where, 2)
        client = Client()
        for officer in (first, second):
            path = f"/who/search/{asked.pk}/answer/{officer.pk}/"
            response = client.post(path, {"answer": "confirm"}, follow=True)
        assert response.status_code == 200
        assert answers.NAMED_ALREADY in response.content.decode()

    def test_given_to_the_volunteers(self, where: Department) -> None:
        asked, _ = answered_with(where, 1)
        self.post(asked, "none/", give="volunteers")
        assert Photo.objects.kept().filter(pk=asked.photo_id).exists()

    def test_a_new_officer_twice_is_one(self, where: Department) -> None:
        asked, _ = answered_with(where, 1)
        for _ in range(2):
            self.post(asked, "new/", **KNOWN)
        assert Officer.objects.filter(last_name="Doe").count() == 1

    def test_a_name_that_is_too_long_stays_in_its_field(self, where: Department) -> None:
        asked, _ = answered_with(where, 1)
        typed = {"last_name": "x" * 121, "first_name": "Ann", "badge_number": "77"}
        response = Client().post(f"/who/search/{asked.pk}/new/", typed)
        assert response.status_code == 400
        text = response.content.decode()
        assert all(f'value="{value}"' in text for value in typed.values())
        assert not Officer.objects.filter(first_name="Ann").exists()

    def test_deleted_leaves_nothing_of_the_question(self, where: Department) -> None:
        asked, _ = answered_with(where, 1)
        self.post(asked, "delete/")
        assert not Identification.objects.exists()
        assert not Photo.objects.filter(pk=asked.photo_id).exists()
        assert not Candidate.objects.exists()

    def test_deleting_the_question_keeps_what_was_given(self, where: Department) -> None:
        asked, (officer,) = answered_with(where, 1)
        answers.confirm(identification=asked, officer_id=officer.pk, by=None)
        self.post(asked, "delete/")
        assert Photo.objects.filter(pk=asked.photo_id).exists()
        assert Face.objects.filter(photo=asked.photo_id).exists()

    def test_a_day_later_the_link_is_dead(self, where: Department) -> None:
        asked, (officer,) = answered_with(where, 1)
        Identification.objects.update(expires_at=timezone.now())
        for path in (
            "",
            "status",
            "probe.jpg",
            "none/",
            "new/",
            "thanks/",
            "delete/",
            f"compare/{officer.pk}/",
        ):
            assert Client().get(f"/who/search/{asked.pk}/{path}").status_code == 404, path
