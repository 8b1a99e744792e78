"""The sheets that a roster may have: their columns, other names of these, and how a row finds its record.

The names follow OpenOversight's files, so that its files are read as they are. Order matters: what a sheet refers to
stands before it.
"""

from officers.rosters.event_sheets import EVENTS
from officers.rosters.outer_sheets import OUTER
from officers.rosters.people_sheets import PEOPLE
from officers.rosters.sheet import Sheet

SHEETS = (*PEOPLE, *EVENTS, *OUTER)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
ROSTER = "roster"
"""One row an officer: their facts, their assignment and their pay side by side."""
ROSTER_PARTS = ("officers", "assignments", "salaries")

__all__ = ["BY_NAME", "ROSTER", "ROSTER_PARTS", "SHEETS", "Sheet"]
