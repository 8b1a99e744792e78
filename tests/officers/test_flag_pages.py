"""The pages of flags: without scripts, account or cookies; slips, limits, who sees what, and what a list costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from officers import flags, holds
from officers.models import Flag, Hold
from oversight.models import AuditEvent
from oversight.throttles import SparingThrottle
from tests import factories
from tests.officers.test_flags import FINDING, flag, is_public
from tests.officers.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


class TestPages:
    def test_a_flag_works_without_scripts_account_and_cookies_of_ours(
        self, world: World, client: Client
    ) -> None:
        response = client.post(reverse("flag-face", args=[world.face.pk]), {"reason": "minor", "text": ""})
        assert response.status_code == 302
        assert "Write this code down" in client.get(response["Location"]).content.decode()
        assert "sessionid" not in client.cookies
        assert "<script" not in client.get(reverse("flag-officer", args=[world.officer.pk])).content.decode()

    def test_a_slip_keeps_what_was_typed(self, world: World, client: Client) -> None:
        url = reverse("flag-officer", args=[world.officer.pk])
        response = client.post(url, {"part": "name", "text": "Misspelled, I think."})
        text = response.content.decode()
        assert response.status_code == 400
        assert "Choose what is wrong" in text
        assert "Misspelled, I think." in text
        assert not Flag.objects.exists()

    def test_something_else_must_be_said(self, world: World, client: Client) -> None:
        response = client.post(reverse("flag-face", args=[world.face.pk]), {"reason": "other", "text": " "})
        assert response.status_code == 400
        assert "Say in a few words" in response.content.decode()

    @pytest.mark.parametrize(
        "text", ["Call 555-012-3456", "write to me@example.org", "He lives at 12 North Elm Street"]
    )
    def test_private_details_are_not_taken(self, world: World, client: Client, text: str) -> None:
        response = client.post(reverse("flag-face", args=[world.face.pk]), {"reason": "minor", "text": text})
        assert response.status_code == 400
        assert "Take that out" in response.content.decode()
        assert not Flag.objects.exists()

    def test_too_many_from_one_network_wait_and_no_address_is_kept(
        self, world: World, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(SparingThrottle, "THROTTLE_RATES", {"reports": "3/hour", "read": "120/min"})
        url = reverse("flag-officer", args=[world.officer.pk])
        data = {"reason": "not_police", "part": ""}
        sent = [client.post(url, data, REMOTE_ADDR="203.0.113.77").status_code for _ in range(5)]
        assert sent == [302, 302, 302, 429, 429]
        assert client.post(url, data, REMOTE_ADDR="203.0.113.78").status_code == 302
        assert client.get(url, REMOTE_ADDR="203.0.113.77").status_code == 200
        assert Flag.objects.count() == 4
        kept = str(list(Flag.objects.values())) + str(list(AuditEvent.objects.values()))
        assert "203.0.113" not in kept

    def test_a_list_of_twenty_costs_what_one_of_two_does(self, world: World) -> None:
        client = world.client("coordinator of A")
        url = reverse("flags")

        def queries() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(url).status_code == 200
            return len(seen)

        for reason in ("minor", "not_police"):
            flag(world, reason)
        few = queries()
        for number in range(18):
            officer = factories.officer(world.a)
            flags.flag_officer(officer=officer, reason="other", part="", text=f"Number {number} is wrong.")
        assert queries() == few
        assert few <= 17  # seven of them count what waits, for the row of links

    def test_a_decision_without_words_keeps_the_page_and_says_why(self, world: World) -> None:
        it = flag(world, "minor")
        response = world.client("coordinator of A").post(
            reverse("flag-decide", args=[it.pk]), {"outcome": "kept", "finding": "hm"}
        )
        assert response.status_code == 400
        assert ">hm</textarea>" in response.content.decode()

    def test_a_coordinator_decides_on_the_page(self, world: World) -> None:
        it = flag(world, "minor")
        client = world.client("coordinator of A")
        page = client.get(reverse("flags")).content.decode()
        assert f'<image href="{reverse("photo-image", args=[world.face.photo_id])}"' in page
        assert "hidden now" in page
        client.post(reverse("flag-decide", args=[it.pk]), {"outcome": "kept", "finding": FINDING})
        assert is_public(world.face)

    def test_nobody_sees_flags_of_other_departments(self, world: World) -> None:
        code = flags.flag_photo(photo=world.kept, reason="minor", text="A secret of department A.")
        text = world.client("coordinator of B").get(reverse("flags")).content.decode()
        assert "A secret" not in text
        assert code not in text

    def test_undoing_a_deletion(self, world: World) -> None:
        it = flag(world, "minor")
        client = world.client("coordinator of A")
        client.post(reverse("flag-decide", args=[it.pk]), {"outcome": "deleted", "finding": FINDING})
        assert Hold.objects.standing().filter(erase_at__isnull=False).count() == 1
        for hold in Hold.objects.standing():
            client.post(reverse("hold-end", args=[hold.pk]))
        it.refresh_from_db()
        assert (is_public(world.face), it.outcome) == (True, "kept")
        assert holds.erase_due() == 0


class TestSomethingWrong:
    def test_the_officers_page_leads_to_each_of_them(self, world: World, client: Client) -> None:
        text = client.get(reverse("officer", args=[world.officer.pk])).content.decode()
        assert reverse("flag-officer", args=[world.officer.pk]) in text
        assert reverse("flag-face", args=[world.face.pk]) in text
        assert reverse("takedown") in text
        assert reverse("hold-officer", args=[world.officer.pk]) not in text

    @pytest.mark.parametrize(
        ("role", "may"),
        [("volunteer", False), ("coordinator of A", True), ("coordinator of B", False), ("admin", True)],
    )
    def test_who_may_hide_it_is_told_so(self, world: World, role: str, may: bool) -> None:
        text = world.client(role).get(reverse("officer", args=[world.officer.pk])).content.decode()
        assert (reverse("hold-officer", args=[world.officer.pk]) in text) == may

    def test_a_child_is_flagged_at_the_photo_where_it_hides_at_once(
        self, world: World, client: Client
    ) -> None:
        url = reverse("flag-officer", args=[world.officer.pk])
        page = client.get(url).content.decode()
        assert reverse("flag-face", args=[world.face.pk]) in page
        assert client.post(url, {"reason": "minor", "part": "", "text": ""}).status_code == 400

    def test_a_coordinator_hides_a_page_for_some_days(self, world: World) -> None:
        client = world.client("coordinator of A")
        url = reverse("hold-officer", args=[world.officer.pk])
        assert client.post(url, {"days": "3"}).status_code == 400
        assert client.post(url, {"reason": "safety", "days": "3"}).status_code == 302
        hold = Hold.objects.standing().get()
        assert hold.until is not None
        assert timedelta(days=2) < hold.until - timezone.now() <= timedelta(days=3)
        assert Client().get(reverse("officer", args=[world.officer.pk])).status_code == 404
        Hold.objects.update(until=timezone.now() - timedelta(seconds=1))
        assert Client().get(reverse("officer", args=[world.officer.pk])).status_code == 200
