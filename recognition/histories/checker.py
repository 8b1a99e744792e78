"""Judges what a history left behind, and what could be seen in between. Calls no function of the guard.

The rows are judged by one statement (checker.sql); what must be remembered, and whom the encoder was used on, by the
replay of the log (past.py).
"""

from dataclasses import dataclass
from pathlib import Path

import psycopg

from recognition.histories.past import Change, Look, Past

HERE = Path(__file__).parent
FORBIDDEN_ROWS = (HERE / "checker.sql").read_bytes()
OBSERVE = (HERE / "observed.sql").read_bytes()
TABLES = "officers_"


@dataclass(frozen=True, slots=True)
class Violation:
    """`kind`: template, candidate, switch, measured, shown or unmarked."""

    kind: str
    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.kind} {self.where}: {self.why}"


def observe(superuser: psycopg.Connection) -> None:
    """Begin to note all that is committed in this scratch database."""
    superuser.execute(OBSERVE)
    superuser.commit()


class Checker:
    """Follows one scratch database. `superuser` is in autocommit mode and used by nobody else.

    `ratchets_count`: whoever is not marked and must be is a violation, and not only what follows from it.
    """

    def __init__(self, superuser: psycopg.Connection, *, ratchets_count: bool = True) -> None:
        self._superuser = superuser
        self._ratchets_count = ratchets_count
        self.forget()

    def forget(self) -> None:
        """The tables were emptied."""
        self.past = Past()
        self._read_up_to = 0
        self.templates_written = 0

    def forbidden_rows(self) -> list[Violation]:
        """What lies in the database right now and must not."""
        return [Violation(*row) for row in self._superuser.execute(FORBIDDEN_ROWS)]

    def judge(self, looks: list[Look]) -> list[Violation]:
        """After a history, when all writers are done."""
        self.past.unmarked.clear()
        self.past.replay(self._changes(), looks)
        found = self.forbidden_rows() + self._of_marked()
        found += [
            Violation(look.kind, str(look), f"{_ALL_ALONG} ({'; '.join(look.reasons)})")
            for look in looks
            if not look.was_allowed
        ]
        if self._ratchets_count:
            found += [Violation("unmarked", who, _NOT_MARKED) for who in sorted(self.past.unmarked)]
        return found

    def _changes(self) -> list[Change]:
        rows = self._superuser.execute(
            "SELECT seq, xid::text::bigint, what, old, new FROM observed.log WHERE seq > %s ORDER BY seq",
            [self._read_up_to],
        ).fetchall()
        if rows:
            self._read_up_to = rows[-1][0]
        self.templates_written += sum(row[2] == "template" for row in rows)
        return [
            (xid, what.removeprefix(TABLES), old, new)
            for _, xid, what, old, new in rows
            if what != "template"
        ]

    def _of_marked(self) -> list[Violation]:
        """Templates and candidates of whoever must be marked, whatever the mark itself says."""
        rows = self._superuser.execute(
            "SELECT 'template', t.face_id::text, t.officer_id, p.pixel_sha256 FROM recognition_facetemplate t"
            " JOIN officers_photo p ON p.id = t.photo_id UNION ALL"
            " SELECT 'candidate', c.identification_id::text, c.officer_id, p.pixel_sha256 FROM recognition_candidate c"
            " JOIN recognition_identification i ON i.id = c.identification_id"
            " JOIN officers_photo p ON p.id = i.photo_id"
        ).fetchall()
        return [
            Violation(
                kind, where, "the officer or the photo was once in a prohibited place, which was forgotten"
            )
            for kind, where, officer, pixels in rows
            if officer in self.past.marked_officers or pixels in self.past.marked_pixels
        ]


_ALL_ALONG = "it was forbidden before, after and at every moment in between"
_NOT_MARKED = "was once in a prohibited place and is not marked for ever"
