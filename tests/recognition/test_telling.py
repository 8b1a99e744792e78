"""One mail says that a search is done, and nothing else; and everything of a question is gone a day later."""

import logging
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from officers import expiry
from officers.models import Photo
from oversight import outbox, storage
from oversight.models import AuditEvent, OutboxEntry
from recognition import identification, police, purge, telling, volunteers
from recognition.models import Candidate, DoneMail, Identification, VolunteerLook
from tests.recognition.searching import ask, enrolled, search, work

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]
WHERE = "somebody@example.org"


def send() -> None:
    waiting = OutboxEntry.objects.filter(job=telling.TELL, state=OutboxEntry.State.WAITING)
    waiting.update(due_at=timezone.now())
    for entry in waiting:
        outbox.run(str(entry.pk), telling.tell)


def test_the_mail_comes_when_the_search_is_over_and_names_nothing() -> None:
    asked = ask(enrolled(1), 1)
    telling.ask_for(asked, WHERE)
    send()
    assert mail.outbox == []
    work(identification.IDENTIFY)
    send()
    (sent,) = mail.outbox
    assert sent.to == [WHERE]
    said = f"{sent.subject} {sent.body}"
    assert "is done" in said
    for secret in (str(asked.pk), asked.pk.hex, "http", "Number01", asked.department.name):
        assert secret not in said
    assert not DoneMail.objects.exists()
    send()
    assert len(mail.outbox) == 1


def test_a_mail_that_is_asked_for_too_late_comes_at_once() -> None:
    telling.ask_for(search(enrolled(1), 1), WHERE)
    send()
    assert [sent.to for sent in mail.outbox] == [[WHERE]]


def test_an_address_never_reaches_a_log_or_a_promise(caplog: pytest.LogCaptureFixture) -> None:
    telling.ask_for(search(enrolled(1), 1), WHERE)
    refused = ConnectionRefusedError(f"no mail for {WHERE}")
    with caplog.at_level(logging.DEBUG), mock.patch("recognition.telling.send_mail", side_effect=refused):
        send()
    entry = OutboxEntry.objects.get(job=telling.TELL)
    assert (entry.state, entry.last_error) == ("waiting", "mail_away")
    assert WHERE not in caplog.text
    assert WHERE not in entry.subject
    assert WHERE not in str(list(AuditEvent.objects.values()))
    assert WHERE not in repr(DoneMail.objects.get())
    send()
    assert [sent.to for sent in mail.outbox] == [[WHERE]]


def test_the_page_takes_an_address_and_keeps_what_was_typed() -> None:
    asked, client = ask(enrolled(1), 1), Client()
    at = f"/who/search/{asked.pk}/tell/"
    wrong = client.post(at, {"send_to": "not an address"})
    assert wrong.status_code == 400
    assert 'value="not an address"' in wrong.content.decode()
    assert client.post(at, {"send_to": WHERE}).status_code == 302
    assert DoneMail.objects.get(identification=asked).send_to == WHERE


def test_a_day_later_nothing_of_the_question_is_left(
    settings: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    where = enrolled(1)
    found = search(where, 1)
    telling.ask_for(found, WHERE)
    settings.ATTESTATION_IS_ENOUGH = False
    monkeypatch.setattr(police, "_model_is_sure", lambda *_: False)
    asked = identification.request(photo=found.photo, department=where, box=found.box._replace(x=1))
    volunteers.allow(asked)
    work(identification.IDENTIFY)
    key = found.photo.key
    assert Candidate.objects.exists()
    assert VolunteerLook.objects.exists()
    assert DoneMail.objects.exists()
    client, photos = Client(), Photo.objects.count()

    later = timezone.now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    for path in ("", "probe.jpg", "status", "tell/", "roster/", "elsewhere/", "thanks/", "delete/"):
        assert client.get(f"/who/search/{found.pk}/{path}").status_code == 404, path
    with django_capture_on_commit_callbacks(execute=True):
        expiry.delete_expired_photos()
    purge.expired()
    for model in (Identification, Candidate, VolunteerLook, DoneMail):
        assert not model.objects.exists(), model
    assert Photo.objects.count() == photos - 1
    with pytest.raises(FileNotFoundError):
        storage.read(key)
