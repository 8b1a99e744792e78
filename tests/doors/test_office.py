"""Figures for people and programs, the audit log's page and command, given-up work in plain words, careful logs."""

import json
import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from officers import dead_letters, publishing, submissions
from officers.rosters import jobs as roster_jobs
from oversight import audit, figures, logs, outbox, queues
from oversight.models import AuditEvent, OutboxEntry, User
from privacy.photos import PhotoRefused
from tests import factories
from tests.doors.helping import enrol, person, show_factor, sign_in

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-many-letters"


@pytest.fixture
def admin() -> Client:
    browser = Client()
    browser.force_login(person(User.Role.ADMIN))
    return browser


def dead(error: str, job: str = submissions.ERASE, subject: str = "s", tries: int = 5) -> OutboxEntry:
    return OutboxEntry.objects.create(
        job=job, subject=subject, queue=queues.BULK, state="dead", tries=tries, last_error=error,
        due_at=timezone.now(), settled_at=timezone.now(),
    )  # fmt: skip


# --- figures ------------------------------------------------------------------------------------------------------


def scraped() -> dict[tuple[str, str], float]:
    """What Prometheus would read: by name and label."""
    answer = Client().get(reverse("metrics"), HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (s.name, next(iter(s.labels.values()), "")): s.value for family in families for s in family.samples
    }


