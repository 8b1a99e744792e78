"""Making, revoking and recognising the keys of the API.

Whoever shows a key acts as its person, narrowed to what the key may do: `User.limited_to` makes the rules
(officers/rules.py, `kept_by`) take an admin or a coordinator for somebody who keeps that one department.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from officers.models import ApiToken, Department
from officers.problems import NotPossible
from oversight import audit
from oversight.models import User

PREFIX = "ovs_"
"""So that scanners of leaked secrets know one."""
LONGEST_DAYS = 365
MOST_TOKENS = 20
TOO_MANY = f"You have {MOST_TOKENS} keys already. Revoke one that you do not use."
NOT_KEPT = "Choose a department that you keep."


@transaction.atomic
def make(
    *, by: User, name: str, days: int, can_write: bool = False, department: Department | None = None
) -> str:
    """A new key, which is shown this once. Raises NotPossible in plain words."""
    kept = Department.objects.kept_by(by)
    if can_write and not (kept.filter(pk=department.pk) if department else kept).exists():
        raise NotPossible(NOT_KEPT)
    if ApiToken.objects.filter(user=by).count() >= MOST_TOKENS:
        raise NotPossible(TOO_MANY)
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=by,
        name=name,
        digest=digest(key),
        password_mark=digest(by.password),
        can_write=can_write,
        department=department,
        expires_at=timezone.now() + timedelta(days=min(days, LONGEST_DAYS)),
    )
    where = department.pk if department else None
    audit.record(by=by, action="made an API key", subject=token, writes=can_write, department=where)
    return key


@transaction.atomic
def revoke(*, token: ApiToken, by: User) -> None:
    """Its person's alone. Nothing can be done with it from the commit on."""
    audit.record(by=by, action="revoked an API key", subject=token)
    token.delete()


def digest(secret: str) -> str:
    """A key has 256 random bits: no guessing is slowed down by a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def recognised(key: str) -> ApiToken | None:
    """The token of a key, its `user` narrowed to what it may do. None where it is unknown, over, or its person is."""
    token = ApiToken.objects.select_related("user").filter(digest=digest(key)).first()
    if token is None or token.expires_at <= timezone.now() or not token.user.is_active:
        return None
    if not secrets.compare_digest(token.password_mark, digest(token.user.password)):
        return None
    today = timezone.now().date()
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    if token.department_id is not None:
        token.user.limited_to = frozenset({token.department_id})
    return token
