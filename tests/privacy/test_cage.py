"""A photo that takes over its decoder gains one short-lived process, and nothing else."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from privacy import cage
from privacy.cage import Limits, PhotoRefused, rebuild_in_cage, run_in_cell
from privacy.framing import pack_photo, pack_refusal, unpack
from privacy.photos import rebuild
from tests.privacy import samples

ROOT = Path(__file__).resolve().parents[2]
QUICK = Limits(wall_seconds=3.0)


def task(name: str) -> str:
    return f"tests.privacy.misbehaviour:{name}"


def refusal_of(name: str, limits: Limits, data: bytes = b"") -> str:
    with pytest.raises(PhotoRefused) as refused:
        run_in_cell(task(name), data, limits)
    return refused.value.code


@pytest.mark.parametrize("kind", samples.FORMATS)
def test_the_cage_gives_what_rebuild_gives(kind: str) -> None:
    data = samples.photo(kind, exif=samples.gps_exif((41.0, 52.0, 41.16), (87.0, 37.0, 40.44)))
    assert rebuild_in_cage(data) == rebuild(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (bytes(20 * 2**20 + 1), "too_large"),
        (b"not a photo", "not_a_photo"),
        (samples.bomb_png(50_000, 50_000), "too_many_pixels"),
        (samples.photo()[:500], "broken"),
    ],
    ids=["empty", "too large", "text", "bomb", "cut short"],
)
def test_refusals_come_through_the_cage(data: bytes, code: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        rebuild_in_cage(data)
    assert refused.value.code == code


def test_heif_can_be_switched_off() -> None:
    with pytest.raises(PhotoRefused) as refused:
        rebuild_in_cage(samples.photo("HEIF"), allow_heif=False)
    assert refused.value.code == "unsupported_format"


@pytest.mark.parametrize("name", ["hang", "spin"])
def test_a_child_that_never_ends_is_stopped(name: str) -> None:
    begun = time.monotonic()
    assert refusal_of(name, replace(QUICK, wall_seconds=1.0)) == "too_slow"
    assert time.monotonic() - begun < 5


def test_a_child_may_use_only_so_much_of_the_processor() -> None:
    assert refusal_of("spin", Limits(cpu_seconds=1)) == "too_slow"


@pytest.mark.parametrize("name", ["eat_memory", "crash", "leave", "raise_an_error", "flood"])
def test_a_child_that_dies_or_floods_is_a_refusal(name: str) -> None:
    assert refusal_of(name, Limits()) == "crashed"


def test_a_photo_that_takes_for_ever_is_stopped() -> None:
    slow = samples.endless_jpeg(6000, 6000, 4000)
    assert len(slow) < 20 * 2**20
    begun = time.monotonic()
    with pytest.raises(PhotoRefused) as refused:
        run_in_cell("privacy.caged_work:rebuild_photo", slow, QUICK)
    assert refused.value.code == "too_slow"
    assert time.monotonic() - begun < 6


def test_large_questions_and_answers_do_not_block_each_other() -> None:
    data = os.urandom(20 * 2**20)
    assert run_in_cell(task("echo"), data, Limits()) == data
    assert run_in_cell(task("answer_without_reading_on"), b"", Limits()) == b"done"


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_the_walls_stand(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        question = f"{port} {tmp_path / 'escape'}".encode()
        answer = run_in_cell(task("describe"), question, Limits()).decode()
    seen = dict(line.split(": ", 1) for line in answer.splitlines())
    # Python itself may set the locale for the child.
    assert seen.pop("environment") in ("[]", "['LC_CTYPE']")
    assert seen.pop("connect") in ("EPERM", "ENETUNREACH")
    # The file may be made, but never one byte of it.
    assert seen.pop("write") == "EFBIG"
    assert (tmp_path / "escape").stat().st_size == 0
    assert seen == {
        "folder": "/",
        "core": "(0, 0)",
        "memory": str(2**30),
        "cpu": "9",
        "session": "True",
        "descriptors": "[0, 1, 2]",
        "django": "False",
        "unix socket": "EPERM",
        "fork": "EPERM",
        "program": "EPERM",
        "signal": "EPERM",
        "many files": "EMFILE",
    }


def test_it_works_from_any_folder_and_without_the_environment(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from privacy.cage import rebuild_in_cage\n"
        "print(rebuild_in_cage(sys.stdin.buffer.read()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=samples.photo(),
        cwd=tmp_path,
        env={},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().strip() == "CleanPhoto(width=96, height=64, had_provenance=False)"


def test_threads_share_a_few_cages() -> None:
    begun = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: run_in_cell(task("doze"), b"", Limits()), range(6)))
    assert time.monotonic() - begun >= 0.4 * 6 / cage.CAGES_AT_ONCE
    with ThreadPoolExecutor(6) as pool:
        assert {clean.width for clean in pool.map(rebuild_in_cage, [samples.photo()] * 12)} == {96}


def files_and_children() -> tuple[set[str], str]:
    """This process's open descriptors and the numbers of its children."""
    return set(os.listdir("/proc/self/fd")), Path("/proc/thread-self/children").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="counted in /proc")
def test_nothing_is_left_behind() -> None:
    rebuild_in_cage(samples.photo())
    before = files_and_children()
    for name in ("echo", "crash", "hang", "flood"):
        try:
            run_in_cell(task(name), samples.photo(), replace(QUICK, wall_seconds=1.0))
        except PhotoRefused:
            continue
    assert files_and_children() == before


def test_a_lying_child_is_not_believed() -> None:
    data = samples.photo()
    honest = pack_photo(rebuild(data))
    assert unpack(honest, data) == rebuild(data)
    carrier = pack_photo(replace(rebuild(data), jpeg=samples.jpeg_with(0xFE, samples.MARKER)))
    lies = [
        b"",
        honest[:6],
        honest[:-1],
        honest + b"x",
        b"XXXX" + honest[4:],
        carrier,
        honest.replace(b'"pixel_sha256": "', b'"pixel_sha256": "<script>'),
        pack_refusal(PhotoRefused("broken")).replace(b"broken", b"hacked"),
    ]
    for lie in lies:
        with pytest.raises(PhotoRefused) as refused:
            unpack(lie, data)
        assert refused.value.code == "crashed"
