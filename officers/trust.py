"""How far a volunteer's answers can be trusted: by photos whose answer a coordinator knows, met without a sign.

The estimate is cautious both ways: a new volunteer begins with what most people reach (as if 8 of 10 had been right),
so that one slip shuts nobody out and one lucky hit lets nobody in. It is the mean of a Beta(8, 2) prior updated with
the test photos. Below `ENOUGH` the answers are kept, but stop counting.
"""

import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, F, Q

from officers.models import Claim, SortAnswer
from oversight.models import User

PRIOR_RIGHT, PRIOR_WRONG = 8, 2
ENOUGH = 0.7
NEW_UNTIL = 300  # answers
EVERY_FOR_NEW, EVERY = 15, 60  # one photo in so many is a test

IS_TEST = Q(photo__known__isnull=False)
IS_RIGHT = IS_TEST & (Q(says=F("photo__police")) | Q(says=SortAnswer.Says.READABLE, photo__police="yes"))


@dataclass(frozen=True, slots=True)
class Trust:
    """How many test photos a person answered, and how many of them rightly."""

    tests: int
    right: int

    @property
    def estimate(self) -> float:
        """The share of right answers to expect, from 0 to 1."""
        return (self.right + PRIOR_RIGHT) / (self.tests + PRIOR_RIGHT + PRIOR_WRONG)

    @property
    def is_enough(self) -> bool:
        return self.estimate >= ENOUGH


def of(person: User) -> Trust:
    found = SortAnswer.objects.filter(IS_TEST, person=person).aggregate(
        tests=Count("pk"), right=Count("pk", filter=IS_RIGHT)
    )
    return Trust(**found)


def counts(person: User) -> bool:
    """Does an answer of this person count towards agreement now?"""
    return of(person).is_enough


def look_again(person: User) -> None:
    """After a test photo: when trust is lost, answers about photos that are still open stop counting.

    They do not come to count again when trust is won back; what is decided stays decided. Other people are asked.
    """
    if not counts(person):
        SortAnswer.objects.filter(person=person, photo__police="", counts=True).update(counts=False)


def is_test_due(person: User) -> bool:
    """Is the next photo for this person a test? Exactly one in each row of so many, at a place nobody can foresee."""
    given = SortAnswer.objects.filter(person=person).count()
    shown = given + Claim.objects.filter(person=person, task=Claim.Task.SORT).count()
    every = EVERY_FOR_NEW if given < NEW_UNTIL else EVERY
    row, place = divmod(shown, every)
    secret = hmac.digest(
        settings.SECRET_KEY.encode(), f"test photo {person.pk} {every} {row}".encode(), "sha256"
    )
    return place == int.from_bytes(secret[:4], "big") % every
