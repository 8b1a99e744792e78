"""A forbidden officer among the results, and what the answer then tells."""

import re
import time

from django.core import mail

from officers.models import Department, Officer
from oversight.models import AuditEvent
from recognition import identification
from recognition.models import Candidate, GuardAlert, Identification
from tests import factories
from tests.recognition.searching import work
from tests.recognition.ways_round.context import Ways, found, officers
from tests.workers.test_identify import body

PAGES = ("/who/search/{}/", "/who/search/{}/status", "/api/v1/identifications/{}/")
PADDING_MAY_BE_OFF_BY = 0.15


def plant_in_illinois(ways: Ways, who: Officer) -> None:
    """What only the owner of the server can do: an Illinois officer whose template stays in the gallery."""
    root = ways.stack.connect("superuser")
    root.execute("ALTER TABLE officers_assignment DISABLE TRIGGER USER")
    root.execute(
        "INSERT INTO officers_assignment (officer_id, department_id, badge_number) VALUES (%s, %s, '')",
        [who.pk, factories.department(state="IL").pk],
    )
    root.commit()


def planted(ways: Ways, rank: int, of: int) -> Department:
    """A department of `of` officers; the `rank`-th of a search's results is planted."""
    where = ways.department(of)
    plant_in_illinois(ways, officers(where)[rank - 1])
    assert found(where)[rank - 1] == officers(where)[rank - 1].pk
    return where


def nobody_there(ways: Ways, of: int) -> Identification:
    return ways.search(ways.department(of), at=50)


def assert_looks_like(nobody: Identification, void: Identification) -> None:
    """To the byte, the department's own name and number aside."""
    for path in PAGES:
        assert _anonymous(path, void) == _anonymous(path, nobody), path
    assert (void.state, void.reason, void.candidates_found) == (nobody.state, "", 0)
    assert not Candidate.objects.filter(identification=void).exists()


def _anonymous(path: str, asked: Identification) -> str:
    where, text = asked.department, body(path, asked)
    for word in (
        f"departments/{where.pk}",
        f"/who/{where.pk}/",
        f"department={where.pk}",
        f'"department":{where.pk}',
    ):
        text = text.replace(word, "HERE")
    return text.replace(where.name, "NAME")


def unknown_face_is_an_illinois_officer(ways: Ways) -> None:
    """The nearest of all is forbidden. Page, API and time are those of a search without a result."""
    where = planted(ways, rank=1, of=2)
    who = officers(where)[0]
    void = ways.search(where)
    assert_looks_like(nobody_there(ways, of=2), void)
    (event,) = AuditEvent.objects.filter(action="search voided")
    assert (event.subject, set(event.facts)) == ("department", {"stage", "reason"})
    assert GuardAlert.objects.get().owner is None
    said = "".join(f"{message.subject} {message.body}" for message in mail.outbox) + str(event.facts)
    assert who.last_name not in said
    assert str(who.pk) not in event.facts.values()


def runner_up_tells_who_was_removed(ways: Ways) -> None:
    """Whatever place the forbidden one comes in, nobody at all is shown."""
    nobody = nobody_there(ways, of=3)
    for rank in (1, 2, 3):
        void = ways.search(planted(ways, rank, of=3))
        assert_looks_like(nobody, void)
    assert AuditEvent.objects.filter(action="search voided").count() == 3


def timing_or_wording_tells(ways: Ways) -> None:
    """Both end on a full step of the clock, and no page counts anybody who is not shown."""
    where = planted(ways, rank=1, of=2)
    empty = ways.department(2)
    assert identification.TIME_STEP >= 0.25
    (void, void_took), (nobody, nobody_took) = _timed(ways, where, at=0), _timed(ways, empty, at=50)
    for took in (void_took, nobody_took):
        assert took >= identification.TIME_STEP
        assert took % identification.TIME_STEP < PADDING_MAY_BE_OFF_BY, (void_took, nobody_took)
    assert_looks_like(nobody, void)
    text = re.sub(r"<[^>]*>", " ", body(PAGES[0], void)).lower()
    assert not [word for word in ("hidden", "void", "removed", "forbidden", "illinois") if word in text]


def _timed(ways: Ways, where: Department, *, at: float) -> tuple[Identification, float]:
    """A search and how long its job took."""
    asked = ways.ask(where)
    ways.library.people = [at]
    begun = time.monotonic()
    work(identification.IDENTIFY)
    took = time.monotonic() - begun
    asked.refresh_from_db()
    return asked, took
