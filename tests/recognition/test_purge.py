"""What has outlived its time goes: questions after a day, templates and candidates with the permission."""

from datetime import timedelta

import pytest
from django.utils import timezone

from officers import expiry, submissions
from officers.models import Photo
from oversight import outbox
from oversight.models import OutboxEntry
from recognition import purge
from recognition.models import Candidate, FaceTemplate, Identification
from tests.recognition.searching import enrolled, search

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


def test_a_question_goes_after_its_day_and_not_before() -> None:
    over, still_open = search(enrolled(1), 1), search(enrolled(2), 2)
    Identification.objects.filter(pk=over.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert purge.expired() > 0
    assert list(Identification.objects.all()) == [still_open]
    assert {c.identification_id for c in Candidate.objects.all()} == {still_open.pk}


def test_the_photo_takes_its_question_and_candidates_with_it() -> None:
    found = search(enrolled(1), 1)
    Photo.objects.filter(pk=found.photo_id).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert expiry.delete_expired_photos() == 1
    assert not Identification.objects.exists()
    assert not Candidate.objects.exists()
    assert FaceTemplate.objects.count() == 1  # the gallery stays


def test_a_quiet_day_deletes_nothing() -> None:
    search(enrolled(1), 1)
    assert purge.expired() == 0
    assert (Identification.objects.count(), FaceTemplate.objects.count()) == (1, 1)


def test_settled_promises_that_name_a_question_go_after_a_day() -> None:
    found = search(enrolled(1), 1)
    submissions.forget(found.photo)
    yesterday = timezone.now() - timedelta(hours=25)
    OutboxEntry.objects.filter(state="done").update(settled_at=yesterday)
    assert outbox.forget_settled() > 0
    assert not OutboxEntry.objects.filter(subject=str(found.pk)).exists()
