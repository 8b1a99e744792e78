"""Whoever flags, decides or deletes takes the gate's lock before any row: no two of them wait for each other.

Each act runs in a thread while another transaction holds the gate's lock. That one then takes the row which a deletion
takes last. Had the act locked that row first, both would wait until the database ends one of them.
"""

import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from officers import flags, holds, takedowns, tickets
from officers.models import Face, Flag, Hold, Takedown
from oversight.models import User
from tests import factories
from tests.stack import Stack

pytestmark = pytest.mark.stack
FINDING = "Looked at it."


class Scene:
    """A face with a flag that waits, a photo whose deletion is due, and a request that names the first."""

    def __init__(self) -> None:
        self.admin = factories.user(User.Role.ADMIN)
        where = factories.department()
        self.face: Face = factories.face(factories.officer(where), factories.photo(where))
        self.photo, self.due = self.face.photo, factories.photo(where)
        flags.flag_photo(photo=self.photo, face=self.face, reason="not_police", text="")
        self.flag = Flag.objects.get()
        holds.delete_later(photo=self.due, by=self.admin)
        Hold.objects.update(erase_at=timezone.now())
        code = takedowns.ask(asker="other", links=f"/faces/{self.face.pk}.jpg", why="A test.", contact="")
        self.request = Takedown.objects.get(code_hash=tickets.code_hash(code))

    def decide(self, outcome: str) -> None:
        flags.decide(flag=self.flag, outcome=outcome, finding=FINDING, by=self.admin)


ACTS: dict[str, tuple[Callable[[Scene], object], Callable[[Scene], tuple[str, object]]]] = {
    "flag a child": (
        lambda s: flags.flag_photo(photo=s.photo, face=s.face, reason="minor", text=""),
        lambda s: ("officers_photo", s.photo.pk),
    ),
    "take a tag away": (lambda s: s.decide("untagged"), lambda s: ("officers_flag", s.flag.pk)),
    "hide": (lambda s: s.decide("hidden"), lambda s: ("officers_flag", s.flag.pk)),
    "erase what is due": (
        lambda _: holds.erase_due(),
        lambda s: ("officers_hold", s.due.holds.get().pk),
    ),
    "delete now": (
        lambda s: holds.delete_now(photo=s.photo, by=s.admin),
        lambda s: ("officers_flag", s.flag.pk),
    ),
    "hide what a request names": (
        lambda s: takedowns.hide(request=s.request, by=s.admin),
        lambda s: ("officers_takedown", s.request.pk),
    ),
}


@pytest.mark.parametrize(("act", "row"), ACTS.values(), ids=ACTS)
def test_the_gates_lock_comes_before_any_row(
    stack: Stack, act: Callable[[Scene], object], row: Callable[[Scene], tuple[str, object]]
) -> None:
    scene, other, problems = Scene(), stack.connect("app"), list[DatabaseError]()
    other.execute("SELECT gate_hold(true)")

    def run() -> None:
        try:
            act(scene)
        except DatabaseError as problem:
            problems.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive(), "it does not wait for the gate"
    table, key = row(scene)
    other.execute("SET LOCAL lock_timeout = '2s'")
    other.execute(f"SELECT FROM {table} WHERE id = %s FOR UPDATE".encode(), [key])
    other.commit()
    thread.join(10)
    assert not thread.is_alive()
    assert problems == []
