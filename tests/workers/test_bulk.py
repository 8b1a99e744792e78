"""A bulk run by real workers, with kill -9 of worker and web server in the middle: each photo once, memory flat.

60 small photos; OVERSIGHT_BULK_PHOTOS=10000 for the long proof (make deep). Nothing of the product is replaced. What
was written is counted by a trigger of the test's own, which sees every write of a result, not only the last one.
"""

import io
import json
import os
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from officers import submissions
from officers.models import Department
from oversight.models import OutboxEntry, User
from privacy.photos import rebuild
from tests import factories
from tests.stack import Stack
from tests.workers.watching import send

pytestmark = [pytest.mark.stack, pytest.mark.plugin]
PHOTOS = int(os.environ.get("OVERSIGHT_BULK_PHOTOS", "60"))
SECONDS_A_PHOTO = 2.0
KILL_AT = (0.25, 0.6)
MOST_GROWTH = 48 * 2**20
COUNT_WRITES = """
    CREATE TABLE written (photo uuid NOT NULL);
    CREATE FUNCTION note_written() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO public.written VALUES (NEW.photo_id); RETURN NULL; END $$;
    CREATE TRIGGER note_written AFTER INSERT OR UPDATE ON recognition_presenceresult
    FOR EACH ROW EXECUTE FUNCTION note_written();
"""


def small_photo(number: int) -> bytes:
    """Blots of colour, 200 x 150, different for each number."""
    blots = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(blots).resize((200, 150), Image.Resampling.BICUBIC).save(stream, "PNG")
    return stream.getvalue()


def fill(where: Department, count: int) -> None:
    for number in range(count):
        submissions.store(rebuild(small_photo(number)), department=where, is_examined=True)
    OutboxEntry.objects.all().delete()


@dataclass
class Watch:
    """Looks at the run now and then: what is promised, how much memory each part takes, what the page says."""

    stack: Stack
    address: str
    cookie: str
    largest: dict[str, list[int]] = field(default_factory=dict)
    most_promised: int = 0
    pages: int = 0

    def look(self, run: int) -> None:
        for name in ("worker", "web"):
            pids = self.stack.parts[name].leftovers()
            self.largest.setdefault(name, []).append(max(map(memory, pids), default=0))
        self.most_promised = max(self.most_promised, OutboxEntry.objects.filter(state="waiting").count())
        request = urllib.request.Request(  # noqa: S310 - our own server on this machine
            f"{self.address}/jobs/photos/{run}/", headers={"Cookie": f"sessionid={self.cookie}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            assert b"photos" in answer.read()
        self.pages += 1

    def growth(self, name: str) -> int:
        """Bytes that the largest process of a part grew from the first third of the run to the last."""
        seen = [size for size in self.largest[name] if size]
        third = max(len(seen) // 3, 1)
        return max(seen[-third:]) - max(seen[:third])


def memory(pid: int) -> int:
    """Resident bytes of a process; nought when it has just ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
    except (OSError, IndexError):
        return 0


def session() -> str:
    """The cookie of an admin who is signed in."""
    client = Client()
    client.force_login(factories.user(User.Role.ADMIN))
    return client.cookies["sessionid"].value


def test_killed_in_the_middle_each_photo_is_judged_once(
    stack: Stack, department: Department, capsys: pytest.CaptureFixture[str]
) -> None:
    from recognition import bulk
    from recognition.models import BulkRun

    superuser = stack.connect("superuser")
    superuser.execute(COUNT_WRITES.encode())
    superuser.commit()
    fill(department, PHOTOS)
    watch = Watch(stack, stack.start_web(), session())
    stack.start_worker()
    run = bulk.start(BulkRun(), by=None)
    begun = time.monotonic()
    kills = kill_in_the_middle(run, watch, superuser)
    seconds = time.monotonic() - begun
    found = bulk.progress(run)
    assert (run.state, found.done, found.failed, kills) == ("done", PHOTOS, 0, len(KILL_AT))
    assert written(superuser) == (PHOTOS, PHOTOS)
    assert watch.most_promised <= bulk.LANES + 5
    figures = {
        "photos": PHOTOS,
        "writes": written(superuser)[0],
        "kills": kills,
        "seconds": round(seconds, 1),
        "photos_a_second": round(PHOTOS / seconds, 2),
        "most_promised_at_once": watch.most_promised,
        "pages_looked_at": watch.pages,
        **{f"{name}_mib": [size >> 20 for size in thirds(watch.largest[name])] for name in watch.largest},
    }
    with capsys.disabled():
        sys.stdout.write(f"\n{json.dumps(figures)}\n")
    for name in watch.largest:
        assert watch.growth(name) <= MOST_GROWTH, figures


def kill_in_the_middle(run: Any, watch: Watch, superuser: Any) -> int:
    """Watch the run to its end, and kill worker and web server on the way. Returns how often."""
    from recognition import bulk

    begun, kills = time.monotonic(), 0
    while run.state == run.State.RUNNING:
        assert time.monotonic() - begun < 200 + PHOTOS * SECONDS_A_PHOTO, watch.stack.logs()
        time.sleep(0.5)
        watch.look(run.pk)
        run.refresh_from_db()
        before, now, after = bulk.progress(run).done, written(superuser)[0], bulk.progress(run).done
        assert before <= now <= after, "counts and results differ"
        if kills < len(KILL_AT) and bulk.progress(run).over >= KILL_AT[kills] * PHOTOS:
            kills += 1
            watch.address = kill_and_start_again(watch.stack)
    return kills


def written(superuser: Any) -> tuple[int, int]:
    """How often a result was written, and for how many photos."""
    (row,) = superuser.execute("SELECT count(*), count(DISTINCT photo) FROM written").fetchall()
    superuser.rollback()
    return int(row[0]), int(row[1])


def thirds(sizes: list[int]) -> list[int]:
    """The largest in each third of the run."""
    third = max(len(sizes) // 3, 1)
    return [max(sizes[start : start + third]) for start in range(0, third * 3, third) if sizes[start:]]


def kill_and_start_again(stack: Stack) -> str:
    for name in ("worker", "web"):
        stack.kill(name, with_children=True)
    address = stack.start_web()
    stack.start_worker()
    return address


def test_a_fresh_photo_does_not_wait_for_the_run(stack: Stack, department: Department) -> None:
    from recognition import bulk
    from recognition.models import BulkRun, PresenceResult

    fill(department, 40)
    stack.start_worker()
    run = bulk.start(BulkRun(), by=None)
    while not bulk.progress(run).done:
        time.sleep(0.05)
    fresh = send(department)
    while not PresenceResult.objects.filter(photo=fresh).exists():
        time.sleep(0.05)
    run.refresh_from_db()
    assert run.state == "running", "the whole run went before the fresh photo"
