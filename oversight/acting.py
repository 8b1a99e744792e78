"""Who acts, told to the database, so that the triggers of the history can write it down.

Four settings of the connection: `oversight.actor_id`, `.actor`, `.act` (all that belongs together) and `.why`. Where
none is set, the history names the database role: a program, or a person at the database itself.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from oversight.audit import SYSTEM, VISITOR
from oversight.models import User

CHANGES_NOTHING = {"GET", "HEAD", "OPTIONS", "TRACE"}

_NAMES = ("actor_id", "actor", "act", "why")
_READ = "SELECT " + ", ".join(f"coalesce(current_setting('oversight.{name}', true), '')" for name in _NAMES)
_WRITE = "SELECT " + ", ".join(f"set_config('oversight.{name}', %s, %s)" for name in _NAMES)

Said = tuple[str, str, str, str]
NOBODY: Said = ("", "", "", "")


def _say(said: Said, *, until_commit: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [part for word in said for part in (word, until_commit)])


def _said_before() -> Said:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        actor_id, actor, act, why = cursor.fetchone()
    return actor_id, actor, act, why


@contextmanager
def changing(*, by: User | None, why: str = "") -> Iterator[str]:
    """One act, in one transaction: what changes inside is written down as this person's, with their reason.

    Gives the name of the act, by which it can be undone. `by=None` is a visitor. Inside another act it is a part of
    that, under the name and reason that are said here.
    """
    with transaction.atomic():
        before = _said_before()
        act = before[2] or uuid.uuid4().hex
        _say((str(by.pk) if by else "", by.username if by else VISITOR, act, why), until_commit=True)
        yield act
        _say(
            before, until_commit=True
        )  # only reached without an error: a rollback takes the words back by itself


def sign_as_program() -> None:
    """What follows in this act was done by somebody at the server itself, and not by a visitor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('oversight.actor', %s, true)", [SYSTEM])


def signed_changes(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what a request changes is its person's, whether or not the code that does it says so.

    Two queries for requests of people with an account that may change something, none for others.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in CHANGES_NOTHING or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return get_response(request)
        user = request.user
        if not isinstance(user, User):
            return get_response(request)
        _say((str(user.pk), user.username, "", ""), until_commit=False)
        try:
            return get_response(request)
        finally:
            if not connection.needs_rollback:
                _say(NOBODY, until_commit=False)

    return middleware
