"""Machines: network namespaces on a switch, in a network that exists for this process alone and goes with it.

A namespace lives as long as a process in it: a sleeper holds each. Nothing here touches the real machine's network.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from oversight.embedded.problems import CannotStart

INSIDE = "OVERSIGHT_HOSTS_INSIDE"
SWITCH, PARENT = "switch", "10.213.77.1"
PROGRAMS = ("ip", "nsenter", "unshare", "sleep")


@dataclass(frozen=True)
class Host:
    """One machine: its name, its address, and the process that keeps it alive."""

    name: str
    address: str
    sleeper: int

    @property
    def entering(self) -> tuple[str, ...]:
        """The command that runs what follows on this machine."""
        return ("nsenter", f"--net=/proc/{self.sleeper}/ns/net", "--")

    @property
    def cable(self) -> str:
        return f"to-{self.name}"

    def cut(self) -> None:
        """Pull the cable: no end of a connection is told."""
        _do("ip", "link", "set", self.cable, "down")

    def heal(self) -> None:
        _do("ip", "link", "set", self.cable, "up")


def why_not() -> str:
    """Why this machine cannot play several, in words; empty where it can."""
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        return f"programs are missing: {', '.join(missing)}"
    probe = "ip link add name probe-a type veth peer name probe-b && ip link add name probe-c type bridge"
    done = subprocess.run([*_alone(), "sh", "-c", probe], capture_output=True, text=True, check=False)
    return f"network namespaces are not to be had here: {done.stderr.strip()}" if done.returncode else ""


def begin_again_inside(command: Sequence[str]) -> None:
    """Run this very program anew in a network of its own, which ends with it. Does nothing when we are there."""
    if not os.environ.get(INSIDE):
        words = [*_alone(), sys.executable, *command]
        os.execvpe(words[0], words, {**os.environ, INSIDE: "1"})  # noqa: S606 - our own words


def _alone() -> tuple[str, ...]:
    return ("unshare", "--net") if os.geteuid() == 0 else ("unshare", "--net", "--user", "--map-root-user")


@contextmanager
def machines(names: Sequence[str]) -> Iterator[dict[str, Host]]:
    """So many machines on one switch, on which this process is plugged in as well. Raises CannotStart."""
    if not os.environ.get(INSIDE):
        raise CannotStart("This is only played in a network of its own.")
    sleepers: list[subprocess.Popen[bytes]] = []
    try:
        _do("ip", "link", "set", "lo", "up")
        _do("ip", "link", "add", "name", SWITCH, "type", "bridge")
        _do("ip", "address", "add", f"{PARENT}/24", "dev", SWITCH)
        _do("ip", "link", "set", SWITCH, "up")
        hosts = {}
        for number, name in enumerate(names, start=2):
            sleepers.append(subprocess.Popen(["unshare", "--net", "sleep", "infinity"]))
            hosts[name] = _plugged_in(name, PARENT[:-1] + str(number), sleepers[-1].pid)
        yield hosts
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()


def _plugged_in(name: str, address: str, pid: int) -> Host:
    host = Host(name, address, pid)
    _wait_for_its_network(pid)
    _do("ip", "link", "add", "name", host.cable, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
    _do("ip", "link", "set", host.cable, "master", SWITCH, "up")
    for words in (("link", "set", "lo", "up"), ("address", "add", f"{address}/24", "dev", "eth0")):
        _do(*host.entering, "ip", *words)
    _do(*host.entering, "ip", "link", "set", "eth0", "up")
    return host


def _wait_for_its_network(pid: int) -> None:
    """`unshare` first starts and then leaves our network."""
    from oversight.embedded.processes import wait_until

    ours = os.readlink("/proc/self/ns/net")
    if not wait_until(lambda: os.readlink(f"/proc/{pid}/ns/net") != ours, 10):
        raise CannotStart("A machine could not be made.")


def _do(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"{' '.join(words)}: {done.stderr.strip()}")
