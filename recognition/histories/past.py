"""What a history implies, from the log of all that was ever committed: an independent copy of the law in plain Python.

Knows the rows of each committed moment in turn. From them it says who must be marked for ever, and whether a face
was forbidden through all the moments between two looks at the clock of the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from privacy.looks import NEAR, distance

Row = dict[str, Any]
Change = tuple[int, str, Row | None, Row | None]
"""Number of the transaction, table without its prefix, the row before, the row after."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a snapshot of the database sees (the text of pg_current_snapshot())."""

    first_running: int
    first_unborn: int
    running: frozenset[int]

    @classmethod
    def read(cls, text: str) -> "Moment":
        low, high, running = text.split(":")
        return cls(int(low), int(high), frozenset(int(number) for number in running.split(",") if number))

    def sees(self, transaction: int) -> bool:
        if transaction < self.first_running:
            return True
        return transaction < self.first_unborn and transaction not in self.running


@dataclass(slots=True)
class Look:
    """Somebody measured or was shown a face, at some moment between two. `was_allowed`: in one of them, at least.

    With `officer` and `face`: a candidate shown. With `department` alone: a probe. Otherwise a face of the gallery,
    known by its box.
    """

    kind: str
    photo: str
    since: Moment
    until: Moment
    box: tuple[int, int, int, int] | None = None
    department: int | None = None
    officer: int | None = None
    face: int | None = None
    was_allowed: bool = False
    reasons: list[str] = field(default_factory=list)
    """Why not, at each moment in turn."""

    def __str__(self) -> str:
        of = f"face {self.face} of officer {self.officer}" if self.face else f"the face at {self.box}"
        return f"{self.kind}: {of}, photo {self.photo}, department {self.department}"


