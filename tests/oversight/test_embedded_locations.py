"""Where things lie, and the secrets that are made once."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from oversight.embedded import locations
from oversight.embedded.locations import LONGEST_SOCKET_PATH, POSTGRES_SOCKET, Locations
from oversight.embedded.problems import CannotStart
from oversight.embedded.programs import PROJECT
from oversight.environment import parse_database_url

PRINT_SECRETS = """
import sys
from pathlib import Path
from oversight.embedded.locations import Locations
print(Locations(Path(sys.argv[1])).secrets().secret_key)
"""


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    here = Locations(tmp_path / "data")

    first = here.secrets()

    assert here.secrets() == first
    assert stat.S_IMODE(here.secrets_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(here.data.stat().st_mode) == 0o700
    assert len({first.secret_key, first.superuser, first.owner, first.app}) == 4
    assert len(first.secret_key) >= 50
    assert [path.name for path in here.data.iterdir()] == ["secrets.json"]


def test_processes_that_race_read_the_same_secrets(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PRINT_SECRETS, str(tmp_path / "data")]
    racing = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(6)]

    keys = {process.communicate(timeout=30)[0].strip() for process in racing}

    assert keys == {Locations(tmp_path / "data").secrets().secret_key}


def test_a_traceback_does_not_show_the_secrets(tmp_path: Path) -> None:
    words = Locations(tmp_path).secrets()

    assert words.app not in repr(words)
    assert words.secret_key not in repr(words)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"app": "x"}'])
def test_damaged_secrets_are_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    here = Locations(tmp_path)
    here.secrets_file.write_text(text)

    with pytest.raises(CannotStart, match="is damaged"):
        here.secrets()


def test_a_data_folder_that_is_a_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")

    with pytest.raises(CannotStart, match="OVERSIGHT_DATA="):
        Locations(tmp_path / "data").secrets()


def test_importing_and_asking_for_paths_makes_nothing(tmp_path: Path) -> None:
    here = Locations(tmp_path / "data")

    paths = (here.postgres_data, here.postgres_socket_dir, here.valkey_socket, here.logs, here.secrets_file)

    assert all(path.is_absolute() for path in paths)
    assert not here.data.exists()


def test_a_relative_data_folder_is_refused() -> None:
    with pytest.raises(ValueError, match="absolute"):
        Locations(Path("var"))


@pytest.mark.parametrize("name", ["short", "long" * 40, "déjà vu" * 12, "a,b"])
def test_socket_paths_fit_and_are_understood_by_clients(name: str) -> None:
    here = Locations(Path("/srv") / name)

    assert len(os.fsencode(here.sockets / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH
    assert "," not in str(here.sockets)
    assert here.sockets == Locations(Path("/srv") / name).sockets
    assert here.sockets != Locations(Path("/srv") / f"{name}2").sockets


def test_addresses_are_read_back_as_they_were_meant(tmp_path: Path) -> None:
    here = Locations(tmp_path / "with space & 100%")
    words = here.secrets()

    entry = parse_database_url(here.database_url("app", "other"))

    assert (entry["USER"], entry["PASSWORD"], entry["NAME"]) == ("oversight_app", words.app, "other")
    assert entry["HOST"] == str(here.postgres_socket_dir)
    assert parse_database_url(here.database_url("owner"))["USER"] == "oversight_owner"
    with Redis.from_url(here.redis_url()) as client:
        assert client.connection_pool.connection_kwargs["path"] == str(here.valkey_socket)


@pytest.fixture
def short_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for /tmp."""
    monkeypatch.setattr(locations, "SHORT_PARENT", tmp_path)
    return tmp_path


def test_a_short_folder_of_our_own_is_used(short_parent: Path) -> None:
    here = Locations(short_parent / ("long" * 40))
    here.sockets.mkdir(mode=0o700)

    assert here.redis_url() == f"unix://{here.valkey_socket}"


def test_a_short_folder_that_somebody_put_there_is_refused(short_parent: Path) -> None:
    here = Locations(short_parent / ("long" * 40))
    here.sockets.symlink_to("/")

    with pytest.raises(CannotStart, match="belongs to somebody else"):
        here.redis_url()


def test_a_short_folder_that_others_may_write_to_is_refused(short_parent: Path) -> None:
    here = Locations(short_parent / ("long" * 40))
    here.sockets.mkdir()
    here.sockets.chmod(0o777)

    with pytest.raises(CannotStart, match="belongs to somebody else"):
        here.database_url("app")
