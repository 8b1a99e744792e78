"""The last release's code on this release's tables: it starts, says that it is well, and does the core of its work.

Its own program, taken from the repository by the commit in released.json, runs against a database that today's code has
migrated. What is not asked of it: to measure faces. A worker that knows less law than the database leaves that alone
(recognition/release.py).
"""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from oversight.embedded.programs import PROJECT, Web, Worker
from oversight.models import OutboxEntry
from tests.stack import Stack
from tests.upgrades.released import last_release
from tests.workers.watching import wait_for
from workers.chaos.people import SORT_FORM, small_photo
from workers.chaos.visits import Visitor

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(not os.environ.get("OVERSIGHT_DEEP"), reason="takes a minute: make deep"),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The last release's files."""
    found = subprocess.run(
        ["git", "archive", "--format=tar", last_release().commit],
        cwd=PROJECT,
        capture_output=True,
        check=False,
    )
    if found.returncode:
        pytest.skip("the last release is not in this copy of the repository")
    with tarfile.open(fileobj=io.BytesIO(found.stdout)) as tar:
        tar.extractall(tmp_path / "old", filter="data")
    return tmp_path / "old"


def manage(stack: Stack, old: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=old,
        env=stack.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def start(stack: Stack, old: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its web server and its worker; the address."""
    for part in (Web, Worker):
        monkeypatch.setattr(part, "cwd", lambda _self: old)
    stack.start_worker()
    return stack.start_web()


def test_the_last_release_works_on_the_tables_of_this_one(
    stack: Stack, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from officers.demo_seed import PASSWORD, PEOPLE
    from officers.models import Department, FoundHead, Officer, Photo, SortAnswer

    manage(stack, old, "seed_demo")  # rows of nearly every kind, written by the old code
    address = start(stack, old, monkeypatch)
    visitor, volunteer = Visitor(address), Visitor(address)
    ready = visitor.get("/readyz")
    assert (ready.status, set(ready.json().values())) == (200, {"ok"})
    officer, department = Officer.objects.order_by("pk")[0], Department.objects.order_by("pk")[0]
    for page in ("/", "/officers/", f"/officers/?name={officer.last_name}", f"/officers/{officer.pk}/"):
        assert visitor.get(page).status == 200, page
    sent = visitor.send_file("/api/v1/photos/", {"department": str(department.pk)}, small_photo(1))
    assert sent.status == 202, sent.body
    photo = Photo.objects.get(pk=sent.json()["id"])
    entry = OutboxEntry.objects.get(job="workers.photos.find_heads", subject=str(photo.pk))
    wait_for(lambda: _is_settled(entry), 120, "the old worker looked at the photo")
    assert OutboxEntry.objects.get(pk=entry.pk).state == "done"
    assert FoundHead.objects.filter(photo=photo).count() == 0
    assert volunteer.sign_in(PEOPLE["volunteer"], PASSWORD)
    form = SORT_FORM.search(volunteer.get("/photos/").body)
    assert form, "the volunteer has a photo to sort"
    action = f"/photos/{form[1]}/sort/"
    assert volunteer.submit("/photos/", action, {"police": "no"}).status == 302
    assert SortAnswer.objects.filter(photo__pk=form[1], says="no").count() == 1


def _is_settled(entry: OutboxEntry) -> bool:
    entry.refresh_from_db()
    return entry.state != "waiting"
