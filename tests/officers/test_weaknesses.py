"""What the best-known record of police gets wrong, where no other test of ours shows that we do not.

The numbers are those of docs/features.md, which names the test for each.
"""

import io
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFilter
from rest_framework.test import APIRequestFactory

from officers import sorting
from officers.models import Claim, Link, Officer, Photo
from oversight.models import User
from oversight.throttles import SparingThrottle
from privacy.photos import rebuild
from tests import factories
from tests.architecture.source import PROJECT
from tests.officers.access_table import ONLY_POST, TABLE, address
from tests.officers.world import World

pytestmark = pytest.mark.django_db

CLAIM = "officers_claim"  # a photo that somebody looks at is kept from others for some minutes


def test_w5_a_photo_is_filed_under_the_department_that_was_chosen() -> None:
    """There, the list was sorted by name and the choice read as its place in it."""
    factories.department(name="Zebra Police", state="AK")
    chosen = factories.department(name="Middle Police", state="OH")
    factories.department(name="Aardvark Police", state="WY")
    photo = SimpleUploadedFile("photo.png", factories.plain_picture(), "image/png")
    Client().post(reverse("photo-submit"), {"department": chosen.pk, "photos": [photo]})
    assert Photo.objects.get().department == chosen


def test_w8_a_photo_taken_in_keeps_its_detail() -> None:
    """There, saving again at quality 75 lost more than half of the bytes, and faces were saved twice."""
    drawn = Image.effect_noise((640, 480), 40).convert("RGB").filter(ImageFilter.GaussianBlur(1.2))
    ImageDraw.Draw(drawn).ellipse((200, 100, 420, 400), fill=(180, 140, 120))
    stream = io.BytesIO()
    drawn.save(stream, "JPEG", quality=95)
    kept = rebuild(stream.getvalue())
    before = np.asarray(Image.open(stream).convert("RGB"), dtype=np.int16)
    after = np.asarray(Image.open(io.BytesIO(kept.jpeg)).convert("RGB"), dtype=np.int16)
    assert np.abs(before - after).mean() < 1.5
    assert len(kept.jpeg) > 0.6 * len(stream.getvalue())


class TestW10:
    """There, a reset took a password of one letter and told strangers which addresses have an account."""

    def test_a_reset_asks_for_a_long_password(self) -> None:
        person = factories.user()
        client = Client()
        client.post(reverse("account_reset_password"), {"email": person.email})
        link = next(word for word in str(mail.outbox[0].body).split() if "/reset/key/" in word)
        page = client.get("/" + link.split("/", 3)[3], follow=True)
        form = page.redirect_chain[-1][0]
        for word, is_taken in (("x", False), ("elevenchars", False), ("a-long-unusual-phrase", True)):
            client.post(form, {"password1": word, "password2": word})
            assert User.objects.get(pk=person.pk).check_password(word) is is_taken, word

    def test_nobody_learns_who_has_an_account(self) -> None:
        known, unknown = factories.user().email, "nobody-at-all@example.org"
        answers = []
        for address_of in (known, unknown):
            answer = Client().post(reverse("account_reset_password"), {"email": address_of})
            answers.append((answer.status_code, answer.headers.get("Location"), answer.content))
        assert answers[0] == answers[1]


@pytest.mark.parametrize("role", ["volunteer", "coordinator of B"])
def test_w11_nobody_reads_what_a_volunteer_did(role: str) -> None:
    """There, whoever had an account could list the work of every volunteer, police officers included."""
    world = World()
    busy = factories.user()
    User.objects.filter(pk=busy.pk).update(username="somebody-busy")
    photo = factories.photo(world.a)
    Claim.objects.create(photo=photo, person=busy, task="sort", until=timezone.now())
    sorting.say(photo=photo, says="yes", by=busy)
    client = world.client(role)
    for row in TABLE:
        if row.name not in ONLY_POST:
            page = client.get(address(row, world))
            body = b"" if page.streaming else page.content
            assert b"somebody-busy" not in body, row.name
            assert busy.email.encode() not in body, row.name


