"""Legacy photos: a folder or a bucket taken in once, whatever happens meanwhile, each refusal with its reason."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from officers import imports
from officers.models import Department, ImportedFile, ImportSource, Photo
from oversight.embedded.programs import PROJECT
from oversight.models import OutboxEntry
from tests import factories
from tests.stack import Stack


def run(place: object, department: Department, *more: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "import_photos",
        str(place),
        "--department",
        str(department.pk),
        "--json",
        *more,
        stdout=out,
        stderr=io.StringIO(),
    )
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three photos, one of them twice, and two files that are none."""
    place = tmp_path / "legacy"
    (place / "b").mkdir(parents=True)
    for number in (1, 2, 3):
        (place / f"{number}.jpg").write_bytes(factories.picture(number))
    (place / "b" / "again.jpg").write_bytes(factories.picture(2))
    (place / "b" / "notes.txt").write_text("not a photo")
    (place / "empty.jpg").write_bytes(b"")
    (place / "link.jpg").symlink_to(place / "1.jpg")
    return place


def states(held: int) -> dict[str, str]:
    return dict(ImportedFile.objects.filter(source=held).values_list("key", "state"))


@pytest.mark.django_db
def test_every_file_has_its_state_and_a_second_run_does_nothing(folder: Path) -> None:
    where = factories.department()
    found = run(folder, where)
    assert states(found["source"]) == {
        "1.jpg": "stored",
        "2.jpg": "stored",
        "3.jpg": "stored",
        "b/again.jpg": "duplicate",
        "b/notes.txt": "refused",
        "empty.jpg": "refused",
    }
    assert (found["stored"], found["duplicate"], found["refused"], found["this_run"]) == (3, 1, 2, 6)
    assert [(row["key"], row["code"]) for row in found["refusals"]] == [
        ("b/notes.txt", "not_a_photo"),
        ("empty.jpg", "empty"),
    ]
    assert "not a photo" in found["refusals"][0]["reason"]
    assert Photo.objects.count() == 3
    assert not OutboxEntry.objects.filter(job="workers.photos.find_heads").exists()
    again = run(folder, where)
    assert (again["stored"], again["this_run"]) == (3, 0)


@pytest.mark.django_db
def test_a_file_that_changed_and_a_new_one_are_looked_at_again(folder: Path) -> None:
    where = factories.department()
    run(folder, where)
    (folder / "empty.jpg").write_bytes(factories.picture(4))
    (folder / "5.jpg").write_bytes(factories.picture(5))
    found = run(folder, where)
    assert (found["stored"], found["refused"], found["this_run"]) == (5, 1, 2)


@pytest.mark.django_db
def test_the_day_taken_is_kept_only_when_asked_for(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2014:08:09 12:01:00"
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        picture = Image.open(io.BytesIO(factories.plain_picture()))
        picture.save(tmp_path / name / "1.jpg", exif=exif)
    where = factories.department()
    run(tmp_path / "first", where)
    run(tmp_path / "second", where, "--keep-day-taken")
    days = Photo.objects.order_by("imported_files__source_id").values_list("taken_on", flat=True)
    assert [str(day) for day in days] == ["None", "2014-08-09"]


@pytest.mark.django_db
def test_days_of_change_choose_files(folder: Path) -> None:
    os.utime(folder / "1.jpg", (1_400_000_000, 1_400_000_000))
    found = run(folder, factories.department(), "--until-date", "2015-01-01")
    assert (found["stored"], found["this_run"]) == (1, 1)


@pytest.mark.django_db
def test_heads_are_promised_a_few_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(folder, factories.department())
    monkeypatch.setattr(imports, "HEADS_PROMISED", 2)
    assert [imports.promise_heads(), imports.promise_heads()] == [2, 0]
    promised = OutboxEntry.objects.filter(job="workers.photos.find_heads")
    assert set(promised.values_list("queue", flat=True)) == {"bulk"}
    promised.update(state="dead")
    assert [imports.promise_heads(), imports.promise_heads()] == [1, 0]


@pytest.mark.django_db
def test_what_cannot_be_imported_is_said(tmp_path: Path) -> None:
    where = factories.department()
    with pytest.raises(CommandError, match="no folder"):
        run(tmp_path / "nowhere", where)
    with pytest.raises(CommandError, match="no department"):
        call_command("import_photos", str(tmp_path), "--department", "999999")
    with pytest.raises(CommandError, match="Name the bucket"):
        run("s3://", where)


@pytest.mark.django_db
def test_a_prefix_of_a_bucket(s3_endpoint: str, settings: Any, tmp_path: Path) -> None:
    from tests.officers.bucket import new_bucket
    from tests.officers.conftest import s3_storage

    bucket = new_bucket(s3_endpoint)
    settings.STORAGES = settings.STORAGES | {"private": s3_storage(bucket.environment())}
    client = bucket.client()
    for key, body in {
        "old/1.jpg": factories.picture(1),
        "old/x/2.jpg": factories.picture(2),
        "old/readme": b"text",
        "other/3.jpg": factories.picture(3),
    }.items():
        client.put_object(Bucket=bucket.name, Key=key, Body=body)
    found = run(f"s3://{bucket.name}/old/", factories.department())
    assert (found["stored"], found["refused"]) == (2, 1)
    assert sorted(states(found["source"])) == ["old/1.jpg", "old/readme", "old/x/2.jpg"]
    stored = bucket.keys()
    assert len([name for name in stored if name.startswith("photos/")]) == 2


@pytest.mark.stack
def test_killed_again_and_again_it_goes_on_and_takes_nothing_in_twice(stack: Stack, tmp_path: Path) -> None:
    where = factories.department()
    place = tmp_path / "many"
    place.mkdir()
    for number in range(1, 31):
        (place / f"{number:02}.jpg").write_bytes(factories.picture(number))
    shutil.copy(place / "07.jpg", place / "99.jpg")
    command = [sys.executable, "manage.py", "import_photos", str(place), "--department", str(where.pk)]
    kills = 0
    for _ in range(40):
        process = subprocess.Popen(
            command, cwd=PROJECT, env=stack.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wanted = Photo.objects.count() + 8
        while process.poll() is None and Photo.objects.count() < wanted:
            time.sleep(0.02)
        if process.poll() is not None:
            assert process.returncode == 0
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills >= 2
    assert Photo.objects.count() == 30
    held = ImportSource.objects.get()
    assert imports.counts(held) == {"waiting": 0, "stored": 30, "duplicate": 1, "refused": 0, "failed": 0}
    assert held.is_finished
    in_storage = list((stack.data / "photos").rglob("*.jpg"))
    rows = set(Photo.objects.values_list("pk", flat=True))
    orphans = len(in_storage) - len(rows)
    promised = OutboxEntry.objects.filter(job="workers.photos.erase", state="waiting").count()
    assert 0 <= orphans <= promised  # bytes that a kill left without a row are promised to be erased
