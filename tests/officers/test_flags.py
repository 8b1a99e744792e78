"""Flags: what hides at once and what waits, who decides, what comes of each decision, and what nobody may store."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from officers import flags, holds, private_details, tickets
from officers.models import Assignment, Coordination, Face, Flag, Hold, Photo
from oversight.models import AuditEvent, User
from tests import factories
from tests.officers.world import World

pytestmark = pytest.mark.django_db
FINDING = "Looked at the photo with a colleague."


@pytest.fixture
def world() -> World:
    return World()


def coordinator(where: Any) -> User:
    person = factories.user()
    Coordination.objects.create(user=person, department=where)
    return person


def flag(world: World, reason: str, *, face: bool = True) -> Flag:
    code = flags.flag_photo(photo=world.kept, face=world.face if face else None, reason=reason, text="")
    return Flag.objects.get(code_hash=tickets.code_hash(code))


def decide(it: Flag, outcome: str, by: User, **more: Any) -> None:
    flags.decide(flag=it, outcome=outcome, finding=FINDING, by=by, **more)


def is_public(face: Face) -> bool:
    return Face.objects.public().filter(pk=face.pk).exists()


@pytest.mark.parametrize("reason", [choice for choice, _ in Flag.Reason.choices])
def test_only_what_cannot_wait_is_hidden_before_anybody_looked(world: World, reason: str) -> None:
    flag(world, reason)
    assert is_public(world.face) == (reason not in {"minor", "private", "illinois"})


@pytest.mark.parametrize("reason", [choice for choice, _ in Flag.Reason.choices])
def test_no_flag_hides_an_officers_page_by_itself(world: World, reason: str, client: Client) -> None:
    flags.flag_officer(officer=world.officer, reason=reason, part="name", text="It is wrong.")
    assert client.get(reverse("officer", args=[world.officer.pk])).status_code == 200
    assert Flag.objects.get().department == world.a


def test_leaving_it_shows_it_again_and_the_same_complaint_then_waits(world: World) -> None:
    keeper = coordinator(world.a)
    decide(flag(world, "minor"), "kept", keeper)
    assert is_public(world.face)
    flag(world, "minor")
    assert is_public(world.face), "whoever likes could hide it again and again"
    flag(world, "private")
    assert not is_public(world.face), "another complaint is another matter"


def test_one_of_two_flags_left_as_it_is_shows_nothing(world: World) -> None:
    first, second = flag(world, "minor"), flag(world, "private")
    decide(first, "kept", coordinator(world.a))
    assert not is_public(world.face)
    decide(second, "kept", coordinator(world.a))
    assert is_public(world.face)


def test_hiding_makes_the_hold_the_coordinators(world: World) -> None:
    keeper = coordinator(world.a)
    decide(flag(world, "minor"), "hidden", keeper)
    assert not is_public(world.face)
    assert Hold.objects.standing().get().by == keeper


def test_illinois_sets_the_mark_only_when_somebody_confirms_it(world: World) -> None:
    def marks() -> tuple[bool, bool]:
        stored = Photo.objects.get(pk=world.kept.pk)
        return stored.taken_in_prohibited_place, stored.ever_prohibited

    it = flag(world, "illinois")
    assert not is_public(world.face)
    assert marks() == (False, False)
    decide(it, "prohibited", coordinator(world.a))
    assert marks() == (True, True)
    assert not is_public(world.face)
    Photo.objects.filter(pk=world.kept.pk).update(taken_in_prohibited_place=False)
    assert marks() == (False, True), "one way only"


def test_an_officer_from_illinois_is_never_compared_again(world: World) -> None:
    code = flags.flag_officer(officer=world.officer, reason="illinois", part="", text="")
    it = Flag.objects.get(code_hash=tickets.code_hash(code))
    decide(it, "prohibited", coordinator(world.a))
    world.officer.refresh_from_db()
    world.kept.refresh_from_db()
    assert (world.officer.ever_prohibited, world.kept.ever_prohibited) == (True, True)


def test_a_tag_can_be_taken_away(world: World) -> None:
    it = flag(world, "wrong_officer")
    decide(it, "untagged", coordinator(world.a))
    it.refresh_from_db()
    assert not Face.objects.filter(pk=world.face.pk).exists()
    assert (it.outcome, it.face, it.photo) == ("untagged", None, world.kept)


def test_a_photo_moves_and_leaves_tags_behind_that_do_not_belong_there(world: World) -> None:
    both = factories.officer(world.a, world.b)
    stays = factories.face(both, world.kept)
    decide(flag(world, "wrong_department"), "moved", coordinator(world.a), department=world.b)
    world.kept.refresh_from_db()
    assert world.kept.department == world.b
    assert list(world.kept.faces.all()) == [stays]
    assert world.kept.filings.filter(department=world.b).exists()


def test_moving_needs_a_place_to_move_to(world: World) -> None:
    with pytest.raises(ValidationError, match="Choose the department"):
        decide(flag(world, "wrong_department"), "moved", coordinator(world.a))
    assert Flag.objects.get().ended_at is None


@pytest.mark.parametrize("outcome", ["kept", "hidden", "prohibited", "untagged", "deleted", "moved"])
def test_nobody_decides_for_a_department_they_do_not_keep(world: World, outcome: str) -> None:
    it = flag(world, "minor")
    for stranger in (factories.user(), coordinator(world.b)):
        with pytest.raises(PermissionDenied):
            decide(it, outcome, stranger, department=world.b)
    it.refresh_from_db()
    assert it.ended_at is None


def test_a_decision_needs_words_and_is_made_once(world: World) -> None:
    it, keeper = flag(world, "not_police"), coordinator(world.a)
    with pytest.raises(ValidationError, match="Write down"):
        flags.decide(flag=it, outcome="kept", finding="ok", by=keeper)
    decide(it, "kept", keeper)
    with pytest.raises(ValidationError, match="decided this already"):
        decide(it, "hidden", keeper)
    assert is_public(world.face)


def test_each_step_is_in_the_audit_log_and_none_says_what_was_written(world: World) -> None:
    code = flags.flag_photo(photo=world.kept, face=world.face, reason="minor", text="A boy called Timothy.")
    decide(Flag.objects.get(code_hash=tickets.code_hash(code)), "hidden", coordinator(world.a))
    rows = list(AuditEvent.objects.order_by("pk").values_list("action", "actor"))
    assert [action for action, _ in rows][-5:] == ["flagged", "hid", "hid", "ended a hold", "decided a flag"]
    assert rows[-5][1] == "visitor"
    assert "Timothy" not in str(list(AuditEvent.objects.values()))


def test_words_are_forgotten_some_days_after_the_end(world: World) -> None:
    code = flags.flag_photo(photo=world.kept, reason="not_police", text="That is a guard of the bank.")
    it = Flag.objects.get(code_hash=tickets.code_hash(code))
    assert tickets.forget_words() == 0
    decide(it, "kept", coordinator(world.a))
    assert tickets.forget_words() == 0
    Flag.objects.update(ended_at=timezone.now() - timedelta(days=31))
    assert tickets.forget_words() == 1
    it.refresh_from_db()
    assert (it.text, it.finding) == ("", FINDING)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Badge 4417, seen on 12 May 2024 at 5th and Main Street", []),
        ("The officer at 200 yards from the street", []),
        ("(555) 012-3456", ["a phone number"]),
        ("+1 555.012.3456", ["a phone number"]),
        ("123-45-6789", ["a social security number"]),
        ("1204 Old Mill Rd", ["a street address"]),
        ("a.b@c.example.org", ["an e-mail address"]),
    ],
)
def test_what_counts_as_a_private_detail(text: str, found: list[str]) -> None:
    assert private_details.found_in(text) == found


def test_codes_are_long_and_none_is_like_another() -> None:
    codes = {tickets.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert {len(code) for code in codes} == {19}
    assert tickets.find("") is None


def test_an_officer_moved_away_is_still_held_by_who_keeps_them_now(world: World) -> None:
    """Who keeps any department of an officer may hold them, whichever it is by now."""
    keeper = coordinator(world.b)
    assert not holds.may_hold(keeper, world.officer)
    Assignment.objects.create(officer=world.officer, department=world.b)
    assert holds.may_hold(keeper, world.officer)
