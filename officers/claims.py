"""Which photo lies before whom, so that two people do not do one photo.

A claim runs out by itself. A photo's row is locked while a claim on it is made, and looked at once more under the lock,
because a claim made a moment ago is not seen by a statement that began before. Rows that others hold are passed over.
"""

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from officers import trust
from officers.models import Claim, Photo, SortAnswer
from officers.querysets import PhotoQuerySet
from oversight.models import User

LASTS = timedelta(minutes=5)
TRIES = 5
Task = Claim.Task
Ids = Collection[uuid.UUID]


def hold(
    *, task: str, by: User, count: int = 1, skip: Ids = (), wanted: uuid.UUID | None = None
) -> list[Photo]:
    """Up to `count` photos that are this person's now, the first one to be shown, with their departments.

    `skip`: not these; `wanted`: this one first, if it can be had.
    """
    release(task=task, by=by, photos=skip)
    ids = _held(task, by)
    if wanted is not None and wanted not in ids:
        ids += _claim(_claimable(task, by).filter(pk=wanted), task, by, 1)
    ids.sort(key=lambda pk: pk != wanted)
    if len(ids) < count and task == Task.SORT and trust.is_test_due(by):
        ids += _claim(_tests(by).exclude(pk__in=[*skip, *ids]), task, by, 1)
    if len(ids) < count:
        ids += _claim(_claimable(task, by).exclude(pk__in=skip), task, by, count - len(ids))
    Claim.objects.filter(person=by, task=task, photo__in=ids[:count]).update(until=timezone.now() + LASTS)
    photos = Photo.objects.select_related("department").in_bulk(ids[:count])
    return [photos[pk] for pk in ids[:count]]


def _held(task: str, by: User) -> list[uuid.UUID]:
    """What this person holds still; what ran out is dropped first."""
    mine = Claim.objects.filter(person=by, task=task)
    mine.filter(until__lte=timezone.now()).delete()
    return list(mine.order_by("pk").values_list("photo", flat=True))


def _claim(free: PhotoQuerySet, task: str, by: User, count: int) -> list[uuid.UUID]:
    """Claim the first `count` of `free`. Tries again when somebody was quicker."""
    claimed: list[uuid.UUID] = []
    for _ in range(TRIES):
        with transaction.atomic():
            rows = free.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list(
                "pk", flat=True
            )
            locked = list(rows[: count - len(claimed)])
            still_free = set(free.filter(pk__in=locked).values_list("pk", flat=True)) if locked else set()
            got = [pk for pk in locked if pk in still_free]
            until = timezone.now() + LASTS
            Claim.objects.bulk_create(Claim(photo_id=pk, person=by, task=task, until=until) for pk in got)
        claimed += got
        if not locked or len(claimed) == count:
            break
    return claimed


def _claimable(task: str, by: User) -> PhotoQuerySet:
    return _to_sort(by) if task == Task.SORT else _to_tag()


def _to_sort(by: User) -> PhotoQuerySet:
    """Fewer people have it or have answered than are needed. One whom nobody has can always be had: none is lost."""
    live = Claim.objects.filter(photo=OuterRef("pk"), task=Task.SORT, until__gt=timezone.now())
    counted = SortAnswer.objects.filter(photo=OuterRef("pk"), counts=True)
    return (
        Photo.objects.to_sort()
        .filter(~Exists(SortAnswer.objects.filter(photo=OuterRef("pk"), person=by)))
        .filter(~Exists(live.filter(person=by)))
        .alias(people=_number(live) + _number(counted))
        .filter(~Exists(live) | Q(people__lt=settings.SORT_CONSENSUS))
    )


def _number(rows: QuerySet[Any]) -> Coalesce:
    """How many rows a correlated query finds, as part of another."""
    found = rows.order_by().values("photo").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def _tests(by: User) -> PhotoQuerySet:
    """Photos whose answer is known and that this person has not met, in no order that could be foreseen."""
    mine = SortAnswer.objects.filter(photo=OuterRef("pk"), person=by)
    held = Claim.objects.filter(photo=OuterRef("pk"), person=by, task=Task.SORT)
    return Photo.objects.kept().filter(~Exists(mine), ~Exists(held), known__isnull=False).order_by("?")


def _to_tag() -> PhotoQuerySet:
    """One person at a time."""
    live = Claim.objects.filter(photo=OuterRef("pk"), task=Task.TAG, until__gt=timezone.now())
    return Photo.objects.to_tag().filter(~Exists(live))


def holds(*, photo: Photo, task: str, by: User) -> bool:
    """Does the photo lie before this person? A little late is not too late while nobody else has it."""
    return Claim.objects.filter(photo=photo, task=task, person=by).exists()


def renew(*, photo: Photo, task: str, by: User) -> None:
    """The photo lies before this person again, whoever else has it."""
    until = timezone.now() + LASTS
    Claim.objects.update_or_create(photo=photo, task=task, person=by, defaults={"until": until})


def release(*, task: str, by: User, photos: Ids) -> None:
    if photos:
        Claim.objects.filter(photo__in=photos, task=task, person=by).delete()


def forget_expired() -> int:
    """Delete what people left lying. Returns how many. Run by the sweeper."""
    deleted, _ = Claim.objects.filter(until__lt=timezone.now() - LASTS).delete()
    return deleted
