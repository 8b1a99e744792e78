"""The product on five machines, each cut off once: `manage.py many_hosts`, for real. Minutes: part of `make deep`."""

import json
import os
import subprocess
import sys

import pytest

from oversight.embedded.programs import PROJECT
from workers.hosts import network
from workers.hosts.places import NAMES


@pytest.mark.plugin
@pytest.mark.skipif(not os.environ.get("OVERSIGHT_DEEP"), reason="takes minutes: make deep")
def test_any_machine_may_be_cut_off_and_nothing_is_lost() -> None:
    if reason := network.why_not():
        pytest.skip(reason)
    done = subprocess.run(
        [sys.executable, "manage.py", "many_hosts", "--json"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["lost"], figures["double_effects"], figures["still_open"]) == (0, 0, 0), figures
    assert set(figures["cut"]) == set(NAMES)
    assert figures["acknowledged"] > len(NAMES), figures
    assert figures["cut"]["worker"]["taken_in_meanwhile"] > 0, "photos are taken in while the worker is away"
    for away in ("database", "storage", "web"):
        assert figures["cut"][away]["taken_in_meanwhile"] <= 1, (
            "nobody was told of a photo that could not be kept"
        )


def test_what_cannot_be_played_here_is_said_and_not_passed_over() -> None:
    """Not a figure and not a success, where the programs are missing."""
    done = subprocess.run(
        [sys.executable, "manage.py", "many_hosts", "--json"],
        cwd=PROJECT,
        env={**os.environ, "PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (77, "")
    assert "programs are missing: ip" in done.stderr