def test_without_the_token_there_are_no_metrics(settings: Any) -> None:
    address = reverse("metrics")
    assert Client().get(address, HTTP_AUTHORIZATION="Bearer ").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for header in ({}, {"HTTP_AUTHORIZATION": "Bearer x"}, {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}é"}):
        assert Client().get(address, **header).status_code == 404  # type: ignore[arg-type]


def test_what_a_program_reads(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    dead("OSError")
    dead("gate_closed")  # on purpose, so no dead letter
    OutboxEntry.objects.create(
        job="x", subject="1", queue=queues.PHOTOS, due_at=timezone.now() - timedelta(seconds=90)
    )
    with pytest.raises(PhotoRefused):
        submissions.receive(data=b"no photo", department=factories.department())
    told = scraped()
    assert told[("oversight_dead_letters", "OSError")] == 1
    assert ("oversight_dead_letters", "gate_closed") not in told
    assert told[("oversight_promises_due", "photos")] == 1
    assert told[("oversight_promises_oldest_seconds", "photos")] >= 90
    assert told[("oversight_promises_oldest_seconds", "faces")] == 0
    assert told[("oversight_photos_refused_total", "not_a_photo")] == 1
    assert told[("oversight_valkey_up", "")] == 1
    assert told[("oversight_disk_free_bytes", "")] > 0


def test_stages_have_times(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    entry = OutboxEntry.objects.create(
        job="workers.photos.erase", subject="1", queue="bulk", due_at=timezone.now()
    )
    outbox.run(str(entry.pk), lambda claim: claim.settle())
    told = scraped()
    assert told[("oversight_jobs_total", "workers.photos.erase")] == 1
    assert 0 < told[("oversight_job_seconds_total", "workers.photos.erase")] < 30
    assert ("oversight_job_wait_seconds_total", "workers.photos.erase") in told


def test_without_valkey_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(queues, "connection", lambda: Redis.from_url(f"unix://{tmp_path}/no.sock"))
    queues.count("photos_refused", "x")  # counts nothing, and does not fail
    told = scraped()
    assert told[("oversight_valkey_up", "")] == 0
    assert ("oversight_promises_due", "photos") in told


def test_the_page_shows_the_same(admin: Client) -> None:
    page = admin.get(reverse("figures")).content.decode()
    assert all(figure.words in page for figure in figures.all_figures())


# --- the audit log --------------------------------------------------------------------------------------------------


def acts(count: int) -> None:
    for number in range(count):
        audit.record(by=None, action=f"did {number % 2}", subject=User(pk=number), number=number)


def test_the_log_can_be_read_and_narrowed(admin: Client, django_assert_max_num_queries: Any) -> None:
    acts(120)
    with django_assert_max_num_queries(12):
        page = admin.get(reverse("audit-log"))
    assert len(page.context["events"]) == 50
    older = admin.get(reverse("audit-log"), {"before": page.context["older"], "action": "did 1"})
    assert {row["event"].action for row in older.context["events"]} == {"did 1"}
    assert admin.get(reverse("audit-log"), {"before": "9" * 30, "actor": "no\0body"}).context["events"] == []


def test_it_is_whole_and_says_its_end(admin: Client) -> None:
    acts(3)
    audit.seal()
    page = admin.get(reverse("audit-log"), {"check": 1}).content.decode()
    assert "Yes: every sealed row" in page
    end = audit.end_of_chain()
    assert end is not None
    assert str(end) in page
    assert audit.still_holds(str(end))
    assert not audit.still_holds(f"{end.place}:{'0' * 64}")


def test_taking_it_out_is_written_down_and_asks_for_a_fresh_factor(settings: Any) -> None:
    acts(2)
    who, browser = person(User.Role.ADMIN), Client()
    secret = enrol(who)
    settings.SECOND_FACTOR_REQUIRED = True
    assert sign_in(browser, who)
    show_factor(browser, secret)
    lines = b"".join(browser.post(reverse("audit-download")).streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert [json.loads(line)["action"] for line in lines] == ["did 0", "did 1", "took the audit log out"]
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 1.0}]
    session.save()
    asked = browser.post(reverse("audit-download"))
    assert asked.url.startswith(reverse("mfa_reauthenticate"))  # type: ignore[attr-defined]
    assert "audit" in asked.url  # type: ignore[attr-defined]


# --- given-up work --------------------------------------------------------------------------------------------------


def test_every_job_has_words() -> None:
    ours = {
        submissions.FIND_HEADS,
        submissions.ERASE,
        publishing.FIND_COVERS,
        publishing.RENDER,
        publishing.ERASE,
    }
    assert ours | {roster_jobs.WORK} <= set(dead_letters.JOBS)
    assert all(word in dead_letters.WHY for word in ("crashes", "JobTimeoutException", "OSError"))


def test_an_admin_sees_what_failed_and_why_and_has_it_tried_again(admin: Client) -> None:
    for number in range(3):
        dead("OSError", subject=str(number))
    poison = dead(outbox.CRASHES, subject="poison", job=submissions.FIND_HEADS)
    dead("SomethingOdd", subject="odd")
    page = admin.get(reverse("jobs")).content.decode()
    assert "The storage did not answer, or is full." in page
    assert "Parked" in page
    assert dead_letters.UNKNOWN in page
    one = admin.get(reverse("dead-letters"), {"job": submissions.FIND_HEADS, "error": outbox.CRASHES})
    assert b"may stop a worker again" in one.content
    assert admin.get(reverse("dead-letters"), {"job": "x", "error": "y"}).status_code == 404
    admin.post(reverse("job-again", args=[poison.pk]))
    admin.post(reverse("dead-letters-again"), {"job": submissions.ERASE, "error": "OSError"})
    waiting = OutboxEntry.objects.filter(state="waiting")
    assert set(waiting.values_list("subject", flat=True)) == {"0", "1", "2", "poison"}
    assert set(waiting.values_list("tries", flat=True)) == {0}
    assert set(outbox.given_up().values_list("subject", flat=True)) == {"odd"}
    written = AuditEvent.objects.filter(action="retried given-up work").order_by("pk")
    assert [event.facts.get("count") for event in written] == [None, 3]


def test_what_was_taken_back_by_the_gate_is_not_offered(admin: Client) -> None:
    entry = dead("gate_closed", tries=1)
    assert b"Nothing was given up" in admin.get(reverse("jobs")).content
    assert admin.post(reverse("job-again", args=[entry.pk])).status_code == 404


def test_many_are_paged(admin: Client) -> None:
    for number in range(60):
        dead("OSError", subject=str(number))
    address = reverse("dead-letters")
    first = admin.get(address, {"job": submissions.ERASE, "error": "OSError"})
    second = admin.get(address + first.context["older_url"])
    seen = [entry.subject for page in (first, second) for entry in page.context["entries"]]
    assert sorted(seen, key=int) == [str(number) for number in range(60)]


# --- logs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Not Found: /code/k7pq-22xm-9rta-hc4w/", "Not Found: /code/…/"),
        (
            "Forbidden: /who/search/0b5f0c9e-7f5c-4a52-8a39-5c4bde9e1d6a/tell/",
            "Forbidden: /who/search/…/tell/",
        ),
        (
            "No: /accounts/password/reset/key/4-c1x2y3-0123456789abcdef/",
            "No: /accounts/password/reset/key/…/",
        ),
        ("Not Found: /officers/?q=jane+doe&page=2", "Not Found: /officers/?q=…&page=…"),
        ("mail to jane.doe@example.org failed", "mail to … failed"),
        ("from 203.0.113.7 and 2001:db8:1:2::7", "from … and …"),
        ("Not Found: /departments/12/", "Not Found: /departments/12/"),
        ("done at 12:30:15, 2026-11-22", "done at 12:30:15, 2026-11-22"),
    ],
)
def test_a_line_says_what_and_not_who(said: str, written: str) -> None:
    assert logs.careful(said) == written


@pytest.mark.parametrize("form", [logs.Line, logs.Json])
def test_an_errors_words_are_not_written(form: type[logging.Formatter]) -> None:
    try:
        try:
            raise KeyError("jane.doe")
        except KeyError as first:
            raise ValueError("Key (email)=(jane.doe) already exists") from first
    except ValueError:
        record = logging.LogRecord("oversight", logging.ERROR, __file__, 1, "It failed", (), sys.exc_info())
    line = form().format(record)
    assert "builtins.ValueError" in line
    assert "builtins.KeyError" in line
    assert "test_office.py" in line
    assert "jane" not in line
    if form is logs.Json:
        assert json.loads(line)["what"] == "It failed"
