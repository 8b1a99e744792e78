"""Who is it? Ten questions about made-up people: how well does the face of nobody fool a person?

The first assessor of the published report, a person who picks the pair among one match and eight distractors, as the
page /protect/who-is-it/ asks it. A number (`seed`) makes a whole round, so nothing has to be kept between two pages.
The pictures and what is told of them are written by `python -m privacy.measures.people quiz`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

QUESTIONS: Final = 10
CHOICES: Final = 9
CHANCE: Final = 1 / CHOICES
FOLDER: Final = Path(__file__).parent / "static" / "privacy" / "who_is_it"
LIST: Final = "people.json"
_LIKE: Final = 14
"""Distractors are drawn from so many people with the nearest skin, or the colour alone would answer."""


@dataclass(frozen=True)
class Person:
    """The names of three pictures: one as it was, the same one changed, and another photo. `skin`: CIE Lab."""

    shown: str
    changed: str
    other: str
    skin: tuple[float, float, float]


@dataclass(frozen=True)
class Question:
    """Whom one photo shows, changed or not; `right` (from 1) is the place of their other photo among the choices."""

    person: Person
    changed: bool
    choices: tuple[Person, ...]
    right: int

    @property
    def picture(self) -> str:
        """What is shown."""
        return self.person.changed if self.changed else self.person.shown


@cache
def people() -> tuple[Person, ...]:
    """Everybody there are pictures of."""
    told = json.loads((FOLDER / LIST).read_text(encoding="utf-8"))
    return tuple(Person(one["shown"], one["changed"], one["other"], tuple(one["skin"])) for one in told)


@cache
def edition() -> str:
    """Another one when the pictures are others: a round of the old ones cannot go on with these."""
    return people()[0].changed.partition(".")[0]


def questions(seed: int) -> tuple[Question, ...]:
    """The round of this number: ten people, half of them changed, in an order drawn by chance."""
    chance = np.random.default_rng(seed)
    asked = chance.permutation(len(people()))[:QUESTIONS]
    changed = chance.permutation(QUESTIONS) % 2 == 0
    return tuple(
        _question(people()[at], bool(is_changed), chance)
        for at, is_changed in zip(asked, changed, strict=True)
    )


def _question(person: Person, changed: bool, chance: np.random.Generator) -> Question:
    like = sorted(
        (one for one in people() if one != person),
        key=lambda one: sum((a - b) ** 2 for a, b in zip(one.skin, person.skin, strict=True)),
    )[:_LIKE]
    choices = [like[at] for at in chance.permutation(len(like))[: CHOICES - 1]]
    right = int(chance.integers(CHOICES))
    choices.insert(right, person)
    return Question(person, changed, tuple(choices), right + 1)


def hits(asked: Sequence[Question], answers: Sequence[int], *, changed: bool) -> int:
    """How many of the changed, or of the unchanged, were recognised."""
    return sum(
        question.right == answer
        for question, answer in zip(asked, answers, strict=True)
        if question.changed == changed
    )


def meaning(changed: int, unchanged: int) -> str:
    """What so many hits of five and five say; the chances are those of five guesses among nine."""
    if unchanged <= 1:
        return (
            "You hardly recognised the unchanged faces either, so this round says nothing about the change."
        )
    if changed <= 1:
        return (
            "Guessing gives none or one of five too: in this round the new faces hid these people from you."
        )
    if changed == 2:
        return (
            "Guessing gives two or more of five in one round of ten. It may have been luck; or hair, ears and the "
            "shape of the head told you."
        )
    return (
        "Guessing gives that in about one round of 90. Hair, ears and the shape of the head told you who it was, "
        "although the face was another one."
    )
