"""Nobody is measured who is not taken for police: by a volunteer, by a model that is sure, or by a site's rule."""

import io
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from officers.models import Department, Photo
from oversight import outbox, storage
from oversight.models import AuditEvent
from privacy.heads import find_heads
from privacy.photos import PhotoRefused
from privacy.shapes import Rectangle
from recognition import classification, engine, identification, police, volunteers
from recognition.models import Candidate, Identification, VolunteerLook
from recognition.presence.base import NEVER_SURE, Decision, Presence, PresenceUnavailable
from tests import factories
from tests.recognition.searching import ask, enrolled, entry_of, face_of, probe, work

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]
State, Answer = Identification.State, VolunteerLook.Answer


class Saying:
    """A presence model at the edge that says what a test wants, and counts how often it was asked."""

    name = "saying"
    sure_from = 0.9

    def __init__(self, score: float, *labels: str) -> None:
        from recognition.presence.base import Label

        self.score, self.labels, self.asked = score, tuple(Label(name, 0.5) for name in labels), 0

    def load(self) -> None:
        """Nothing to load."""

    def classify(self, jpeg: bytes, heads: Any) -> Presence:
        assert jpeg.startswith(b"\xff\xd8")
        assert not heads
        self.asked += 1
        return Presence(self.score, Decision.LIKELY, self.labels, (), self.name, "1")


Model = Callable[..., Saying]


@pytest.fixture(autouse=True)
def strict(settings: Any) -> None:
    settings.ATTESTATION_IS_ENOUGH = False


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    def use(score: float, *labels: str, sure_from: float = 0.9) -> Saying:
        chosen = Saying(score, *labels)
        chosen.sure_from = sure_from
        monkeypatch.setattr(police, "loaded_backend", lambda: chosen)
        return chosen

    return use


def said_of(photo: Photo, police: Photo.Police) -> None:
    """What volunteers agreed on when the photo was in their queue; a question itself never is."""
    Photo.objects.filter(pk=photo.pk).update(police=police)


def grounds() -> list[str]:
    return [event.facts["ground"] for event in AuditEvent.objects.filter(action="person taken for police")]


def searched(where: Department, *, consent: bool = False) -> tuple[Identification, int]:
    """The question about officer 1, worked on once; and how many faces were measured for it."""
    asked, before = ask(where, 1), engine.measured
    if consent:
        volunteers.allow(asked)
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    return asked, engine.measured - before


@pytest.mark.parametrize(
    ("score", "labels", "sure_from"),
    [(0.89, (), 0.9), (0.99, ("military",), 0.9), (1.0, (), NEVER_SURE), (float("nan"), (), 0.9)],
    ids=["not-sure-enough", "looks-military", "never-measured", "no-number"],
)
def test_a_model_that_is_not_sure_lets_nobody_be_measured(
    model: Model, score: float, labels: tuple[str, ...], sure_from: float
) -> None:
    where = enrolled(1)
    model(score, *labels, sure_from=sure_from)
    asked, measured = searched(where)
    assert (asked.state, asked.reason, measured) == (State.UNUSABLE, "police_not_confirmed", 0)
    assert grounds() == []
    assert not Candidate.objects.exists()
    assert entry_of(asked).state == "done"


def test_a_model_that_is_sure_of_both_looks_lets_the_search_go_on(model: Model) -> None:
    where = enrolled(1)
    asked_model = model(0.9)
    asked, measured = searched(where)
    assert (asked.state, measured, grounds(), asked_model.asked) == (State.DONE, 1, ["model"], 2)


def test_a_site_may_take_the_askers_word(model: Model, settings: Any) -> None:
    settings.ATTESTATION_IS_ENOUGH = True
    where, asked_model = enrolled(1), model(0.0)
    asked, measured = searched(where)
    assert (asked.state, measured, grounds(), asked_model.asked) == (State.DONE, 1, ["attestation"], 0)


def test_the_rule_is_read_again_before_the_face_is_measured(model: Model, settings: Any) -> None:
    settings.ATTESTATION_IS_ENOUGH = True
    where, before = enrolled(1), engine.measured
    model(0.0)
    asked = ask(where, 1)
    settings.ATTESTATION_IS_ENOUGH = False
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    assert (asked.reason, engine.measured) == ("police_not_confirmed", before)


def test_a_volunteers_no_about_the_photo_ends_it_at_the_question(settings: Any) -> None:
    settings.ATTESTATION_IS_ENOUGH = True
    where = enrolled(1)
    photo = probe(where, 1)
    said_of(photo, Photo.Police.NO)
    with pytest.raises(police.NotConfirmed):
        identification.request(photo=photo, department=where, box=face_of(photo))
    assert not Identification.objects.exists()


def test_a_volunteers_no_counts_also_after_the_question(settings: Any) -> None:
    settings.ATTESTATION_IS_ENOUGH = True
    where, before = enrolled(1), engine.measured
    asked = ask(where, 1)
    said_of(asked.photo, Photo.Police.NO)
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    assert (asked.state, asked.reason, engine.measured) == (State.UNUSABLE, "police_not_confirmed", before)


@pytest.mark.parametrize(("heads", "measured"), [(1, 1), (2, 0), (None, 0)], ids=["alone", "two", "unknown"])
def test_a_yes_about_a_photo_is_one_about_the_person_only_when_they_are_alone(
    model: Model, heads: int | None, measured: int
) -> None:
    where, before = enrolled(1), engine.measured
    model(0.0)
    asked = ask(where, 1)
    if heads is None:
        Photo.objects.update(heads_found_at=None)
    for number in range(1, (heads or 0) + 1):
        factories.head(asked.photo, number=number)
    said_of(asked.photo, Photo.Police.YES)
    work(identification.IDENTIFY)
    assert engine.measured - before == measured
    assert grounds() == ["volunteer"] * measured


