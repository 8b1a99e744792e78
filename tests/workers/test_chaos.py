"""The command `chaos`, played small: its findings are real, and its checker finds what is missing.

`make test` ends with OVERSIGHT_CHAOS_KILLS=4 (some two minutes, of which a killed job’s lease alone is 35); `make deep`
plays 1,000 kills.
"""

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest
from django.utils import timezone

from oversight.embedded.programs import PROJECT
from oversight.models import OutboxEntry
from tests import factories
from tests.stack import Stack
from workers.chaos import checking
from workers.chaos.faults import Faults
from workers.chaos.flaky import flaky
from workers.chaos.ledger import Ledger

KILLS = int(os.environ.get("OVERSIGHT_CHAOS_KILLS", "0"))
FEW = KILLS <= 4
SEED = 195 if FEW else 7  # four kills of this one: the web server, the queue, the database, a job


@pytest.mark.plugin
@pytest.mark.skipif(not KILLS, reason="takes minutes: OVERSIGHT_CHAOS_KILLS=4, or make deep")
def test_nothing_is_lost_and_nothing_done_twice() -> None:
    few = {
        "--kills": KILLS,
        "--flushes": max(1, KILLS // 20),
        "--restarts": max(1, KILLS // 20),
        "--legacy": 6 if FEW else 20,
        "--gap": 1 if FEW else 2,
        "--seed": SEED,
    }
    words = [str(word) for pair in few.items() for word in pair]
    done = subprocess.run(
        [sys.executable, "manage.py", "chaos", *words, "--s3-faults", "0.2", "--json"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600 + 12 * KILLS,
    )
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout)  # one object and nothing else
    assert (figures["lost"], figures["double_effects"], figures["still_open"]) == (0, 0, 0), figures
    assert figures["given_up"] == [], figures
    assert figures["kills"] == KILLS
    assert figures["legacy_judged"] == figures["legacy_photos"]
    assert figures["acknowledged"] > 0
    assert figures["s3_requests_failed"] > 0


def test_four_kills_are_of_four_kinds() -> None:
    killed = {
        step for step in Faults(195, 1).plan(kills=4, flushes=1, restarts=1) if step.startswith("kill ")
    }
    assert killed == {"kill web", "kill valkey", "kill postgres", "kill job"}


def test_the_plan_comes_from_its_seed() -> None:
    first, again, other = (Faults(seed, 1).plan(kills=20, flushes=2, restarts=2) for seed in (1, 1, 2))
    assert first == again != other
    assert sorted(map(first.count, ("flush", "restart"))) == [2, 2]
    assert sum(step.startswith("kill ") for step in first) == 20


@pytest.mark.plugin
@pytest.mark.django_db
def test_the_checker_finds_what_is_missing() -> None:
    """Told of a photo, an answer and a tag that nobody has, and of a broken photo that nobody looked at."""
    from django.db import connection

    there = factories.photo(factories.department())
    told = Ledger(uploads=[str(uuid.uuid4()), str(there.pk)])
    told.told_answer(str(there.pk), "volunteer", "yes")
    told.told_tag(str(there.pk), (1, 2, 3, 4))
    found, raw = checking.Findings(), connection.connection
    checking._photos(raw, told, lambda _photo: b"not a picture", found)
    checking._answers(raw, told, found)
    checking._tags(raw, told, found)
    assert found.lost == 5, found.examples
    assert any("no row" in each for each in found.examples)
    assert any("UnidentifiedImageError" in each for each in found.examples)


@pytest.mark.plugin
@pytest.mark.django_db
def test_what_is_promised_still_is_late_and_not_lost() -> None:
    """Nobody has looked at either photo; for one of them somebody still will."""
    from django.db import connection

    where = factories.department()
    waiting, forgotten = factories.photo(where, is_examined=False), factories.photo(where, is_examined=False)
    OutboxEntry.objects.filter(subject=str(forgotten.pk)).delete()
    told, found = Ledger(uploads=[str(waiting.pk), str(forgotten.pk)]), checking.Findings()
    picture = factories.plain_picture()
    checking._photos(connection.connection, told, lambda _photo: picture, found)
    assert (found.late, found.lost) == (1, 1)
    assert str(forgotten.pk) in found.examples[0]


@pytest.mark.plugin
@pytest.mark.stack
def test_an_answer_given_twice_is_seen_and_one_given_anew_is_not_a_second(
    stack: Stack, superuser_connection: psycopg.Connection
) -> None:
    """After a crash of the database the answer is gone, and is promised and given once more."""
    from recognition.models import Identification

    superuser_connection.autocommit = True
    superuser_connection.execute(checking.COUNT_EFFECTS.encode())
    where, soon = factories.department(), timezone.now() + timedelta(hours=1)
    photo, box = factories.photo(where), {"x": 1, "y": 1, "width": 9, "height": 9}
    asked = Identification.objects.create(photo=photo, department=where, expires_at=soon, **box)
    this = Identification.objects.filter(pk=asked.pk)
    for state in ("done", "waiting", "done"):
        this.update(state=state)
    assert checking.doubles(superuser_connection) == []
    assert checking.begun_again(superuser_connection) == 1
    this.update(state="unusable")
    assert checking.doubles(superuser_connection) == [("search", 1)]


class _Counting(BaseHTTPRequestHandler):
    seen = 0

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        _Counting.seen += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


def test_a_flaky_bucket_fails_in_all_three_ways() -> None:
    """Some never arrive, some are refused, and of some only the answer is lost."""
    behind = ThreadingHTTPServer(("127.0.0.1", 0), _Counting)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    told = refused = broken = 0
    with flaky(f"http://127.0.0.1:{behind.server_address[1]}", share=0.5, seed=1) as server:
        for _ in range(60):
            request = urllib.request.Request(server.address, b"x", method="PUT")  # noqa: S310 - our own
            try:
                urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - our own
                told += 1
            except urllib.error.HTTPError as error:
                refused += error.code == 503
                error.close()
            except OSError:
                broken += 1
    behind.shutdown()
    behind.server_close()
    assert told + refused + broken == 60
    assert min(told, refused, broken) > 0
    assert server.failed == refused + broken
    assert told < _Counting.seen < told + broken + 1, "some arrived whose answer was lost"
