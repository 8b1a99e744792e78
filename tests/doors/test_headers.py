"""What every answer carries: pages, errors, redirects, static files, pictures, the API; in a demo and in production."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse

from oversight.middleware import ON_EVERY_ANSWER
from tests.officers.world import World

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}
PICTURE_POLICY = "default-src 'none'; sandbox"


def faults(answer: Any, policy: set[str] = POLICY) -> list[str]:
    """Which of the headers an answer lacks, or has otherwise than it should."""
    found = {part.strip() for part in answer.get("Content-Security-Policy", "").split(";")}
    wrong = [] if found == policy else [f"policy: {answer.get('Content-Security-Policy')}"]
    fixed = {name: value for name, value in ON_EVERY_ANSWER.items() if name != "Cache-Control"}
    wrong += [name for name, value in fixed.items() if answer.get(name) != value]
    return wrong + ([] if "Cache-Control" in answer else ["Cache-Control"])


def close_file(answer: Any) -> None:
    """A static file's, without what else the end of a request does: it would end the test's transaction."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def test_pages_redirects_and_refusals() -> None:
    client = Client()
    seen = {}
    for path in (
        *(
            "/",
            "/no/such/page/",
            "/departments",
            "/jobs/",
            "/accounts/login/",
            "/administration/",
            "/healthz",
        ),
        *(
            "/readyz",
            "/api/v1/",
            "/api/v1/nowhere/",
            "/api/v1/departments/",
            "/api/v1/schema/",
            "/api/v1/docs/",
        ),
        *(
            "/static/oversight/css/base.css",
            "/static/oversight/js/proof-worker.js",
            "/static/no-such-file.css",
        ),
        *("/static/oversight/mark.svg", "/protect/", "/metrics"),
    ):
        answer = client.get(path)
        if answer.streaming:
            close_file(answer)
        seen[answer.status_code] = path
        assert faults(answer) == [], path
    assert {200, 301, 302, 404} <= set(seen)


def test_errors(settings: Any) -> None:
    client = Client(raise_request_exception=False)
    answers = [
        client.get("/", HTTP_HOST="elsewhere.example"),
        client.post(reverse("home"), CONTENT_LENGTH=str(10**10)),
        Client(enforce_csrf_checks=True).post(reverse("account_logout")),
        client.post(reverse("job-again", args=[uuid.uuid4()])),
        client.put(reverse("healthz")),
        client.get("/%00"),
    ]
    settings.ROOT_URLCONF = "tests.doors.broken_urls"
    answers += [Client(raise_request_exception=False).get("/breaks"), client.get("/suspects")]
    assert {400, 403, 404, 405, 413, 500} <= {answer.status_code for answer in answers}
    for answer in answers:
        assert faults(answer) == [], (answer.status_code, answer.request["PATH_INFO"])


def test_pictures_run_nothing() -> None:
    """A photo is served with a fixed type, in a sandbox, under a name of ours; who may see it is asked at each look."""
    world = World()
    client = world.client("coordinator of A")
    addresses = [
        reverse("face-crop", args=[world.face.pk]),
        reverse("rendition", args=[world.shown.version, "photo-320.webp"]),
        reverse("photo-image", args=[world.kept.pk]),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert faults(answer, set(PICTURE_POLICY.split("; "))) == [], address
        assert answer["Content-Type"].startswith("image/")
        assert "filename=" in answer["Content-Disposition"]


def test_a_visitor_gets_no_cookie_for_looking() -> None:
    client = Client()
    for name in ("home", "officer-find", "department-list", "about-protection"):
        client.get(reverse(name))
    assert set(client.cookies) <= {"csrftoken"}


PROBE = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
client = Client(raise_request_exception=False, HTTP_HOST="oversight.example")
paths = ["/", "/no/such/page/", "/static/none.css", "/accounts/login/", "/api/v1/departments/", "/healthz"]
answers = {path: dict(client.get(path, secure=True).headers) for path in paths}
plain = client.get("/")
client.get("/accounts/login/", secure=True)
foreign = client.get("/", secure=True, HTTP_HOST="elsewhere.example")
print("RESULT" + json.dumps({
    "answers": answers,
    "plain": [plain.status_code, plain["Location"], dict(plain.headers)],
    "foreign": [foreign.status_code, dict(foreign.headers)],
    "cookies": {name: [held["secure"], held["path"], held["domain"]] for name, held in client.cookies.items()},
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
    "required": settings.SECOND_FACTOR_REQUIRED,
}))
"""


def test_in_production_https_and_host_cookies() -> None:
    """The real settings of a production site, in a process of its own."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "oversight.settings",
        "OVERSIGHT_PRODUCTION": "1",
        "OVERSIGHT_SECRET_KEY": "k" * 25 + "0123456789" * 3,
        "OVERSIGHT_HOSTS": "oversight.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.split("RESULT")[1])
    for path, headers in told["answers"].items():
        assert faults(headers) == [], path
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload", path
    status, location, headers = told["plain"]
    assert (status, location) == (301, "https://oversight.example/")
    assert faults(headers) == []
    assert (told["foreign"][0], faults(told["foreign"][1])) == (400, [])
    assert told["names"] == ["__Host-session", "__Host-csrf"]
    assert told["cookies"] == {"__Host-csrf": [True, "/", ""]}
    assert told["required"] is True
