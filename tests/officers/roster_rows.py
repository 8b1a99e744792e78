"""Imports for the table in test_access.py."""

import io

from officers.models import RosterImport
from officers.rosters import acts
from tests.officers.world import World

FILE = b"last_name,first_name,badge\nStone,Ada,7\n"


def sent(world: World) -> RosterImport:
    """An import of department A whose columns nobody has looked at."""
    return acts.begin(department=world.a, source="City", uploads=[(io.BytesIO(FILE), "r.csv")], by=None)


def checked(world: World) -> RosterImport:
    held = sent(world)
    acts.read_rows(held)
    acts.compare(held)
    return held
