"""Tags, proposals and the second look: what follows from them, who is written down, and what is undone with a row."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError
from django.utils import timezone

from officers import departments, sorting, tagging
from officers.models import Department, Face, KnownPhoto, Officer, Photo, SortAnswer
from officers.signals import face_reviewed
from oversight import audit
from oversight.models import AuditEvent, User
from privacy.shapes import Rectangle
from tests import factories

BOX = Rectangle(10, 12, 60, 80)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def propose(where: Department, by: User | None = None, **known: str) -> Officer:
    known = {"first_name": " Ann ", "last_name": "Doe", "badge_number": " 12 ", **known}
    return tagging.add_unknown_officer(
        department=where, by=by, photo=factories.photo(where), box=BOX, **known
    )


@pytest.mark.django_db
class TestTagging:
    def test_a_tag_waits_and_is_written_down(self) -> None:
        where, by = factories.department(), factories.user()
        who, photo = factories.officer(where), factories.photo(where)
        face = tagging.tag(photo=photo, officer=who, box=BOX, by=by)
        assert (face.box, face.tagged_by, face.reviewed_at) == (BOX, by, None)
        assert not Face.objects.public().exists()
        event = AuditEvent.objects.get()
        assert (event.actor_id, event.action, event.subject_id) == (by.pk, "tagged a face", str(face.pk))
        assert event.facts == {"officer": who.pk}

    def test_a_visitor_is_written_down_as_one(self) -> None:
        where = factories.department()
        tagging.tag(photo=factories.photo(where), officer=factories.officer(where), box=BOX, by=None)
        assert AuditEvent.objects.get().actor == audit.VISITOR

    def test_the_same_tag_twice_is_one(self) -> None:
        where, by = factories.department(), factories.user()
        who, photo = factories.officer(where), factories.photo(where)
        first = tagging.tag(photo=photo, officer=who, box=BOX, by=by)
        assert tagging.tag(photo=photo, officer=who, box=Rectangle(1, 1, 9, 9), by=by) == first
        assert actions() == ["tagged a face"]

    def test_a_tagged_question_belongs_to_the_record(self) -> None:
        where = factories.department()
        photo = factories.photo(where, expires_at=timezone.now())
        tagging.tag(photo=photo, officer=factories.officer(where), box=BOX, by=None)
        assert Photo.objects.get().expires_at is None

    def test_an_officer_of_another_department_cannot_be_tagged(self) -> None:
        photo = factories.photo(factories.department())
        with pytest.raises(tagging.NotPossible, match="not in the department"):
            tagging.tag(photo=photo, officer=factories.officer(factories.department()), box=BOX, by=None)
        assert not Face.objects.exists()
        assert actions() == []

    def test_an_unknown_officers_face_is_public_to_nobody_and_can_be_named_later(self) -> None:
        where, first, second = factories.department(), factories.user(), factories.user()
        who, photo = factories.officer(where), factories.photo(where)
        unknown = tagging.tag(photo=photo, officer=None, box=BOX, by=first)
        assert tagging.tag(photo=photo, officer=None, box=Rectangle(12, 14, 60, 80), by=second) == unknown
        assert not Face.objects.waiting_for_review().exists()
        assert not Face.objects.public().exists()
        elsewhere = tagging.tag(photo=photo, officer=None, box=Rectangle(150, 12, 60, 80), by=first)
        named = tagging.tag(photo=photo, officer=who, box=Rectangle(14, 12, 60, 80), by=second)
        assert (named.pk, named.officer, named.tagged_by) == (unknown.pk, who, second)
        assert set(Face.objects.values_list("pk", "officer")) == {(unknown.pk, who.pk), (elsewhere.pk, None)}

    def test_ones_own_tag_can_be_taken_away_until_it_is_confirmed(self) -> None:
        where, by = factories.department(), factories.user()
        photo = factories.photo(where)
        Photo.objects.update(police="yes")
        face = tagging.tag(photo=photo, officer=factories.officer(where), box=BOX, by=by)
        assert not Photo.objects.to_tag().exists()
        with pytest.raises(tagging.NotPossible, match="own tags"):
            tagging.withdraw(face=face, by=factories.user())
        tagging.withdraw(face=face, by=by)
        assert not Face.objects.exists()
        assert Photo.objects.to_tag().get() == photo
        face = tagging.tag(photo=photo, officer=factories.officer(where), box=BOX, by=by)
        tagging.approve(face=face, by=factories.user())
        with pytest.raises(tagging.NotPossible, match="until somebody confirms"):
            tagging.withdraw(face=face, by=by)

    def test_a_photo_with_nobody_to_identify_leaves_the_queue_until_it_is_put_back(self) -> None:
        photo, by = factories.photo(factories.department()), factories.user()
        Photo.objects.update(police="yes")
        tagging.nobody_known(photo=photo, by=by)
        assert (Photo.objects.to_tag().count(), Photo.objects.nobody_known().count()) == (0, 1)
        tagging.ask_again(photo=photo, by=by)
        assert (Photo.objects.to_tag().count(), Photo.objects.nobody_known().count()) == (1, 0)


@pytest.mark.django_db
class TestSecondLook:
    @pytest.mark.parametrize("role", [User.Role.VOLUNTEER, User.Role.ADMIN])
    def test_nobody_confirms_their_own_tag(self, role: str) -> None:
        where, by = factories.department(), factories.user(role)
        face = tagging.tag(photo=factories.photo(where), officer=factories.officer(where), box=BOX, by=by)
        with pytest.raises(tagging.NotPossible, match="Somebody else"):
            tagging.approve(face=face, by=by)
        assert Face.objects.get().reviewed_at is None
        tagging.approve(face=face, by=factories.user(role))
        assert Face.objects.get().reviewed_at

    def test_yes_counts_publishes_the_proposed_and_says_so(self) -> None:
        who, by = propose(factories.department()), factories.user()
        assert (who.first_name, who.is_published) == ("Ann", False)
        heard: list[Face] = []
        face = Face.objects.get()

        def hear(face: Face, **_: Any) -> None:
            heard.append(face)

        face_reviewed.connect(hear)
        tagging.approve(face=face, by=by)
        face.refresh_from_db()
        assert (face.reviewed_by, face.reviewed_at is not None, heard) == (by, True, [face])
        assert Officer.objects.public().get() == who
        assert actions()[2:] == ["published an officer", "approved a face"]

    def test_yes_twice_is_once(self) -> None:
        propose(factories.department())
        face, first, second = Face.objects.get(), factories.user(), factories.user()
        tagging.approve(face=face, by=first)
        tagging.approve(face=face, by=second)
        assert Face.objects.get().reviewed_by == first
        assert actions().count("approved a face") == 1

    def test_no_drops_the_tag_and_the_proposal_but_keeps_the_photo(self) -> None:
        propose(factories.department())
        tagging.reject(face=Face.objects.get(), by=factories.user())
        assert (Face.objects.count(), Officer.objects.count(), Photo.objects.count()) == (0, 0, 1)
        assert actions()[2:] == ["rejected a face", "dropped a proposed officer"]

    def test_no_keeps_a_published_officer(self) -> None:
        where = factories.department()
        who = factories.officer(where)
        tagging.reject(face=factories.face(who, factories.photo(where), reviewed=False), by=factories.user())
        assert Officer.objects.get() == who

    def test_no_keeps_a_proposal_that_another_tag_shows(self) -> None:
        where = factories.department()
        who = propose(where)
        other = factories.face(who, factories.photo(where), reviewed=False)
        tagging.reject(face=other, by=factories.user())
        assert Officer.objects.get() == who

    @pytest.mark.parametrize("was_proposed", [True, False])
    def test_no_keeps_an_officer_who_was_public_once_and_is_hidden_now(self, was_proposed: bool) -> None:
        where = factories.department()
        if was_proposed:
            who = propose(where)
            tagging.approve(face=Face.objects.get(), by=factories.user())
            Face.objects.all().delete()
        else:
            who = factories.officer(where)
        Officer.objects.update(is_published=False)
        tagging.reject(face=factories.face(who, factories.photo(where), reviewed=False), by=factories.user())
        assert Officer.objects.get() == who


class TestFailingAudit:
    """Where the row about an act cannot be written, the act has not happened. The table itself refuses the row."""

    @pytest.mark.stack
    def test_nothing_happens_without_its_row(self, stack: Any) -> None:
        where, by = factories.department(), factories.user(User.Role.ADMIN)
        allowed = factories.department(allowed=True)
        who, photo = factories.officer(where), factories.photo(where)
        face = factories.face(who, photo, reviewed=False)
        untagged = factories.photo(where)
        own = factories.face(who, factories.photo(where), reviewed=False, tagged_by=by)
        sorted_photo = factories.photo(where)
        sorting.say(photo=sorted_photo, says="yes", by=by)
        owner: psycopg.Connection = stack.connect("owner")
        owner.execute('ALTER TABLE oversight_auditevent ADD CONSTRAINT "full" CHECK (false) NOT VALID')
        owner.commit()
        acts: dict[str, Callable[[], object]] = {
            "tag": lambda: tagging.tag(photo=untagged, officer=who, box=BOX, by=by),
            "propose": lambda: propose(where, by),
            "approve": lambda: tagging.approve(face=face, by=by),
            "reject": lambda: tagging.reject(face=face, by=by),
            "sort": lambda: sorting.say(photo=photo, says="no", by=by),
            "take back": lambda: sorting.take_back(photo=sorted_photo, by=by),
            "decide": lambda: sorting.decide(photo=photo, police="no", by=by),
            "test": lambda: sorting.mark_known(photo=sorted_photo, by=by),
            "nobody": lambda: tagging.nobody_known(photo=sorted_photo, by=by),
            "withdraw": lambda: tagging.withdraw(face=own, by=by),
            "forbid": lambda: departments.forbid_matching(department=allowed, by=by),
        }
        before = self._state()
        for name, act in acts.items():
            with pytest.raises(DatabaseError):
                act()
            assert self._state() == before, name

    @staticmethod
    def _state() -> list[Any]:
        faces = Face.objects.order_by("pk").values_list("pk", "reviewed_at", "photo")
        touched = Photo.objects.exclude(police="", faces=None, left_tagging_at=None).distinct()
        photos = touched.order_by("pk").values_list("pk", "police", "left_tagging_at")
        answers = SortAnswer.objects.order_by("pk").values_list("pk", "says")
        flags = Department.objects.order_by("pk").values_list("is_facial_recognition_allowed", flat=True)
        return [
            list(faces),
            list(photos),
            list(answers),
            list(flags),
            Officer.objects.count(),
            KnownPhoto.objects.count(),
        ]
