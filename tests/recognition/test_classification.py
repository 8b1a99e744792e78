"""Are police in it? Asked of a model once the heads are known; the answer is stored once and decides nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from officers import heads, submissions
from officers.models import Photo
from oversight import outbox, storage
from oversight.models import OutboxEntry
from recognition import classification
from recognition.models import PresenceResult
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


def promised() -> OutboxEntry:
    return OutboxEntry.objects.get(job=classification.CLASSIFY)


def looked_at(jpeg: bytes) -> Photo:
    """A photo whose heads were found by the real finder: the question about police is promised with that."""
    photo = submissions.receive(data=jpeg, department=factories.department()).photo
    outbox.run(str(OutboxEntry.objects.get(job=submissions.FIND_HEADS).pk), heads.find)
    return photo


def run() -> None:
    OutboxEntry.objects.filter(job=classification.CLASSIFY).update(due_at=timezone.now())
    outbox.run(str(promised().pk), classification.classify)


def test_a_scene_with_police_is_judged_and_stored_once() -> None:
    photo = looked_at((factories.DEMO / "scenes" / "10.jpg").read_bytes())
    run()
    run()
    result = PresenceResult.objects.get()
    assert result.photo == photo
    assert result.decision in {"likely", "review"}
    assert (result.backend, bool(result.model_version)) == ("local", True)
    assert 0 <= result.score <= 1
    for x, y, width, height in result.boxes:
        assert 0 <= x < x + width <= photo.width
        assert 0 <= y < y + height <= photo.height
    assert promised().state == "done"
    photo.refresh_from_db()
    assert photo.police == Photo.Police.UNKNOWN  # people decide


def test_a_question_is_judged_as_well() -> None:
    submissions.receive(
        data=factories.picture(1),
        department=factories.department(),
        expires_at=timezone.now() + timedelta(hours=1),
    )
    outbox.run(str(OutboxEntry.objects.get(job=submissions.FIND_HEADS).pk), heads.find)
    run()
    assert PresenceResult.objects.count() == 1


def test_a_photo_that_is_gone_is_given_up() -> None:
    submissions.forget(looked_at(factories.picture(1)))
    run()
    assert (promised().state, promised().last_error) == ("dead", "photo_is_gone")


def test_bytes_that_are_away_are_tried_again_and_then_given_up() -> None:
    photo = looked_at(factories.picture(1))
    storage.delete(photo.key)
    for tries in range(1, outbox.MOST_TRIES):
        run()
        assert (promised().state, promised().tries) == ("waiting", tries)
    run()
    assert (promised().state, promised().last_error) == ("dead", "FileNotFoundError")
    assert not PresenceResult.objects.exists()


def test_a_service_that_is_away_is_tried_again_later(
    settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Rekognition backend against an address where nobody listens: a real refusal of a real client."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    looked_at(factories.picture(1))
    settings.PRESENCE_BACKEND, settings.PRESENCE_OPTIONS = "rekognition", {"region": "us-east-1"}  # type: ignore[attr-defined]
    classification.loaded_backend.cache_clear()
    try:
        run()
    finally:
        classification.loaded_backend.cache_clear()
    entry = promised()
    assert (entry.state, entry.last_error) == ("waiting", "model_unavailable")
    assert not PresenceResult.objects.exists()
