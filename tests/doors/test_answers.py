"""Answers of the web server, counted by route: in /metrics and on the page, from all processes, and of nobody."""

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from oversight import answers, queues
from oversight.models import User
from tests.doors.helping import person
from tests.doors.test_headers import close_file

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-many-letters"
Sample = tuple[str, str, str]


@pytest.fixture(autouse=True)
def _a_process_of_its_own(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """With nothing of earlier tests in it, which tells when it is asked."""
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(answers, "TELL_EVERY", 600.0)
    monkeypatch.setattr(answers, "tally", answers.Tally())


def exposition() -> str:
    return Client().get(reverse("metrics"), HTTP_AUTHORIZATION=f"Bearer {TOKEN}").content.decode()


def scraped() -> dict[Sample, float]:
    """By name, route, and status or step."""
    return {
        (s.name, s.labels["route"], s.labels.get("status") or s.labels.get("le", "")): s.value
        for family in text_string_to_metric_families(exposition())
        if family.name in {"oversight_answers", "oversight_answer_seconds"}
        for s in family.samples
    }


def test_every_answer_is_counted_by_its_route_and_kind(settings: Any) -> None:
    client = Client(raise_request_exception=False)
    client.get(reverse("healthz"))
    client.get(reverse("healthz"))
    client.put(reverse("healthz"))
    client.get(reverse("figures"))
    client.get("/no/such/page/")
    close_file(client.get("/static/oversight/css/base.css"))
    client.post(reverse("home"), CONTENT_LENGTH=str(10**10))  # refused before it has a route
    settings.ROOT_URLCONF = "tests.doors.broken_urls"
    client.get("/breaks")
    settings.ROOT_URLCONF = "oversight.urls"
    told = scraped()
    counted = {key[1:]: value for key, value in told.items() if key[0] == "oversight_answers_total"}
    broken = next(route for route, status in counted if status == "5xx")
    assert counted == {
        ("healthz", "2xx"): 2,
        ("healthz", "4xx"): 1,
        ("figures", "3xx"): 1,
        (answers.NO_ROUTE, "4xx"): 2,
        (answers.STATIC, "2xx"): 1,
        (broken, "5xx"): 1,
    }
    assert told["oversight_answer_seconds_count", "healthz", ""] == 3
    assert told["oversight_answer_seconds_bucket", "healthz", "+Inf"] == 3
    assert 0 < told["oversight_answer_seconds_sum", "healthz", ""] < 30
    steps = [told["oversight_answer_seconds_bucket", "healthz", step] for step in ("0.05", "1.0", "10.0")]
    assert steps == sorted(steps)


def test_how_long_is_told_in_steps() -> None:
    for seconds in ("0.05", "0.05", "2.5", "inf"):
        answers.tally.add([(answers.WITHIN, f"home {seconds}", 1)])
    (home,) = answers.by_route()
    assert home.up_to() == [
        (0.05, 2),
        (0.1, 2),
        (0.25, 2),
        (0.5, 2),
        (1.0, 2),
        (2.5, 3),
        (10.0, 3),
        (float("inf"), 4),
    ]
    assert home.nearly_all == float("inf")


def test_several_processes_give_one_answer() -> None:
    first, second = answers.Tally(), answers.Tally()
    for tally in (first, second, second):
        tally.add([(answers.ANSWERS, "home 2xx", 1), (answers.WITHIN, "home 0.1", 1)])
    first.tell()
    second.tell()
    second.tell()  # has nothing more to tell
    (home,) = answers.by_route()
    assert (home.count, home.up_to()[-1][1]) == (3, 3)


def test_what_cannot_be_told_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as away:
        away.setattr(queues, "connection", lambda: Redis.from_url(f"unix://{tmp_path}/no.sock"))
        assert Client().get(reverse("healthz")).status_code == 200
        with pytest.raises(queues.QueueAway):
            answers.tally.tell()
        assert answers.worst_first(5) == []
        assert "oversight_valkey_up 0.0" in exposition()
    assert scraped()["oversight_answers_total", "healthz", "2xx"] == 1


def test_a_process_tells_by_itself_before_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "TELL_EVERY", 0.01)
    others = set(threading.enumerate())
    for _ in range(2):
        answers.tally.add([(answers.ANSWERS, "home 2xx", 1)])
    for thread in set(threading.enumerate()) - others:
        thread.join(5)
    assert queues.counted()[answers.ANSWERS, "home 2xx"] == 2


def test_nothing_of_the_path_the_query_or_the_visitor_is_in_it() -> None:
    code = "k7pq-22xm-9rta-hc4w"
    client = Client(REMOTE_ADDR="203.0.113.7", headers={"user-agent": "Netscape/4.0"})
    client.get(f"/code/{code}/", {"q": "jane doe"})
    client.get(f"/nowhere/{code}/")
    client.get(reverse("department", args=[987654]))
    text = exposition()
    assert 'route="department"' in text
    assert not re.search(rf"{code}|jane|203\.0|Netscape|987654|nowhere", text)


def test_the_page_shows_what_failed_first() -> None:
    answers.tally.add([(answers.ANSWERS, "home 2xx", 12345), (answers.ANSWERS, "report 5xx", 2)])
    answers.tally.add([(answers.WITHIN, "home 0.1", 12345), (answers.WITHIN, "report inf", 2)])
    browser = Client()
    browser.force_login(person(User.Role.ADMIN))
    page = browser.get(reverse("figures"))
    assert [route.name for route in page.context["routes"][:2]] == ["report", "home"]
    for words in ("12,345", ">0.1 s<", ">over 10 s<"):
        assert words in page.content.decode()
