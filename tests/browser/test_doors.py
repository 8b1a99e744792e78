"""Every page with all other hosts blocked, the office's pages for everybody's eyes, and work in place of a puzzle."""

import base64
import json
import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import expect

from officers import submissions
from oversight import outbox, proof, queues
from oversight.models import OutboxEntry
from tests.browser.conftest import Visit
from tests.browser.test_pages import LOOKS, faults_of
from tests.browser.visitor import SLOWEST_PAGE, Visitor
from tests.doors.test_matrix import walk

pytestmark = [pytest.mark.browser, pytest.mark.stack]
NO_PAGES = {  # answers for programs, files to keep, and the end of this visit
    *("healthz", "readyz", "metrics", "api-schema", "account_logout", "admin:logout", "admin:jsi18n"),
    *("mfa_download_recovery_codes", "mfa_reauthenticate_webauthn", "admin:autocomplete", "officer-suggest"),
    *("identify-suggest", "audit-download", "dead-letters-again"),
}


def pages_without_arguments() -> list[str]:
    """Addresses of all pages that need nothing filled in; one of the administration's lists stands for all of them."""
    found = []
    for name, _ in walk(get_resolver()):
        if not name.rpartition(":")[2] or name in NO_PAGES:
            continue
        if name.startswith("api-") and name != "api-docs":  # JSON is no page
            continue
        if name.startswith("admin:") and name not in {"admin:index", "admin:oversight_user_changelist"}:
            continue
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return sorted(set(found))


def test_every_page_loads_with_all_other_hosts_blocked(visit: Visit) -> None:
    """As a visitor where a visitor is meant, as an admin everywhere else."""
    visitor, stopped = visit(), []
    ours = urlsplit(visitor.site.address).netloc

    def stop(route: Any) -> None:
        if urlsplit(route.request.url).netloc == ours:
            route.continue_()
        else:
            stopped.append(route.request.url)
            route.abort()

    visitor.page.context.route("**/*", stop)
    pages = pages_without_arguments()
    assert len(pages) > 40
    for_visitors = [path for path in pages if path.startswith("/accounts/") and "/2fa/" not in path]
    load(visitor, for_visitors)
    visitor.sign_in("admin")
    load(visitor, [path for path in pages if path not in for_visitors])
    assert stopped == []


def load(visitor: Visitor, pages: list[str]) -> None:
    for path in pages:
        status = visitor.go(path)
        assert status < 500, path
        assert visitor.page.title(), path


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_offices_pages(visit: Visit, size: Any, scheme: Any) -> None:
    entries = [
        OutboxEntry.objects.create(
            job=submissions.FIND_HEADS, subject=str(uuid.uuid4()), queue=queues.PHOTOS, state="dead",
            tries=8, last_error=error, due_at=timezone.now(), settled_at=timezone.now(),
        )
        for error in (outbox.CRASHES, "OSError", "OSError")
    ]  # fmt: skip
    visitor, faults = visit(size, scheme=scheme), []
    visitor.sign_in("admin")
    try:
        for path in (
            "/jobs/",
            "/figures/",
            "/audit/?check=1",
            "/accounts/2fa/",
            "/accounts/2fa/totp/activate/",
        ):
            visitor.go(path)
            faults += faults_of(visitor, size)
        visitor.go("/jobs/")
        visitor.follow("Find the heads in a photo")
        faults += faults_of(visitor, size)
    finally:
        OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
    assert faults == []


def test_a_browser_proves_work_while_the_form_is_filled_in(visit: Visit) -> None:
    visitor = visit("phone")
    visitor.go("/accounts/signup/")
    field = visitor.page.locator("input[name=altcha]")
    expect(field).not_to_have_value("", timeout=SLOWEST_PAGE)
    answer = field.input_value()
    assert 0 <= json.loads(base64.b64decode(answer))["number"] <= 100_000
    assert proof.is_proven(answer)


def test_joining_needs_no_scripts(visit: Visit) -> None:
    visitor = visit(scripts=False)
    visitor.go("/accounts/signup/")
    visitor.page.get_by_label("Email").fill("no-scripts@example.org")
    visitor.page.get_by_label("Username").fill("noscripts")
    visitor.page.get_by_label("Password").fill("a-long-enough-password")
    visitor.press("Join")
    assert visitor.page.get_by_text("Signed in as").count()
