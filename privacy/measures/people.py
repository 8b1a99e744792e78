"""The first assessor of the published report: a person, who picks the pair among one match and eight distractors.

    python -m privacy.measures.people sheet FOLDER OUT     writes OUT/sheet.html and OUT/key.json
    python -m privacy.measures.people score OUT/key.json 3 9 1 ...     one number for each question
    python -m privacy.measures.people quiz FOLDER OUT      writes the pictures of the site's page "Who is it?"

FOLDER holds PERSON/PHOTO.jpg. Half of the questions show an unchanged photo, so that it is known how well this person
does it at all. The sheet is one file without scripts and needs no network; whoever fills it in must not see the key.
"""

import argparse
import base64
import html
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from privacy.measures import album, faces, quiz_photos, rates
from privacy.measures.album import Portrait
from privacy.measures.rates import Rate
from privacy.quiz import CHANCE, CHOICES
from privacy.shapes import Pixels
from privacy.tools import replace

_SHOWN: Final = 220


class AnswersMissing(ValueError):
    """There is not one number from 1 to 9 for each question."""


@dataclass(frozen=True)
class Question:
    """One photo, changed or not, and nine others; `right` (from 1) is of the same person."""

    person: str
    changed: bool
    shown: Pixels
    choices: tuple[Pixels, ...]
    right: int


def questions(photos: Sequence[Portrait], count: int, seed: int = 0) -> list[Question]:
    """Of all people in turn, every other one unchanged. Raises ValueError for fewer than nine people."""
    chance = np.random.default_rng(seed)
    people = sorted({portrait.person for portrait in photos})
    if len(people) < CHOICES:
        raise ValueError(f"{CHOICES} people are needed, one match and eight others.")
    order = chance.permutation(people)
    return [_question(photos, str(order[at % len(order)]), at % 2 == 0, chance) for at in range(count)]


def _question(
    photos: Sequence[Portrait], person: str, changed: bool, chance: np.random.Generator
) -> Question:
    own = [portrait for portrait in photos if portrait.person == person]
    asked, match = (own[at] for at in chance.permutation(len(own))[:2])
    strangers = [portrait for portrait in photos if portrait.person != person]
    others: dict[str, Portrait] = {}
    for at in chance.permutation(len(strangers)):
        others.setdefault(strangers[at].person, strangers[at])
    choices = list(others.values())[: CHOICES - 1]
    right = int(chance.integers(CHOICES))
    choices.insert(right, match)
    shown = _replaced(asked) if changed else asked.pixels
    return Question(person, changed, shown, tuple(choice.pixels for choice in choices), right + 1)


def _replaced(portrait: Portrait) -> Pixels:
    options = replace.Options(release=faces.callers_release(), boxes=(portrait.face,))
    return replace.protect(portrait.pixels, options, lambda _: None).pixels


def sheet(asked: Sequence[Question]) -> str:
    """The page to look at."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>Who is it?</title>",
        "<style>body{font:16px sans-serif;max-width:76em;margin:1em auto}figure{display:inline-block;margin:.3em}"
        "img{height:10em}figcaption{text-align:center}.asked img{height:14em}</style>",
        "<h1>Who is it?</h1><p>The large photo may have been changed. Which of the nine shows the same person? "
        "Note one number for each question; guess when you do not know.</p>",
    ]
    for number, question in enumerate(asked, 1):
        parts.append(
            f"<h2>Question {number}</h2><p class=asked>{_image(question.shown, f'Question {number}')}</p>"
        )
        parts += [
            f"<figure>{_image(choice, f'Choice {at}')}<figcaption>{at}</figcaption></figure>"
            for at, choice in enumerate(question.choices, 1)
        ]
    return "\n".join(parts) + "</html>\n"


def key(asked: Sequence[Question]) -> str:
    """What `score` needs, as JSON."""
    return json.dumps([{"right": q.right, "changed": q.changed, "person": q.person} for q in asked])


def score(key_as_json: str, answers: Sequence[int]) -> dict[str, Rate]:
    """The share of right answers to "changed" and "unchanged" photos. Raises AnswersMissing."""
    asked = json.loads(key_as_json)
    if len(answers) != len(asked) or not all(1 <= answer <= CHOICES for answer in answers):
        raise AnswersMissing(f"{len(asked)} numbers from 1 to {CHOICES} are needed.")
    found = {}
    for kind in (True, False):
        of_kind = [
            (q["right"] == answer, q["person"])
            for q, answer in zip(asked, answers, strict=True)
            if q["changed"] == kind
        ]
        if of_kind:
            hits, people = zip(*of_kind, strict=True)
            found["changed" if kind else "unchanged"] = rates.rate(hits, people)
    return found


def _image(pixels: Pixels, words: str) -> str:
    picture = Image.fromarray(pixels)
    picture.thumbnail((_SHOWN * 2, _SHOWN * 2))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return f'<img alt="{html.escape(words)}" src="data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}">'


def main() -> int:
    options = _options()
    if options.verb == "score":
        for kind, rate in score(options.key.read_text(encoding="utf-8"), options.answers).items():
            sys.stdout.write(f"{kind}: {json.dumps(rate.told())} (guessing: {CHANCE:.3f})\n")
        return 0
    if options.verb == "quiz":
        photos = album.portraits(options.folder, people=options.people, photos=2, least=2, seed=options.seed)
        sys.stdout.write(f"{quiz_photos.write(photos, options.out)} people\n")
        return 0
    photos = album.portraits(
        options.folder, people=max(CHOICES, options.questions), photos=4, seed=options.seed
    )
    asked = questions(photos, options.questions, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "sheet.html").write_text(sheet(asked), encoding="utf-8")
    (options.out / "key.json").write_text(key(asked), encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m privacy.measures.people", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("sheet", "quiz"):
        making = verbs.add_parser(verb)
        making.add_argument("folder", type=Path, help="photos of people who agreed or do not exist")
        making.add_argument("out", type=Path)
        making.add_argument("--seed", type=int, default=0)
        if verb == "sheet":
            making.add_argument("--questions", type=int, default=20)
        else:
            making.add_argument("--people", type=int, default=30)
    scoring = verbs.add_parser("score")
    scoring.add_argument("key", type=Path)
    scoring.add_argument("answers", type=int, nargs="+")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