@dataclass(slots=True)
class Past:
    """Replays the log. `must_be_marked` grows and never shrinks: officers by number, photos by their pixels."""

    tables: dict[str, dict[Any, Row]] = field(default_factory=lambda: defaultdict(dict))
    marked_officers: set[int] = field(default_factory=set)
    marked_pixels: set[str] = field(default_factory=set)
    marked_looks: set[int] = field(default_factory=set)
    unmarked: set[str] = field(default_factory=set)

    def replay(self, changes: Iterable[Change], looks: list[Look]) -> None:
        """Go through the transactions in the order in which they ended, judging the looks in between."""
        transactions = _in_order(changes)
        spans = [_span([number for number, _ in transactions], look) for look in looks]
        self._judge(looks, spans, 0)
        for at, (_, rows) in enumerate(transactions, start=1):
            self._apply(rows)
            self._mark(rows)
            self._judge(looks, spans, at)

    def _apply(self, rows: list[Change]) -> None:
        for _, table, old, new in rows:
            if old is not None:
                self.tables[table].pop(old["id"], None)
            if new is not None:
                self.tables[table][new["id"]] = new

    def _mark(self, rows: list[Change]) -> None:
        prohibited = {pk for pk in self.tables["department"] if self._prohibited(pk)}
        for _, table, old, new in rows:  # handed to somebody else: the two are one person
            if table == "assignment" and old and new and old["officer_id"] in self.marked_officers:
                self.marked_officers.add(new["officer_id"])
        self.marked_officers |= {
            a["officer_id"] for a in self.tables["assignment"].values() if a["department_id"] in prohibited
        }
        filed = {
            f["photo_id"] for f in self.tables["photofiling"].values() if f["department_id"] in prohibited
        }
        filed |= {
            f["photo_id"] for f in self.tables["face"].values() if f["officer_id"] in self.marked_officers
        }
        for pk, photo in self.tables["photo"].items():
            if pk in filed or photo["department_id"] in prohibited or photo["taken_in_prohibited_place"]:
                self.marked_pixels.add(photo["pixel_sha256"])
        self._mark_look_alikes()
        self._compare()

    def _mark_look_alikes(self) -> None:
        """What looks like a marked photo is marked, what looks like that one too; looks are remembered like pixels."""
        found = True
        while found:
            found = False
            for photo in self.tables["photo"].values():
                look, is_marked = photo["perceptual_hash"], photo["pixel_sha256"] in self.marked_pixels
                if look is None or (is_marked and look in self.marked_looks):
                    continue
                if is_marked or any(distance(look, marked) <= NEAR for marked in self.marked_looks):
                    self.marked_pixels.add(photo["pixel_sha256"])
                    self.marked_looks.add(look)
                    found = True

    def _compare(self) -> None:
        """Whoever must be marked and is not, at this committed moment."""
        for pk in self.marked_officers:
            officer = self.tables["officer"].get(pk)
            if officer and not officer["ever_prohibited"]:
                self.unmarked.add(f"officer {pk}")
        for pk, photo in self.tables["photo"].items():
            if photo["pixel_sha256"] in self.marked_pixels and not photo["ever_prohibited"]:
                self.unmarked.add(f"photo {pk}")

    def _judge(self, looks: list[Look], spans: list[tuple[int, int]], at: int) -> None:
        for look, (first, last) in zip(looks, spans, strict=True):
            if not look.was_allowed and first <= at <= last:
                reason = self._refusal(look)
                look.reasons.append(f"at {at} of {first}..{last}: {reason}")
                look.was_allowed = not reason

    def _refusal(self, look: Look) -> str:
        """The law: why the look is forbidden at this moment, or nothing where it is allowed."""
        if reason := self._photo_refusal(look.photo):
            return reason
        if look.department is not None and (reason := self._department_refusal(look.department)):
            return reason
        if look.face is not None:
            face = self.tables["face"].get(look.face)
            if face is None or face["officer_id"] != look.officer:
                return f"face {look.face} is not officer {look.officer}"
            return self._face_refusal(face)
        if look.department is not None:
            return ""
        reasons = [self._face_refusal(face) for face in self.tables["face"].values() if _is_at(face, look)]
        return "" if "" in reasons else "; ".join(reasons) or "there is no such face"

    def _face_refusal(self, face: Row) -> str:
        if not face["reviewed_at"]:
            return f"face {face['id']} had no second look"
        if not face["use_for_recognition"]:
            return f"face {face['id']} was taken out of matching"
        return self._photo_refusal(face["photo_id"]) or self._officer_refusal(face["officer_id"])

    def _photo_refusal(self, pk: str) -> str:
        photo = self.tables["photo"].get(pk)
        if photo is None:
            return f"photo {pk} is not there"
        if photo["pixel_sha256"] in self.marked_pixels:
            return f"photo {pk} was once in a prohibited place"
        return self._department_refusal(photo["department_id"])

    def _officer_refusal(self, pk: int) -> str:
        if pk not in self.tables["officer"]:
            return f"officer {pk} is not there"
        if pk in self.marked_officers:
            return f"officer {pk} was once in a prohibited place"
        stints = [a["department_id"] for a in self.tables["assignment"].values() if a["officer_id"] == pk]
        if not stints:
            return f"officer {pk} is in no department"
        return next(filter(None, map(self._department_refusal, stints)), "")

    def _department_refusal(self, pk: int) -> str:
        department = self.tables["department"].get(pk)
        if department is None:
            return f"department {pk} is not there"
        if not department["is_facial_recognition_allowed"]:
            return f"department {pk} does not allow it"
        due = department["recognition_review_due"]
        if not due or due < _today().isoformat():
            return f"the review of department {pk} is over"
        return f"department {pk} is in a prohibited place" if self._in_reach(pk, unknown_counts=True) else ""

    def _prohibited(self, pk: int) -> bool:
        return self._in_reach(pk, unknown_counts=False)

    def _in_reach(self, pk: int, *, unknown_counts: bool) -> bool:
        return any(
            place[0] == "IL"
            or any(_covers(row, place, unknown_counts) for row in self.tables["prohibitedplace"].values())
            for place in self._places(pk)
        )

    def _places(self, pk: int) -> Iterator[tuple[str, str, str]]:
        department = self.tables["department"][pk]
        yield department["state_id"], department["county"], department["city"]
        for row in self.tables["departmentstate"].values():
            if row["department_id"] == pk:
                yield row["state_id"], "", ""


def _covers(row: Row, place: tuple[str, str, str], unknown_counts: bool) -> bool:
    state, county, city = place
    today = _today().isoformat()
    if row["state_id"] != state or row["valid_from"] > today or (row["valid_to"] or "9999") <= today:
        return False
    return all(
        wanted in ("", found) or (unknown_counts and not found)
        for wanted, found in ((row["county"], county), (row["city"], city))
    )


def _is_at(face: Row, look: Look) -> bool:
    return (
        face["photo_id"] == look.photo and (face["x"], face["y"], face["width"], face["height"]) == look.box
    )


def _today() -> date:
    return datetime.now(UTC).date()


def _in_order(changes: Iterable[Change]) -> list[tuple[int, list[Change]]]:
    """Whole transactions, each at the place of its last change."""
    found: dict[int, list[Change]] = {}
    for change in changes:
        found[change[0]] = [*found.pop(change[0], []), change]
    return list(found.items())


def _span(transactions: list[int], look: Look) -> tuple[int, int]:
    """The first and last moment (number of transactions done) that the look may have been in."""
    first = next(
        (at for at, number in enumerate(transactions) if not look.since.sees(number)), len(transactions)
    )
    last = max((at for at, number in enumerate(transactions, start=1) if look.until.sees(number)), default=0)
    return first, max(first, last)
