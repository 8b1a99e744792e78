"""Who sends something leaves no address, browser or file name: not in the database, Valkey, the logs or the mail.

The real web server and worker are asked from an address of this machine that nothing else here has.
"""

import http.client
import re
import uuid
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.urls import reverse
from psycopg import sql
from redis import Redis

from officers.models import Department
from officers.models import Photo as StoredPhoto
from oversight.models import OutboxEntry
from tests import factories
from tests.privacy.watching import files_with
from tests.stack import Stack

pytestmark = pytest.mark.stack
ADDRESS = "127.77.66.55"
BROWSER = "Trace-Browser-5f1d"
FILE_NAME = "trace-holiday-at-grandmas.jpg"
FORWARDED = "203.0.113.191"
NEEDLES = [word.encode() for word in (ADDRESS, BROWSER, FILE_NAME, FORWARDED)]


class Visit:
    """A browser that says who it is in every way that a browser can, with its cookies."""

    def __init__(self, address: str) -> None:
        self.host, self.port = urlsplit(address).hostname or "", urlsplit(address).port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60, source_address=(ADDRESS, 0))
        headers = {
            "User-Agent": BROWSER,
            "X-Forwarded-For": FORWARDED,
            "Forwarded": f"for={FORWARDED}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **({"Content-Type": kind} if kind else {}),
        }
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        text = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, text

    def send(self, path: str, **fields: object) -> int:
        """A form as a page offers it."""
        _, page = self.ask("GET", path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        told = urlencode({"csrfmiddlewaretoken": found[1] if found else "", **fields})
        return self.ask("POST", path, told.encode(), "application/x-www-form-urlencoded")[0]

    def upload(self, path: str, field: str, photo: bytes, department: int) -> int:
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="department"\r\n\r\n{department}\r\n'.encode(),
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{FILE_NAME}"\r\n'
            f"Content-Type: image/jpeg\r\n\r\n".encode(),
            photo,
            f"\r\n--{edge}--\r\n".encode(),
        ]
        return self.ask("POST", path, b"".join(parts), f"multipart/form-data; boundary={edge}")[0]


def everything_stored(stack: Stack) -> list[str]:
    """Tables in which any value of any row holds a needle, as the superuser reads them."""
    database, found = stack.connect("superuser"), []
    tables = database.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    for schema, table in tables:
        rows = database.execute(
            sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, table))
        ).fetchall()
        if any(needle.decode() in row for (row,) in rows for needle in NEEDLES):
            found.append(table)
    assert len(tables) > 40
    return found


def everything_in_valkey(stack: Stack) -> list[bytes]:
    with Redis.from_url(stack.services.locations.redis_url()) as valkey:
        keys = list(valkey.scan_iter())
        assert keys
        return [key for key in keys if any(needle in key + (valkey.dump(key) or b"") for needle in NEEDLES)]


def journey(visit: Visit, department: Department, photo: bytes) -> None:
    """What a visitor does here, mistakes included."""
    for path in (
        "/",
        "/officers/",
        "/who/",
        "/nowhere/",
        f"/departments/{department.pk}/",
        "/api/v1/officers/",
    ):
        visit.ask("GET", path)
    officer = factories.officer(department)
    assert visit.upload(reverse("api-photo-list"), "photo", photo, department.pk) == 202
    assert visit.upload(reverse("api-photo-list"), "photo", b"no photo", department.pk) == 400
    assert (
        visit.send(reverse("flag-officer", args=[officer.pk]), reason="other", text="The badge is old.")
        == 302
    )
    assert visit.send(reverse("account_login"), login="nobody@example.org", password="wrong-password") == 200
    joined = {"email": "trace@example.org", "username": "trace", "password1": "a-long-enough-password"}
    assert visit.send(reverse("account_signup"), **joined) == 302
    assert visit.send(reverse("account_reset_password"), email="trace@example.org") == 302
    visit.ask("POST", reverse("photo-submit"), b"x", "application/x-www-form-urlencoded")  # no token: 403


def test_nothing_of_a_visitor_is_left(stack: Stack) -> None:
    department = factories.department()
    address, photo = stack.start_web(), factories.picture()
    stack.start_worker()
    journey(Visit(address), department, photo)
    assert StoredPhoto.objects.count() == 1
    wait_until_done(stack)
    assert everything_stored(stack) == []
    assert everything_in_valkey(stack) == []
    for folder in (stack.data, stack.services.locations.data, Path(stack.parts["web"].log).parent):
        assert files_with(folder, NEEDLES) == []


def wait_until_done(stack: Stack) -> None:
    from django.core.management import call_command

    call_command("wait_until_done", verbosity=0)
    assert not OutboxEntry.objects.filter(state="dead").exists()
    assert stack.logs()["web"] is not None
