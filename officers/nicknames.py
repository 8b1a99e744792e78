"""Whoever asks for Bob means Robert too: the groups of data/nicknames.txt."""

from collections import defaultdict
from pathlib import Path

GROUPS = Path(__file__).parent / "data" / "nicknames.txt"


def _by_name() -> dict[str, frozenset[str]]:
    others = defaultdict(set)
    for line in GROUPS.read_text(encoding="utf-8").splitlines():
        group = [] if line.startswith("#") else line.split()
        for name in group:
            others[name].update(group)
    return {name: frozenset(group - {name}) for name, group in others.items()}


NICKNAMES = _by_name()


def others_of(word: str) -> frozenset[str]:
    """The names that stand for this one."""
    return NICKNAMES.get(word, frozenset())