@pytest.mark.parametrize("role", ["volunteer", "admin"])
def test_w13_looking_changes_nothing(role: str) -> None:
    """There, a look at an address ended the work on a photo for everybody."""
    world = World()
    client = world.client(role)
    written: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"} and CLAIM not in sql:
            written.append(" ".join(words[:6]))
        return execute(sql, params, many, context)

    for row in TABLE:
        if row.name not in ONLY_POST and row.method == "get":
            where = address(row, world)
            with connection.execute_wrapper(watch):
                client.get(where)
            assert written == [], row.name


def test_w15_the_command_for_the_first_admin_makes_one() -> None:
    """There, the command fell over its own arguments."""
    call_command("createsuperuser", username="first", email="first@example.org", interactive=False)
    made = User.objects.get(username="first")
    assert made.is_admin
    assert made.is_staff


class TestW17:
    """There, behind the proxy of the manual all visitors shared one limit."""

    def ident(self, forwarded_for: str) -> str:
        request: Any = APIRequestFactory().get(
            "/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded_for}
        )
        return str(SparingThrottle().get_ident(request))

    def test_behind_our_proxy_each_visitor_has_a_limit(self, settings: Any) -> None:
        settings.REST_FRAMEWORK = {**site_settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
        assert self.ident("203.0.113.7") == "203.0.113.7"
        assert self.ident("203.0.113.8") == "203.0.113.8"
        assert self.ident("1.1.1.1, 203.0.113.8") == "203.0.113.8", "typed by the visitor"

    def test_without_one_a_header_opens_no_new_limit(self) -> None:
        assert self.ident("203.0.113.7") == "10.0.0.1"


def test_w18_a_change_is_seen_at_once_in_pages_and_exports() -> None:
    """There, each process remembered what it had read for a day."""
    world = World()
    pages = [
        reverse("department", args=[world.a.pk]),
        reverse("officer", args=[world.officer.pk]),
        f"/api/v1/officers/{world.officer.pk}/",
    ]
    client = Client()
    before = [client.get(page).content for page in pages]
    Officer.objects.filter(pk=world.officer.pk).update(last_name="Renamed")
    world.officer.assignments.update(badge_number="4711")
    factories.officer(world.a)
    after = [client.get(page).content for page in pages]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert b"Renamed" in after[1]
    assert b"4711" in after[2]


def test_w26_production_does_not_start_with_a_key_that_everybody_knows() -> None:
    """There, a site without a key of its own ran with the one in the source."""
    bare = {name: value for name, value in os.environ.items() if name != "OVERSIGHT_SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "-c", "import oversight.settings"],
        env={**bare, "OVERSIGHT_PRODUCTION": "1", "OVERSIGHT_HOSTS": "example.org"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert "OVERSIGHT_SECRET_KEY is not set" in done.stderr


def test_w27_each_department_names_its_own_complaint_office() -> None:
    """There, every city's page led to one office in Chicago, which is closed."""
    for office in ("Civilian Review Board, Room 4", "Office of the Inspector"):
        here = factories.department(complaint_office=office)
        assert office in Client().get(reverse("department", args=[here.pk])).content.decode()
    assert (
        "Where to complain"
        not in Client().get(reverse("department", args=[factories.department().pk])).content.decode()
    )


@pytest.mark.parametrize(
    "address", ["https://www.youtube.com/watch?v=1", "https://youtu.be/1", "https://videos.example/watch/1"]
)
def test_w27_any_address_of_a_video_is_a_link_and_never_a_frame(address: str) -> None:
    """There, one form of one company's addresses was understood, and its frame told it who looked."""
    who = factories.officer(factories.department())
    link = Link(url=address, title="What happened", link_type="video")
    link.full_clean()
    link.save()
    link.officers.add(who)
    page = Client().get(reverse("officer", args=[who.pk])).content.decode()
    assert f'href="{address}"' in page
    assert "<iframe" not in page


def test_w29_every_package_is_pinned_by_its_hash() -> None:
    """There, versions were years old and part of the pins dead."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (PROJECT / name).read_text(encoding="utf-8")
        packages = [each for each in lock.split("\n") if each and not each.startswith((" ", "#"))]
        assert packages
        assert all("==" in each for each in packages)
        assert lock.count("--hash=sha256:") >= len(packages)
        assert "://" not in lock
