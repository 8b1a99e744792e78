"""How far the work is: for one volunteer, for each department, and what waits for whom. Nobody is ranked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from officers.models import Department, Document, Face, Flag, Photo, Publication, SortAnswer
from officers.querysets import FaceQuerySet
from oversight.models import User

BREAK_AFTER = 50  # answers in a day
MOST_COUNTED = 100  # a longer list is only said to be long: counting all of it helps nobody


@dataclass(frozen=True, slots=True)
class Own:
    """How many photos a person sorted, today (in the site's time zone) and in all."""

    today: int
    in_all: int

    @property
    def is_time_for_a_break(self) -> bool:
        return self.today > 0 and self.today % BREAK_AFTER == 0


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work, with how much of it waits (at most MOST_COUNTED)."""

    words: str
    url: str
    icon: str
    number: int

    @property
    def waiting(self) -> str:
        return str(self.number) if self.number < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def of(person: User) -> Own:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    answers = SortAnswer.objects.filter(person=person)
    return Own(**answers.aggregate(today=Count("pk", filter=Q(answered_at__gte=today)), in_all=Count("pk")))


def waiting(rows: "QuerySet[Any]") -> int:
    """How many, counted no further than MOST_COUNTED."""
    return rows.order_by()[:MOST_COUNTED].count()


def _waiting_each(first: "QuerySet[Any]", second: "QuerySet[Any]") -> tuple[int, int]:
    """As `waiting` of both, in one query."""
    one, other = (
        rows.order_by().annotate(at=Value(at)).values_list("at")[:MOST_COUNTED]
        for at, rows in enumerate((first, second))
    )
    found = [at for (at,) in one.union(other, all=True)]
    return found.count(0), found.count(1)


def by_department() -> Iterable[Mapping[str, object]]:
    """Name, photos sorted and photos waiting of each department that has any."""
    is_sorted = ~Q(police__in=[Photo.Police.UNKNOWN, Photo.Police.ESCALATED])
    rows = Photo.objects.kept().values("department", "department__name").order_by("department__name")
    return rows.annotate(done=Count("pk", filter=is_sorted), waiting=Count("pk", filter=~is_sorted))


def to_review(person: User) -> FaceQuerySet:
    """Tags that wait for a second look in the departments this person keeps; others tagged some, they some."""
    kept = Department.objects.kept_by(person)
    waiting_tags: FaceQuerySet = Face.objects.waiting_for_review().filter(photo__department__in=kept)
    return waiting_tags


def _to_publish(person: User) -> QuerySet[Publication]:
    """Covered photos that wait for the look without which nothing is public."""
    return Publication.objects.kept_by(person).filter(state=Publication.State.WAITING)


def _to_read(person: User) -> QuerySet[Document]:
    """Documents that wait for the look without which nothing is public."""
    return Document.objects.kept_by(person).waiting()


def work(person: User) -> list[Work]:
    """What waits for this person: sorting and tagging; a second look and decisions where they keep a department."""
    photos = Photo.objects
    found = [
        Work("Sort", reverse("photo-queue"), "photo", waiting(photos.to_sort())),
        Work("Tag", reverse("tag-queue"), "face", waiting(photos.to_tag())),
    ]
    kept = Department.objects.kept_by(person)
    if kept.exists():
        documents, flags = _waiting_each(_to_read(person), Flag.objects.kept_by(person).filter(ended_at=None))
        escalated = waiting(photos.escalated().filter(department__in=kept))
        found += [
            Work("Review", reverse("review"), "check", waiting(to_review(person).of_somebody_else(person))),
            Work("Publish", reverse("publishing"), "photo", waiting(_to_publish(person))),
            Work("Documents", reverse("documents-waiting"), "document", documents),
            Work("Decide", reverse("photos-escalated"), "question", escalated),
            Work("Flags", reverse("flags"), "alert", flags),
        ]
    return found
