"""Afterwards: is everything there that people were told, once, and how long did it take to be well again?"""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from PIL import Image

from workers.chaos.ledger import Ledger

# Counts every write of an effect, not only the last one: who wrote, in which transaction. Candidates live in an
# unlogged table: a killed database forgets them, and a search that is looked at then is promised anew, to be kept once.
COUNT_EFFECTS = """
    CREATE SCHEMA chaos;
    CREATE TABLE chaos.effects (kind text, subject text, txid bigint);
    CREATE FUNCTION chaos.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        INSERT INTO chaos.effects VALUES (TG_ARGV[0], to_jsonb(NEW) ->> TG_ARGV[1], txid_current());
        RETURN NULL;
    END $$;
    CREATE TRIGGER chaos_heads AFTER INSERT ON officers_foundhead
        FOR EACH ROW EXECUTE FUNCTION chaos.note('heads', 'photo_id');
    CREATE TRIGGER chaos_presence AFTER INSERT OR UPDATE ON recognition_presenceresult
        FOR EACH ROW EXECUTE FUNCTION chaos.note('presence', 'photo_id');
    CREATE FUNCTION chaos.note_search() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog AS $$
    DECLARE
        again bigint;
    BEGIN
        SELECT count(*) INTO again FROM chaos.effects WHERE kind = 'search again' AND subject = NEW.id::text;
        IF NEW.state = 'waiting' THEN
            INSERT INTO chaos.effects VALUES ('search again', NEW.id::text, txid_current());
        ELSE
            INSERT INTO chaos.effects VALUES ('search', NEW.id::text || ' ' || again, txid_current());
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER chaos_searches AFTER UPDATE OF state ON recognition_identification
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION chaos.note_search();
"""
DOUBLES = """
    SELECT kind, count(*) FROM
        (SELECT kind, subject FROM chaos.effects WHERE kind <> 'search again'
         GROUP BY kind, subject HAVING count(DISTINCT txid) > 1) AS twice
    GROUP BY kind
"""
OPEN = """
    SELECT count(*) FROM oversight_outboxentry
    WHERE state = 'waiting' AND due_at < now() + interval '2 minutes' AND job <> 'workers.photos.erase'
"""
PROMISED = "SELECT DISTINCT subject FROM oversight_outboxentry WHERE state = 'waiting'"
DEAD = "SELECT job, last_error, count(*) FROM oversight_outboxentry WHERE state = 'dead' GROUP BY 1, 2"
SETTLED = """
    SELECT extract(epoch FROM created_at), extract(epoch FROM settled_at), job, tries, last_error
    FROM oversight_outboxentry WHERE state = 'done' AND job <> 'workers.photos.erase'
"""


@dataclass
class Findings:
    """What is missing and what is twice, with a few examples of each."""

    lost: int = 0
    double: int = 0
    late: int = 0
    """Not done yet, but promised still: among `still_open`."""
    examples: list[str] = field(default_factory=list)

    def miss(self, what: str) -> None:
        self.lost += 1
        if len(self.examples) < 10:
            self.examples.append(what)


def wait_until_quiet(database: psycopg.Connection, tend: Callable[[float], None], seconds: float) -> float:
    """Wait until no promise is open, or until for `seconds` none was kept. Returns how long that took.

    A slow machine is waited for: how long each promise took is counted by itself (`recovery`).
    """
    begun = moved = time.monotonic()
    fewest = _count(database, OPEN)
    while fewest and time.monotonic() - moved < seconds:
        tend(0.5)
        if (still := _count(database, OPEN)) < fewest:
            fewest, moved = still, time.monotonic()
    return time.monotonic() - begun


def compare(database: psycopg.Connection, told: Ledger, stored: Callable[[str], bytes]) -> Findings:
    """`stored` gives a photo's bytes by its key; what it raises counts as lost."""
    found = Findings()
    _photos(database, told, stored, found)
    _answers(database, told, found)
    _tags(database, told, found)
    states = dict(_rows(database, "SELECT id::text, state FROM recognition_identification"))
    promised = {subject for (subject,) in _rows(database, PROMISED)}
    for question in told.questions:
        if states.get(question) == "waiting" and question in promised:
            found.late += 1
        elif states.get(question) in {None, "waiting"}:
            found.miss(f"search {question}: {states.get(question)}")
    for kind, count in doubles(database):
        found.double += count
        found.examples.append(f"{count} of kind {kind} were done twice")
    return found


