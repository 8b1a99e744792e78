"""The pages and the command of bulk runs: count and cost before anything starts, without scripts, admins only."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from officers.models import Photo
from oversight.models import OutboxEntry, User
from recognition import bulk
from recognition.models import BulkFailure, BulkRun
from tests import factories
from tests.officers.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


@pytest.fixture
def admin(client: Client) -> User:
    user = factories.user(User.Role.ADMIN)
    client.force_login(user)
    return user


def text(client: Client, name: str, *arguments: object, query: str = "") -> str:
    response = client.get(reverse(name, args=arguments) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_count_then_start_then_pause_resume_cancel_without_scripts(client: Client, admin: User) -> None:
    where = factories.department()
    for _ in range(3):
        factories.photo(where, jpeg=factories.plain_picture(64, 48))
    page = text(client, "bulk-runs", query=f"?count=1&department={where.pk}")
    assert "3 photos" in page
    assert "sent nowhere" in page
    assert not BulkRun.objects.exists()
    begun = client.post(reverse("bulk-runs"), {"department": where.pk})
    run = BulkRun.objects.get()
    assert begun.url == reverse("bulk-run", args=[run.pk])  # type: ignore[attr-defined]
    page = text(client, "bulk-run", run.pk)
    assert '<meta http-equiv="refresh"' in page
    assert "0 of 3 photos" in page
    assert client.get(reverse("bulk-run-status", args=[run.pk])).json()["state"] == "working"
    for act, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        client.post(reverse("bulk-run-act", args=[run.pk]), {"act": act})
        run.refresh_from_db()
        assert run.state == state
    assert client.get(reverse("bulk-run-status", args=[run.pk])).json()["state"] == "failed"
    page = text(client, "bulk-run", run.pk)
    assert "refresh" not in page
    client.post(reverse("bulk-run-act", args=[run.pk]), {"act": "resume"})
    assert "cancelled already" in text(client, "bulk-run", run.pk)


def test_the_cost_is_said_as_a_setting(client: Client, admin: User, settings: Any) -> None:
    settings.PRESENCE_BACKEND, settings.REKOGNITION_PRICE = "rekognition", Decimal("12.50")
    where = factories.department()
    for _ in range(2):
        factories.photo(where, jpeg=factories.plain_picture(64, 48))
    page = text(client, "bulk-runs", query="?count=1")
    assert "About 0.03" in page or "About 0.02" in page
    assert "12.50 for 1,000" in page
    assert "OVERSIGHT_REKOGNITION_PRICE" in page
    out = io.StringIO()
    call_command("classify_legacy", "--department", str(where.pk), stdout=out)
    assert "2 photos." in out.getvalue()
    assert "OVERSIGHT_REKOGNITION_PRICE" in out.getvalue()
    assert not BulkRun.objects.exists()


def test_failures_have_reasons_and_one_click_tries_them_again(client: Client, admin: User) -> None:
    photo = factories.photo(factories.department(), jpeg=factories.plain_picture(64, 48))
    run = bulk.start(BulkRun(), by=admin)
    OutboxEntry.objects.filter(job=bulk.WALK).update(state="done", settled_at=timezone.now())
    BulkRun.objects.update(state="done")
    failure = BulkFailure.objects.create(run=run, photo=photo, reason="crashes")
    page = text(client, "bulk-run", run.pk)
    assert "It stopped the program twice" in page
    client.post(reverse("bulk-run-act", args=[run.pk]), {"failure": failure.pk})
    failure.refresh_from_db()
    run.refresh_from_db()
    assert (failure.is_again, run.state) == (True, "running")
    assert OutboxEntry.objects.filter(job=bulk.WALK, state="waiting").count() == bulk.LANES


def test_the_command_starts_a_run(admin: User) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match="no such photo"):
        call_command("classify_legacy", "--start", stdout=out)
    factories.photo(factories.department(), jpeg=factories.plain_picture(64, 48))
    call_command("classify_legacy", "--start", stdout=out)
    run = BulkRun.objects.get()
    assert f"/jobs/photos/{run.pk}/" in out.getvalue()
    for wrong in (["--department", "999999"], ["--source", "nowhere"]):
        with pytest.raises(CommandError):
            call_command("classify_legacy", *wrong, stdout=out)


def test_the_jobs_page_lists_what_was_given_up_and_tries_it_again(client: Client, admin: User) -> None:
    world = World()
    page = text(client, "jobs")
    assert "Erase the pixels of a deleted photo" in page
    client.post(reverse("job-again", args=[world.given_up.pk]))
    again = OutboxEntry.objects.get(job=world.given_up.job, subject=world.given_up.subject)
    assert (again.state, again.tries) == ("waiting", 0)


def test_pages_ask_few_questions(client: Client, admin: User, django_assert_max_num_queries: Any) -> None:
    where = factories.department()
    photos = [factories.photo(where, jpeg=factories.plain_picture(64, 48)) for _ in range(6)]
    run = bulk.start(BulkRun(), by=admin)
    for photo in photos:
        BulkFailure.objects.create(run=run, photo=Photo.objects.get(pk=photo.pk), reason="crashes")
    with django_assert_max_num_queries(16):
        text(client, "bulk-run", run.pk)
    with django_assert_max_num_queries(12):
        client.get(reverse("bulk-run-status", args=[run.pk]))
    with django_assert_max_num_queries(16):
        text(client, "jobs")
