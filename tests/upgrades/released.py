"""The last release: the one whose code may still run while this one's migrations are applied. See docs/upgrades.md."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("released.json")


@dataclass(frozen=True)
class Release:
    """Its commit, and the last migration of each app in it."""

    commit: str
    migrations: dict[str, str]

    def has(self, app: str, name: str) -> bool:
        return name[:4] <= self.migrations.get(app, "")[:4]


def last_release() -> Release:
    return Release(**json.loads(FILE.read_text(encoding="utf-8")))
