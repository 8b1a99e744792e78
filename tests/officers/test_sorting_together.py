"""Several volunteers at once, each on a database connection of their own: no photo twice, none lost."""

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Any

import pytest
from django.db import connection

from officers import claims, sorting
from officers.models import Claim, Photo, SortAnswer
from oversight.models import User
from tests import factories
from tests.officers.test_sorting import photos

pytestmark = pytest.mark.stack
PHOTOS = 200


class Room:
    """Who has which photo before them at this moment."""

    def __init__(self, allowed: int) -> None:
        self.allowed, self.lock = allowed, Lock()
        self.before: dict[object, set[int]] = defaultdict(set)
        self.answers: Counter[object] = Counter()
        self.crowded: list[object] = []

    def take(self, photo: Photo, person: int) -> None:
        with self.lock:
            self.before[photo.pk].add(person)
            if len(self.before[photo.pk]) + self.answers[photo.pk] > self.allowed:
                self.crowded.append(photo.pk)

    def leave(self, photo: Photo, person: int, *, answered: bool) -> None:
        """Called before the answer is sent or the photo is given back: from then on another may have it."""
        with self.lock:
            self.before[photo.pk].discard(person)
            self.answers[photo.pk] += answered


def sort_until_nothing_is_left(by: User, room: Room, start: Barrier) -> int:
    """As the queue page does it: the photo and the next one are claimed; every ninth is skipped once."""
    done, skipped, idle = 0, set(), 0
    start.wait()
    try:
        while idle < 20:
            held = claims.hold(task=Claim.Task.SORT, by=by, count=2)
            if not held:
                idle += 1
                continue
            idle, photo = 0, held[0]
            room.take(photo, by.pk)
            if photo.pk.int % 9 == 0 and photo.pk not in skipped:
                skipped.add(photo.pk)
                room.leave(photo, by.pk, answered=False)
                claims.hold(task=Claim.Task.SORT, by=by, count=1, skip=[photo.pk])
                continue
            room.leave(photo, by.pk, answered=True)
            assert sorting.say(photo=photo, says="yes", by=by)
            done += 1
    finally:
        connection.close()
    return done


@pytest.mark.parametrize(("people", "needed"), [(2, 1), (8, 2)])
def test_no_photo_is_before_too_many_people_and_none_is_lost(
    stack: Any, settings: Any, people: int, needed: int
) -> None:
    settings.SORT_CONSENSUS = needed
    photos(PHOTOS)
    volunteers, room, start = [factories.user() for _ in range(people)], Room(needed), Barrier(people)
    with ThreadPoolExecutor(people) as pool:
        done = list(pool.map(lambda by: sort_until_nothing_is_left(by, room, start), volunteers))
    assert room.crowded == []
    assert sum(done) == PHOTOS * needed
    assert SortAnswer.objects.count() == PHOTOS * needed
    assert Photo.objects.filter(police="yes").count() == PHOTOS
    assert not Claim.objects.exists()
