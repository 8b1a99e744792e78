"""What whom may be shown, as one table: nothing unreviewed or hidden is public, and everybody keeps only their own."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from officers import links, name_search
from officers.cards import card
from officers.models import Coordination, Department, Face, Officer, Photo
from officers.querysets import keeps
from oversight.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_hidden_department_hides_all_that_is_only_there() -> None:
    hidden, shown = factories.department(is_published=False), factories.department()
    only_there = factories.officer(hidden, badge="1")
    in_both = factories.officer(hidden, badge="2", last_name="Both")
    in_both.assignments.create(department=shown, badge_number="3")
    factories.face(only_there, factories.photo(hidden))
    assert list(Department.objects.public()) == [shown]
    assert list(Officer.objects.public()) == [in_both]
    assert not Face.objects.public().exists()


def test_the_badge_of_a_hidden_department_neither_finds_nor_shows_an_officer() -> None:
    hidden, shown = factories.department(is_published=False), factories.department()
    who = factories.officer(shown, badge="3", last_name="Both")
    who.assignments.create(department=hidden, badge_number="2")
    public = Officer.objects.public()
    assert not name_search.named(public, "2").exists()
    assert list(name_search.named(public, "3 both")) == [who]
    found = public.for_cards().get()
    assert [stint.department for stint in found.assignments.all()] == [shown]
    assert card(found).badge == "3"


@pytest.mark.parametrize("hidden_by", ["the officer", "the review", "nothing"])
def test_a_face_is_public_when_it_was_reviewed_and_its_officer_is(hidden_by: str) -> None:
    where = factories.department()
    who = factories.officer(where, is_published=hidden_by != "the officer")
    face = factories.face(who, factories.photo(where), reviewed=hidden_by != "the review")
    assert list(Face.objects.public()) == ([face] if hidden_by == "nothing" else [])
    assert list(Face.objects.waiting_for_review()) == ([face] if hidden_by == "the review" else [])
    shown = Officer.objects.for_cards().get()
    assert card(shown).photo_url == (f"/faces/{face.pk}.jpg" if hidden_by == "nothing" else "")


def test_somebodys_question_is_not_in_the_record() -> None:
    where = factories.department()
    factories.photo(where, expires_at=timezone.now() + timedelta(hours=1))
    kept = factories.photo(where)
    assert list(Photo.objects.kept()) == [kept]


def test_who_keeps_which_department() -> None:
    mine, other = factories.department(), factories.department()
    coordinator, volunteer, admin = factories.user(), factories.user(), factories.user(User.Role.ADMIN)
    Coordination.objects.create(user=coordinator, department=mine)
    gone = factories.user(is_active=False)
    Coordination.objects.create(user=gone, department=mine)
    table: dict[User | AnonymousUser, list[Department]] = {
        coordinator: [mine],
        volunteer: [],
        admin: [mine, other],
        gone: [],
        AnonymousUser(): [],
    }
    for who, theirs in table.items():
        assert list(Department.objects.kept_by(who).order_by("pk")) == theirs, who
        assert [where for where in (mine, other) if keeps(who, where)] == theirs, who


def test_the_order_of_a_list_and_what_comes_after_are_one() -> None:
    where = factories.department()
    names = [("Adams", "Bo"), ("Adams", "Al"), ("", ""), ("Zoe", ""), ("Adams", "Al"), ("Öst", "Å")]
    for last, first in names:
        factories.officer(where, last_name=last, first_name=first)
    ordered = list(Officer.objects.order_by("last_name", "first_name", "pk"))
    for place, officer in enumerate(ordered):
        after = Officer.objects.after_name(officer.last_name, officer.first_name, officer.pk)
        assert list(after.order_by("last_name", "first_name", "pk")) == ordered[place + 1 :]


class TestLinks:
    """A link opens one photo, for a day, and only as it was given."""

    def test_it_opens_its_photo(self) -> None:
        photo = factories.photo(factories.department(), expires_at=timezone.now() + timedelta(hours=1))
        assert links.photo_for(links.token_for(photo)) == photo

    def test_it_opens_nothing_when_the_time_is_over_though_nobody_deleted_yet(self) -> None:
        photo = factories.photo(factories.department(), expires_at=timezone.now() - timedelta(seconds=1))
        assert links.photo_for(links.token_for(photo)) is None

    @pytest.mark.parametrize("token", ["", "x", ":::", "a" * 32, "0" * 32 + ":1:2"])
    def test_a_made_up_one_opens_nothing(self, token: str) -> None:
        assert links.photo_for(token) is None

    def test_a_changed_one_opens_nothing(self) -> None:
        one, other = (factories.photo(factories.department()) for _ in range(2))
        token = links.token_for(one)
        assert links.photo_for(other.pk.hex + token[32:]) is None
        assert links.photo_for(token[:-1] + ("A" if token[-1] != "A" else "B")) is None

    def test_it_dies_after_a_day(self, settings: pytest.FixtureRequest) -> None:
        token = links.token_for(factories.photo(factories.department()))
        settings.PROBE_HOURS = 0  # type: ignore[attr-defined]
        assert links.photo_for(token) is None
