"""What an undo of an import left, for its page: which records, and because of whose work."""

from collections.abc import Collection
from typing import Any

from officers import history, later_work

SHOWN = {
    "officers_officer": "officer",
    "officers_incident": "incident",
    "officers_complaint": "complaint",
    "officers_lawsuit": "lawsuit",
    "officers_link": "link",
}
"""Records by themselves; what else stays hangs on these, or is named by them."""
MOST = 100
TOGETHER = "something that was left or added since names it"


def told(act: str, leaving: Collection[later_work.Row]) -> dict[str, Any]:
    """`left`: the first of them, with the page that each has; `left_count`: how many there are."""
    who = {
        row: f"{later.who} has changed it since"
        for later in later_work.since(act)
        for row in (later.unit, later.row)
    }
    found = sorted(row for row in leaving if row[0] in SHOWN)
    tables, names = history.tables(), {}
    for table in SHOWN:
        keys = {number for name, number in found[:MOST] if name == table}
        names[table] = history.names_of(tables[table], keys) if keys else {}
    left = [
        {
            "kind": SHOWN[table],
            "id": number,
            "name": names[table].get(number, ""),
            "why": who.get((table, number), TOGETHER),
        }
        for table, number in found[:MOST]
    ]
    return {"left": left, "left_count": len(found)}
