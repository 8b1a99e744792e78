"""The drill: a site with all kinds of rows is backed up, and comes back equal in an empty place, guards and all."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from officers import submissions
from officers.models import Department, Photo
from oversight import audit, outbox, storage
from oversight.models import AuditEvent, OutboxEntry
from tests import factories
from tests.stack import Stack
from tests.workers.backup_world import Site, empty_site
from workers.backup import making, restoring, sealing
from workers.backup.archive import TABLES, members, table_of
from workers.backup.problems import CannotBackUp, CannotRestore
from workers.backup.sealing import Keys, Locks

PRIVATE, PUBLIC = sealing.new_identity()
NAME = "Quillfeather"


def quiet(_line: str) -> None:
    """Say nothing."""


@pytest.fixture
def site(stack: Stack) -> Iterator[Site]:
    """One that has been used: people, officers, photos public and not, promises, history, and what is forbidden."""
    made = Site(stack.services, stack.database, stack.data)
    with made.here():
        where, illinois = factories.department(allowed=True), factories.department(state="IL")
        for number in (1, 2):
            factories.face(factories.officer(where, last_name=f"{NAME}{number}"), _portrait(where, number))
        forbidden = factories.photo(illinois)
        factories.face(factories.officer(illinois, where, last_name="O'Brien-Ødegård\t\\N"), forbidden)
        submissions.forget(factories.photo(illinois))
        waiting = factories.photo(where, is_examined=False)
        lease = {"lease_token": waiting.pk, "lease_until": timezone.now(), "running_as": "gone"}
        OutboxEntry.objects.filter(subject=str(waiting.pk)).update(hinted_at=timezone.now(), **lease)
        AuditEvent.objects.create(actor="a", action="b", subject="c", subject_id="1")
        audit.seal()
        (made.data / "photos" / "rosters").mkdir(exist_ok=True)
        storage.write("rosters/0123", os.urandom(3_000_000))
        yield made


def _portrait(where: Department, number: int) -> Photo:
    return factories.photo(where, jpeg=factories.picture(number))


@pytest.fixture
def other(stack: Stack, tmp_path: Path) -> Iterator[Site]:
    with empty_site(stack.services, tmp_path) as made:
        yield made


def contents(file: Path, keys: Keys) -> dict[str, bytes]:
    """Every member by name, a table's rows under the table's name."""
    found: dict[str, bytes] = {}
    with sealing.opened(file, keys) as stream:
        for name, data in members(stream):
            name = TABLES + table_of(name) if name.startswith(TABLES) else name
            found[name] = found.get(name, b"") + data
    return found


def test_everything_comes_back_equal(site: Site, other: Site, tmp_path: Path) -> None:
    file = tmp_path / "site.backup"
    made = making.back_up(file, Locks((PUBLIC,)), with_key=True, say=quiet)
    assert made.tables["officers_officer"].rows == 3
    assert made.photos.count == len(site.files()) == 5
    assert file.stat().st_mode & 0o777 == 0o600
    with other.here():
        backup = restoring.verified(file, Keys(PRIVATE), quiet)
        restoring.put_back(backup, quiet)
        equal = ({**site.tables(), "django_session": 0}, {**other.tables(), "django_session": 0})
        del equal[0]["django_migrations"], equal[1]["django_migrations"]
        assert equal[0] == equal[1]
        assert other.files() == site.files()
        assert other.rights() == site.rights()
        assert restoring.afterwards(quiet) == []
        assert_promised_anew()
        call_command("check")
        assert factories.officer(Department.objects.all()[0]).pk > 0, "sequences go on after what is there"


def assert_promised_anew() -> None:
    """What a worker of the old site held waits for a worker of this one."""
    entry = OutboxEntry.objects.get(job="workers.photos.find_heads", state="waiting")
    assert (entry.hinted_at, entry.lease_token, entry.lease_until, entry.running_as) == (None, None, None, "")
    assert outbox.sweep(fresh_start=True) >= 1


@pytest.mark.plugin
def test_no_template_is_in_it_and_the_gallery_is_made_anew(site: Site, other: Site, tmp_path: Path) -> None:
    from recognition import gallery
    from recognition.models import FaceTemplate

    where = Department.objects.get(is_facial_recognition_allowed=True)
    for face in gallery.missing(where.pk):
        gallery.enrol_one(face.pk)
    templates = {each.face_id: each.template for each in FaceTemplate.objects.all()}
    assert len(templates) == 2
    plain, hidden = tmp_path / "plain", tmp_path / "hidden"
    making.back_up(plain, Locks(), with_key=False, say=quiet)
    inside = contents(plain, Keys())
    assert not [name for name in inside if "template" in name or "candidate" in name]
    for template in templates.values():
        few = [float(number) for number in template[:3]]
        marks = [str(few[1])[:9].encode(), struct.pack(">3f", *few), struct.pack("<3f", *few)]
        assert not [name for name, data in inside.items() for mark in marks if mark in data]
    making.back_up(hidden, Locks((PUBLIC,)), with_key=False, say=quiet)
    with other.here():
        restoring.put_back(restoring.verified(hidden, Keys(PRIVATE), quiet), quiet)
        assert FaceTemplate.objects.count() == 0
        assert restoring.afterwards(quiet) == []
        assert OutboxEntry.objects.filter(job=gallery.ENROL, subject=str(where.pk), state="waiting").exists()
        for face in gallery.missing(where.pk):
            gallery.enrol_one(face.pk)
        assert {each.face_id: list(each.template) for each in FaceTemplate.objects.all()} == {
            face: list(numbers) for face, numbers in templates.items()
        }


def test_whoever_has_the_file_alone_reads_nothing(site: Site, tmp_path: Path) -> None:
    plain, hidden = tmp_path / "plain", tmp_path / "hidden"
    making.back_up(plain, Locks(), with_key=False, say=quiet)
    making.back_up(hidden, Locks((PUBLIC,)), with_key=True, say=quiet)
    photo = next(iter(site.files().values()))[200:240]
    told = [b"tables/officers_officer", b"manifest.json", photo, b"oversight_user"]
    assert [mark in plain.read_bytes() for mark in (*told[:3], b"officers_photo")] == [True] * 4
    assert NAME.encode() in contents(plain, Keys())[TABLES + "officers_officer"]
    assert [mark in hidden.read_bytes() for mark in told] == [False] * 4
    with pytest.raises(CannotBackUp, match="Encrypt it"):
        making.back_up(tmp_path / "third", Locks(), with_key=True, say=quiet)
    assert "django_session" not in str(contents(plain, Keys()).keys())


def test_a_site_in_use_is_left_alone(site: Site, other: Site, tmp_path: Path) -> None:
    file = tmp_path / "site.backup"
    making.back_up(file, Locks((PUBLIC,)), with_key=False, say=quiet)
    backup = restoring.verified(file, Keys(PRIVATE), quiet)
    was = (site.tables(), site.files())
    with pytest.raises(CannotRestore, match="in use"):
        restoring.put_back(backup, quiet)
    assert (site.tables(), site.files()) == was
    with other.here():
        empty = other.tables()
        storage.write("photos/00/another.jpg", b"x")
        with pytest.raises(CannotRestore, match="holds files already"):
            restoring.put_back(backup, quiet)
        assert other.tables() == empty
        storage.delete("photos/00/another.jpg")
        ranks = backup.manifest.tables.pop("officers_rank")
        with pytest.raises(CannotRestore, match="not those of the backup"):
            restoring.put_back(backup, quiet)
        assert other.tables() == empty
        backup.manifest.tables["officers_rank"] = ranks
        # Killed among the photos: the same command goes on.
        storage.write(restoring.UNFINISHED, backup.manifest.fingerprint.encode())
        storage.write(next(iter(site.files())), b"half a photo")
        restoring.put_back(backup, quiet)
        assert other.files() == site.files()


def test_what_was_changed_cut_off_or_locked_otherwise_changes_nothing(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "site.backup"
    making.back_up(file, Locks((PUBLIC,)), with_key=False, say=quiet)
    whole = file.read_bytes()
    for name, data, keys in (
        ("changed", _flipped(whole, len(whole) // 2), Keys(PRIVATE)),
        ("cut", whole[: len(whole) // 2], Keys(PRIVATE)),
        ("cut at the end", whole[:-1], Keys(PRIVATE)),
        ("another key", whole, Keys(sealing.new_identity()[0])),
        ("no key", whole, Keys()),
        ("empty", b"", Keys()),
        ("something else", b"no backup" * 1000, Keys()),
    ):
        broken = tmp_path / name
        broken.write_bytes(data)
        with pytest.raises(CannotRestore):
            restoring.verified(broken, keys, quiet)
    plain = tmp_path / "plain"
    making.back_up(plain, Locks(), with_key=False, say=quiet)
    data = plain.read_bytes()
    plain.write_bytes(_flipped(data, data.index(b"\xff\xd8") + 200))
    with pytest.raises(CannotRestore, match="does not hold what it says"):
        restoring.verified(plain, Keys(), quiet)
    with pytest.raises(CannotBackUp, match="no backup is written over another"):
        making.back_up(file, Locks(), with_key=False, say=quiet)


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_passphrase_opens_it_and_another_does_not(tmp_path: Path) -> None:
    file = tmp_path / "sealed"
    with (
        file.open("wb") as target,
        sealing.sealed(target, Locks(passphrase="a passphrase of mine")) as stream,
    ):
        for number in range(40):
            stream.write(bytes([number]) * 50_000)
    with sealing.opened(file, Keys(passphrase="a passphrase of mine")) as stream:
        assert stream.read() == b"".join(bytes([number]) * 50_000 for number in range(40))
    with pytest.raises(CannotRestore, match="not the passphrase"), sealing.opened(file, Keys(passphrase="x")):
        pass
    with pytest.raises(CannotBackUp, match="too short"):
        Locks(passphrase="short")
    with pytest.raises(CannotBackUp, match="no public key"):
        Locks(("age1notakey",))


def test_the_commands(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is asked: a new key, a backup for it, a look at the file, and a refusal to write over a living site."""
    key, file = tmp_path / "key", tmp_path / "site.backup"
    call_command("backup", str(key), "--make-key")
    public = capsys.readouterr().out.strip()
    with pytest.raises(CommandError, match="Who may open it"):
        call_command("backup", str(file))
    call_command("backup", str(file), "--recipient", public, "--with-key")
    assert "with the site's key" in capsys.readouterr().out
    call_command("restore", str(file), "--identity", str(key), "--only-verify")
    assert capsys.readouterr().out.startswith("Whole: made ")
    with pytest.raises(CommandError, match="in use"):
        call_command("restore", str(file), "--identity", str(key))
