"""`python -m privacy`: on this computer, with no network, no database and no site."""

import io
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from privacy import heads
from privacy.__main__ import main
from privacy.segments import is_only_a_picture
from tests.privacy import samples

PROJECT = Path(__file__).resolve().parents[2]
PORTRAIT = PROJECT / "officers" / "demo" / "officers" / "001" / "1.jpg"
# What every connection must pass: a child in which it fails has no network.
NO_NETWORK = """
import socket, sys
def refuse(*args, **names):
    raise AssertionError("the network was asked for")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from privacy.__main__ import main
code = main(sys.argv[1:])
assert not [name for name in sys.modules if name.split(".")[0] in {"django", "psycopg", "redis", "rq"}]
raise SystemExit(code)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos, one of them with a marker in its metadata, in folders; and a file that is none."""
    (tmp_path / "in" / "below").mkdir(parents=True)
    shutil.copy(PORTRAIT, tmp_path / "in" / "below" / "one.jpg")
    with Image.open(PORTRAIT) as portrait:
        exif = samples.exif_bytes(*samples.EXIF_PLACES["description"])
        portrait.save(tmp_path / "in" / "two.png", exif=exif)
    (tmp_path / "in" / "two.jpg").write_bytes(samples.photo())
    (tmp_path / "in" / "broken.jpg").write_bytes(samples.photo()[:300])
    (tmp_path / "in" / "notes.txt").write_text("no photo")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", NO_NETWORK, *words]
    environment = {"PYTHONPATH": str(PROJECT), "HOME": str(folder / "home"), "PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_folders_are_done_file_by_file_and_what_fails_is_named(folder: Path) -> None:
    (folder / "home").mkdir()
    done = run(folder, "in", "-o", "out", "--symbol", "fist")
    assert done.returncode == 1, done.stderr
    made = {str(path.relative_to(folder / "out")) for path in (folder / "out").rglob("*") if path.is_file()}
    assert made == {"below/one.jpg", "two.jpg", "two-2.jpg"}
    assert "broken.jpg  not done: That photo is damaged" in done.stderr
    assert "3 of 4 done." in done.stderr
    assert "A machine misses people" in done.stderr
    for name in made:
        copy = (folder / "out" / name).read_bytes()
        assert is_only_a_picture(copy)
        assert samples.MARKER not in copy
    assert list((folder / "home").rglob("*")) == [], "nothing is written down about this computer"
    with Image.open(folder / "out" / "below" / "one.jpg") as copy_of, Image.open(PORTRAIT) as original:
        found = heads.find_heads(np.asarray(original.convert("RGB")))[0]
        face = np.asarray(copy_of)[found.y : found.y + found.height, found.x : found.x + found.width]
    black, white = (face < 40).all(axis=2), (face > 215).all(axis=2)
    assert (black | white).mean() > 0.95, "nothing of the face is left: paint, a fist on it, and its edge"
    assert black.any()
    assert white.any()


def test_nothing_is_written_over_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "out"
    words = [str(folder / "in" / "two.jpg"), "-o", str(out)]
    assert main(words) == 0
    before = (out / "two.jpg").read_bytes()
    assert main([*words, "--colour", "white", "--drawn", "0,0,50,50"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert (out / "two.jpg").read_bytes() == before
    assert main([*words, "--drawn", "0,0,50,50", "--force"]) == 0
    assert (out / "two.jpg").read_bytes() != before
    original = (folder / "in" / "two.jpg").read_bytes()
    assert main([words[0], "-o", str(folder / "in"), "--force"]) == 1, "never over the original"
    assert (folder / "in" / "two.jpg").read_bytes() == original
    assert not list(folder.rglob("*.part"))


@pytest.mark.parametrize(
    "words",
    [
        ["in", "-o", "out", "--scale", "0.5"],
        ["in/notes", "-o", "out", "--colour", "?"],
        ["empty", "-o", "out"],
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_tried(
    folder: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "empty").mkdir()
    monkeypatch.chdir(folder)
    assert main(words) == 2
    assert not (folder / "out").exists()


def test_progress_is_drawn_where_there_is_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert main([str(PORTRAIT), "-o", str(folder / "out")]) == 0
    assert "[####" in screen.getvalue()


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("unshare") is None, reason="needs unshare")
def test_it_works_in_a_network_namespace_without_any_network(folder: Path) -> None:
    command = ["unshare", "--net", sys.executable, "-m", "privacy", str(PORTRAIT), "-o", str(folder / "out")]
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may make no network namespace")
    assert subprocess.run(command, cwd=PROJECT, capture_output=True, check=False).returncode == 0
    assert (folder / "out" / "1.jpg").exists()


def test_the_check_for_the_network_can_fail(folder: Path) -> None:
    """The child above would have noticed."""
    program = NO_NETWORK.split("from privacy")[0] + "socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "the network was asked for" in done.stderr
    assert socket.socket.connect.__name__ == "connect"
