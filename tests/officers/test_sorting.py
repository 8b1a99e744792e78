"""Sorting: how answers become a decision, who is asked about what, and whose answers count."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from officers import claims, progress, sorting, trust
from officers.models import Claim, Department, KnownPhoto, Photo, SortAnswer
from oversight.models import AuditEvent, User
from tests import factories

pytestmark = pytest.mark.django_db
SORT = Claim.Task.SORT


@pytest.fixture
def two(settings: Any) -> None:
    """Two people must say the same."""
    settings.SORT_CONSENSUS = 2


def say(photo: Photo, says: str, by: User | None = None) -> User:
    by = by or factories.user()
    assert sorting.say(photo=photo, says=says, by=by)
    return by


def state(photo: Photo) -> str:
    return Photo.objects.values_list("police", flat=True).get(pk=photo.pk)


def photos(count: int, where: Department | None = None) -> list[Photo]:
    """Rows without pixels: only their places in the queue matter here."""
    where = where or factories.department()
    made = [
        Photo(department=where, width=640, height=480, pixel_sha256=uuid.uuid4().hex, upload_sha256="")
        for _ in range(count)
    ]
    return Photo.objects.bulk_create(made)


def known(police: str) -> Photo:
    (photo,) = photos(1)
    by = factories.user(User.Role.ADMIN)
    sorting.decide(photo=photo, police=police, by=by)
    assert sorting.mark_known(photo=photo, by=by)
    return photo


@pytest.mark.usefixtures("two")
class TestAgreement:
    @pytest.mark.parametrize(
        ("answers", "result", "readable"),
        [
            (["yes"], "", False),
            (["yes", "yes"], "yes", False),
            (["yes", "readable"], "yes", True),
            (["no", "no"], "no", False),
            (["yes", "no"], "escalated", False),
            (["yes", "unclear"], "escalated", False),
            (["unclear", "unclear"], "escalated", False),
        ],
    )
    def test_answers_come_to_this(self, answers: list[str], result: str, readable: bool) -> None:
        (photo,) = photos(1)
        for says in answers:
            say(photo, says)
        photo.refresh_from_db()
        assert (photo.police, photo.has_readable_name, photo.police_said_by) == (result, readable, None)

    def test_one_person_cannot_agree_with_themselves(self) -> None:
        (photo,) = photos(1)
        by = say(photo, "no")
        say(photo, "yes", by)
        assert (state(photo), SortAnswer.objects.get().says) == ("", "yes")

    def test_who_comes_too_late_changes_nothing(self) -> None:
        (photo,) = photos(1)
        say(photo, "yes")
        say(photo, "yes")
        assert not sorting.say(photo=photo, says="no", by=factories.user())
        assert (state(photo), SortAnswer.objects.count()) == ("yes", 2)

    def test_an_answer_is_written_down_and_nothing_else_is_one(self) -> None:
        (photo,) = photos(1)
        say(photo, "readable")
        event = AuditEvent.objects.get()
        assert (event.action, event.facts) == ("sorted a photo", {"answer": "readable"})
        with pytest.raises(ValueError, match="maybe"):
            sorting.say(photo=photo, says="maybe", by=factories.user())

    def test_undo_reopens_what_was_decided_and_is_for_ones_own_answer_only(self) -> None:
        (photo,) = photos(1)
        first = say(photo, "yes")
        say(photo, "yes")
        assert not sorting.take_back(photo=photo, by=factories.user())
        assert sorting.take_back(photo=photo, by=first)
        assert (state(photo), SortAnswer.objects.count()) == ("", 1)
        assert [p.pk for p in claims.hold(task=SORT, by=first)] == [photo.pk]
        say(photo, "no", first)
        assert state(photo) == "escalated"

    @pytest.mark.parametrize("police", ["yes", "no", "unclear"])
    def test_a_coordinators_word_stands(self, police: str) -> None:
        (photo,) = photos(1)
        first, keeper = say(photo, "yes"), factories.user()
        say(photo, "no")
        sorting.decide(photo=photo, police=police, by=keeper)
        assert not sorting.take_back(photo=photo, by=first)
        photo.refresh_from_db()
        assert (photo.police, photo.police_said_by) == (police, keeper)

    @pytest.mark.parametrize("police", ["", "escalated", "maybe"])
    def test_anything_else_decides_nothing(self, police: str) -> None:
        (photo,) = photos(1)
        with pytest.raises(ValueError):
            sorting.decide(photo=photo, police=police, by=factories.user())
        assert state(photo) == ""


class TestClaims:
    def test_the_likeliest_come_first_then_the_oldest(self) -> None:
        unseen, low, high, old = photos(4)
        Photo.objects.filter(pk=low.pk).update(likely_police=0.1)
        Photo.objects.filter(pk=high.pk).update(likely_police=0.9)
        Photo.objects.filter(pk=old.pk).update(received_on=timezone.now().date() - timedelta(days=9))
        held = claims.hold(task=SORT, by=factories.user(), count=4)
        assert [p.pk for p in held] == [high.pk, low.pk, old.pk, unseen.pk]

    def test_what_lies_before_one_person_lies_before_nobody_else(self) -> None:
        photos(3)
        one, other = factories.user(), factories.user()
        first = {p.pk for p in claims.hold(task=SORT, by=one, count=2)}
        assert {p.pk for p in claims.hold(task=SORT, by=one, count=2)} == first  # a reload, another tab
        second = {p.pk for p in claims.hold(task=SORT, by=other, count=2)}
        assert (len(first), len(second), first & second) == (2, 1, set())

    def test_a_claim_runs_out(self) -> None:
        (photo,) = photos(1)
        one, other = factories.user(), factories.user()
        claims.hold(task=SORT, by=one)
        assert claims.hold(task=SORT, by=other) == []
        Claim.objects.update(until=timezone.now() - timedelta(seconds=1))
        assert [p.pk for p in claims.hold(task=SORT, by=other)] == [photo.pk]
        assert claims.hold(task=SORT, by=one) == []
        Claim.objects.update(until=timezone.now() - timedelta(hours=1))
        assert claims.forget_expired() == 1

    def test_skipping_gives_it_to_somebody_else(self) -> None:
        (photo,) = photos(1)
        one, other = factories.user(), factories.user()
        claims.hold(task=SORT, by=one)
        assert claims.hold(task=SORT, by=one, skip=[photo.pk]) == []
        assert [p.pk for p in claims.hold(task=SORT, by=other)] == [photo.pk]

    @pytest.mark.usefixtures("two")
    def test_as_many_people_as_are_needed_have_it_and_no_more(self) -> None:
        (photo,) = photos(1)
        people = [factories.user() for _ in range(3)]
        assert [len(claims.hold(task=SORT, by=by)) for by in people] == [1, 1, 0]
        say(photo, "yes", people[0])
        assert claims.hold(task=SORT, by=people[0]) == []  # answered: not again
        assert claims.hold(task=SORT, by=people[2]) == []  # one answer and one who has it
        say(photo, "yes", people[1])
        assert (state(photo), Claim.objects.count()) == ("yes", 0)

    def test_fewer_people_needed_than_before_loses_no_photo(self, settings: Any) -> None:
        settings.SORT_CONSENSUS = 3
        (photo,) = photos(1)
        say(photo, "yes")
        say(photo, "yes")
        settings.SORT_CONSENSUS = 2
        by = factories.user()
        assert [p.pk for p in claims.hold(task=SORT, by=by)] == [photo.pk]
        say(photo, "yes", by)
        assert state(photo) == "yes"

    def test_somebodys_question_is_never_shown(self) -> None:
        photo = factories.photo(factories.department(), expires_at=timezone.now() + timedelta(hours=1))
        assert claims.hold(task=SORT, by=factories.user(), wanted=photo.pk) == []

    def test_the_next_photo_is_read_from_an_index_in_its_order(self) -> None:
        """Nothing is sorted and no table read as a whole, so that a long queue costs what a short one does."""
        with connection.cursor() as cursor:
            for step in (
                "enable_seqscan",
                "enable_bitmapscan",
            ):  # a table of a test's size would be read as a whole
                cursor.execute(f"SET LOCAL {step} = off")
        to_sort = claims._to_sort(factories.user())[:1].explain()
        assert "using photos_to_sort" in to_sort
        assert "Sort Key" not in to_sort
        to_tag = claims._to_tag()[:1].explain()
        assert "using photos_to_tag" in to_tag
        assert "Sort Key" not in to_tag

    def test_a_photo_that_is_asked_for_comes_first(self) -> None:
        some, by = photos(5), factories.user()
        claims.hold(task=SORT, by=by, count=2)
        assert claims.hold(task=SORT, by=by, count=2, wanted=some[4].pk)[0].pk == some[4].pk


class TestTestPhotos:
    def answer(self, by: User, *, right: int, wrong: int) -> None:
        for says in ["no"] * right + ["yes"] * wrong:
            photo = known("no")
            claims.renew(photo=photo, task=SORT, by=by)
            say(photo, says, by)

    @pytest.mark.parametrize(
        ("right", "wrong", "counts"),
        [
            (0, 0, True),
            (0, 1, True),
            (0, 2, False),
            (2, 2, True),
            (1, 3, False),
            (10, 5, True),
            (10, 6, False),
        ],
    )
    def test_how_many_wrong_answers_are_too_many(self, right: int, wrong: int, counts: bool) -> None:
        by = factories.user()
        self.answer(by, right=right, wrong=wrong)
        assert (trust.of(by), trust.counts(by)) == (trust.Trust(right + wrong, right), counts)

    @pytest.mark.usefixtures("two")
    def test_answers_of_who_is_not_trusted_do_not_count_and_others_are_asked(self) -> None:
        before, after = photos(2)
        by = factories.user()
        say(before, "no", by)
        self.answer(by, right=0, wrong=2)
        say(after, "no", by)
        assert not SortAnswer.objects.filter(photo__in=[before, after], counts=True).exists()
        for photo in (before, after):
            say(photo, "yes")
            say(photo, "yes")
            assert state(photo) == "yes"

    def test_one_photo_in_each_fifteen_is_a_test_and_none_is_met_twice(self) -> None:
        tests = {known("yes").pk for _ in range(6)}
        photos(90)
        by, met = factories.user(), []
        for _ in range(90):
            (photo,) = claims.hold(task=SORT, by=by)
            met.append(photo.pk in tests)
            say(photo, "yes", by)
        assert [sum(met[at : at + 15]) for at in range(0, 90, 15)] == [1] * 6
        assert trust.of(by) == trust.Trust(6, 6)

    def test_a_test_photo_keeps_its_answer_and_can_be_undone_like_any_other(self) -> None:
        photo, by = known("yes"), factories.user()
        claims.renew(photo=photo, task=SORT, by=by)
        say(photo, "no", by)
        assert state(photo) == "yes"
        assert sorting.take_back(photo=photo, by=by)
        assert [p.pk for p in claims.hold(task=SORT, by=by, wanted=photo.pk)] == [photo.pk]
        say(photo, "readable", by)
        assert (state(photo), trust.of(by)) == ("yes", trust.Trust(1, 1))

    def test_only_a_clear_photo_can_test(self) -> None:
        (photo,) = photos(1)
        by = factories.user()
        assert not sorting.mark_known(photo=photo, by=by)
        sorting.decide(photo=photo, police="unclear", by=by)
        assert not sorting.mark_known(photo=photo, by=by)
        sorting.decide(photo=photo, police="no", by=by)
        assert sorting.mark_known(photo=photo, by=by)
        sorting.unmark_known(photo=photo, by=by)
        assert not KnownPhoto.objects.exists()


def test_progress_is_ones_own_of_today_and_each_departments() -> None:
    where, by = factories.department(name="Alder"), factories.user()
    first, second, _ = photos(3, where)
    say(first, "yes", by)
    say(second, "no", by)
    say(photos(1)[0], "no")
    SortAnswer.objects.filter(photo=first).update(answered_at=timezone.now() - timedelta(days=2))
    assert progress.of(by) == progress.Own(today=1, in_all=2)
    rows = {row["department__name"]: (row["waiting"], row["done"]) for row in progress.by_department()}
    assert rows["Alder"] == (1, 2)