def test_without_leave_no_volunteer_sees_the_person(model: Model) -> None:
    where = enrolled(1)
    model(0.0)
    searched(where)
    assert not volunteers.waiting().exists()


@pytest.mark.parametrize(("answer", "measured"), [(Answer.YES, 1), (Answer.NO, 0), (Answer.UNCLEAR, 0)])
def test_a_volunteer_decides_where_the_asker_lets_them(model: Model, answer: str, measured: int) -> None:
    where = enrolled(1)
    model(0.0)
    asked, at_first = searched(where, consent=True)
    assert (asked.state, at_first, entry_of(asked).state) == (State.ASKING, 0, "done")
    (look,) = volunteers.waiting()
    by, before = factories.user(), engine.measured
    assert volunteers.say(look=look, answer=answer, by=by)
    assert not volunteers.say(look=look, answer=Answer.YES, by=by)
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    assert engine.measured - before == measured
    assert grounds() == ["volunteer"] * measured
    assert asked.state == (State.DONE if measured else State.UNUSABLE)
    said = AuditEvent.objects.get(action="looked whether a person is police")
    assert (said.actor_id, said.subject, said.facts) == (by.pk, "department", {"answer": answer})


def test_leave_given_later_asks_volunteers_and_a_no_stays_a_no(model: Model) -> None:
    where = enrolled(1)
    model(0.0)
    asked, _ = searched(where)
    volunteers.allow(asked)
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    assert asked.state == State.ASKING
    volunteers.say(look=volunteers.waiting().get(), answer=Answer.NO, by=factories.user())
    asked.refresh_from_db()
    assert asked.state == State.UNUSABLE
    with pytest.raises(police.NotConfirmed):
        volunteers.allow(asked)
    identification.request(photo=asked.photo, department=where, box=asked.box)
    before = engine.measured
    work(identification.IDENTIFY)
    asked.refresh_from_db()
    assert (asked.state, engine.measured) == (State.UNUSABLE, before)


def test_one_yes_is_for_the_same_person_in_every_department_asked(model: Model) -> None:
    here, there = enrolled(1), factories.department(allowed=True)
    model(0.0)
    first = ask(here, 1)
    second = identification.request(photo=first.photo, department=there, box=first.box)
    other = identification.request(photo=first.photo, department=there, box=Rectangle(1, 1, 50, 50))
    for asked in (first, second, other):
        volunteers.allow(asked)
    work(identification.IDENTIFY)
    look = VolunteerLook.objects.get(identification=first)
    assert volunteers.say(look=look, answer=Answer.YES, by=factories.user())
    assert list(volunteers.waiting().values_list("identification", flat=True)) == [other.pk]
    work(identification.IDENTIFY)
    states = {asked.pk: asked.state for asked in Identification.objects.all()}
    assert (states[first.pk], states[second.pk], states[other.pk]) == (State.DONE, State.DONE, State.ASKING)


def test_a_model_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise PresenceUnavailable("not now")

    where, before = enrolled(1), engine.measured
    monkeypatch.setattr(police, "loaded_backend", away)
    asked = ask(where, 1)
    work(identification.IDENTIFY)
    assert (entry_of(asked).state, entry_of(asked).last_error) == ("waiting", "model_unavailable")
    assert engine.measured == before


def test_the_real_model_is_asked_about_the_person(settings: Any) -> None:
    """A drawn officer in a portrait is nothing that the shipped model is sure of."""
    assert settings.PRESENCE_BACKEND == "local"
    classification.loaded_backend.cache_clear()
    asked, measured = searched(enrolled(1))
    assert (asked.reason, measured) == ("police_not_confirmed", 0)
    assert outbox.is_waiting(identification.IDENTIFY, str(asked.pk)) is False


PHOTOS = os.environ.get("OVERSIGHT_PHOTOS")
SOME = 40


def civilians() -> list[Path]:
    """A sample of the photos of other professions, or all of them in a long run."""
    every = sorted(Path(PHOTOS or "", "presence", "other").glob("*.jpg"))
    if os.environ.get("OVERSIGHT_WHOLE_CORPUS"):
        return every
    return random.Random(7).sample(every, min(SOME, len(every)))  # noqa: S311 - which photos, not a secret


@pytest.mark.skipif(not PHOTOS, reason="OVERSIGHT_PHOTOS names no folder of photos")
def test_no_civilian_reaches_the_encoder_without_a_persons_say_so() -> None:
    """Firefighters, judges, pilots: somebody points at each head of each, and nobody says that it is an officer."""
    where, before, asked = enrolled(1), engine.measured, 0
    for path in civilians():
        try:
            photo = factories.photo(where, jpeg=path.read_bytes())
        except PhotoRefused:
            continue
        stored = np.asarray(Image.open(io.BytesIO(storage.read(photo.key))).convert("RGB"))
        for head in find_heads(stored):
            identification.request(
                photo=photo,
                department=where,
                box=Rectangle(*map(int, (head.x, head.y, head.width, head.height))),
            )
            asked += 1
        work(identification.IDENTIFY)
    ended = Identification.objects.filter(state=State.UNUSABLE, reason="police_not_confirmed").count()
    assert engine.measured == before
    assert asked == ended == Identification.objects.count()
    assert asked >= SOME / 2
    assert grounds() == []