def _photos(
    database: psycopg.Connection, told: Ledger, stored: Callable[[str], bytes], found: Findings
) -> None:
    rows = {
        pk: (key, heads, score)
        for pk, key, heads, score in _rows(
            database,
            "SELECT p.id::text, p.id::text, p.heads_found_at IS NOT NULL, r.photo_id IS NOT NULL"
            " FROM officers_photo p LEFT JOIN recognition_presenceresult r ON r.photo_id = p.id",
        )
    }
    promised = {subject for (subject,) in _rows(database, PROMISED)}
    for photo in told.uploads:
        if photo not in rows:
            found.miss(f"photo {photo}: no row")
            continue
        _, heads, judged = rows[photo]
        if (not heads or not judged) and photo in promised:
            found.late += 1
        elif not heads or not judged:
            found.miss(f"photo {photo}: never looked at")
        try:
            with Image.open(io.BytesIO(stored(photo))) as picture:
                picture.load()
        except Exception as error:  # whatever the storage or the decoder says, the picture is not there
            found.miss(f"photo {photo}: {type(error).__name__}")


def _answers(database: psycopg.Connection, told: Ledger, found: Findings) -> None:
    kept = set(
        _rows(
            database,
            "SELECT a.photo_id::text, u.username, a.says FROM officers_sortanswer a"
            " JOIN oversight_user u ON u.id = a.person_id",
        )
    )
    for answer in told.answers:
        if answer not in kept:
            found.miss(f"answer {answer}")


def _tags(database: psycopg.Connection, told: Ledger, found: Findings) -> None:
    counts: dict[tuple[Any, ...], int] = {}
    for row in _rows(database, "SELECT photo_id::text, x, y, width, height FROM officers_face"):
        counts[row] = counts.get(row, 0) + 1
    for photo, box in told.tags:
        times = counts.get((photo, *box), 0)
        if times == 0:
            found.miss(f"tag {photo} {box}")
        found.double += max(0, times - 1)


def recovery(database: psycopg.Connection, faults: list[float]) -> dict[str, Any]:
    """Seconds from the last fault that could have hindered a promise until it was kept; 99th of 100, and the most.

    Promises that were made and kept between two faults say nothing of recovery and are left out.
    """
    waits = []
    for created, settled, job, tries, _ in _rows(database, SETTLED):
        hit = [at for at in faults if float(created) <= at <= float(settled)]
        if hit:
            waits.append((float(settled) - hit[-1], f"{job}, {tries} tries"))
    waits.sort()
    at = min(len(waits) - 1, int(0.99 * len(waits))) if waits else 0
    return {
        "promises_hit": len(waits),
        "recovery_p99_s": round(waits[at][0], 1) if waits else 0.0,
        "slowest": [f"{seconds:.1f} s: {what}" for seconds, what in waits[:-4:-1]],
    }


def _rows(database: psycopg.Connection, statement: str) -> list[tuple[Any, ...]]:
    return database.execute(statement.encode()).fetchall()


def _count(database: psycopg.Connection, statement: str) -> int:
    return int(_rows(database, statement)[0][0])


def doubles(database: psycopg.Connection) -> list[tuple[str, int]]:
    """Kinds of effect that were written in more than one transaction, and how often."""
    return [(kind, count) for kind, count in _rows(database, DOUBLES)]


def begun_again(database: psycopg.Connection) -> int:
    """Searches whose answer a killed database forgot, and that were promised anew."""
    return _count(database, "SELECT count(*) FROM chaos.effects WHERE kind = 'search again'")


def dead(database: psycopg.Connection) -> list[str]:
    """Promises that were given up: an admin sees them; here there should be none."""
    return [f"{job} ({why}): {count}" for job, why, count in _rows(database, DEAD)]


def still_open(database: psycopg.Connection) -> int:
    """Promises that should be kept by now and are not."""
    return _count(database, OPEN)


def legacy_judged(database: psycopg.Connection) -> int:
    """How many imported photos have an answer about police."""
    return _count(
        database,
        "SELECT count(*) FROM recognition_presenceresult r JOIN officers_importedfile f USING (photo_id)",
    )
