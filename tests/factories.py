"""Real rows for the tests, each made by one plain function with sensible values for what a test does not care about.

Photos are of officers who do not exist (officers/demo/), rebuilt and stored as the product does it.
"""

import io
import uuid
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.utils import timezone
from PIL import Image

from officers import publishing, rendering, submissions
from officers.models import (
    Assignment,
    Department,
    Face,
    FoundHead,
    Officer,
    Photo,
    Publication,
    Rank,
    Unit,
)
from oversight.models import User
from privacy.photos import rebuild

DEMO = Path(__file__).resolve().parent.parent / "officers" / "demo"
LEGAL_BASIS = "For a test: these officers do not exist."
OFFICERS_IN_DEMO = 60

_numbers = count(1)


def user(role: str = User.Role.VOLUNTEER, **fields: Any) -> User:
    """An account with a password that nobody knows; `client.force_login` is the way in."""
    name = f"person-{next(_numbers)}"
    return User.objects.create_user(username=name, email=f"{name}@example.org", role=role, **fields)


def department(
    *, state: str = "OH", allowed: bool = False, due: date | None = None, **fields: Any
) -> Department:
    """`allowed`: face matching is permitted, until `due` (a year from today unless said)."""
    if allowed:
        fields["is_facial_recognition_allowed"] = True
        fields["recognition_legal_basis"] = LEGAL_BASIS
        fields["recognition_review_due"] = due or timezone.now().date() + timedelta(days=365)
    fields.setdefault("name", f"Department {next(_numbers)}")
    fields.setdefault("short_name", fields["name"])
    return Department.objects.create(state_id=state, **fields)


def officer(
    *departments: Department, badge: str = "", rank: str = "", unit: str = "", **fields: Any
) -> Officer:
    """An officer with one assignment in each of `departments`."""
    fields.setdefault("last_name", f"Officer{next(_numbers)}")
    made = Officer.objects.create(**fields)
    for where in departments:
        Assignment.objects.create(
            officer=made,
            department=where,
            badge_number=badge,
            rank=Rank.objects.get_or_create(department=where, name=rank)[0] if rank else None,
            unit=Unit.objects.get_or_create(department=where, name=unit)[0] if unit else None,
        )
    return made


def picture(number: int | None = None, shot: int = 1) -> bytes:
    """The JPEG of officer `number` (1 to 60) of the demo, `shot` 1 to 4; another one each time when none is named."""
    number = number or next(_numbers) % OFFICERS_IN_DEMO + 1
    return (DEMO / "officers" / f"{number:03}" / f"{shot}.jpg").read_bytes()


def smaller(jpeg: bytes, percent: int = 60) -> bytes:
    """A copy of a picture that is another file with other pixels, and looks the same."""
    stream = io.BytesIO()
    with Image.open(io.BytesIO(jpeg)) as picture:
        picture.resize((picture.width * percent // 100, picture.height * percent // 100)).save(
            stream, "JPEG", quality=85
        )
    return stream.getvalue()


def plain_picture(width: int = 320, height: int = 240) -> bytes:
    """A PNG with nobody in it, different each time."""
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (next(_numbers) % 256, next(_numbers) % 256, 90)).save(stream, "PNG")
    return stream.getvalue()


def photo(
    where: Department,
    *,
    jpeg: bytes | None = None,
    expires_at: datetime | None = None,
    is_examined: bool = True,
) -> Photo:
    """A stored photo filed under `where`; with `is_examined` no job is promised for it."""
    return submissions.store(
        rebuild(jpeg or plain_picture()), department=where, expires_at=expires_at, is_examined=is_examined
    )


def head(of: Photo, *, number: int = 1) -> FoundHead:
    return FoundHead.objects.create(photo=of, number=number, x=10, y=10, width=40, height=50, score=0.9)


def face(
    who: Officer, of: Photo, *, reviewed: bool = True, published: bool | None = None, **fields: Any
) -> Face:
    """A tag around the middle of the photo, where the demo's portraits have the face.

    `published` (unless said, as far as the tag allows it): the photo is public, though nothing is stored of it; see
    `publish` for the files.
    """
    box = {"x": of.width // 6, "y": of.height // 6, "width": of.width * 2 // 3, "height": of.height * 2 // 3}
    reviewed_at = timezone.now() if reviewed else None
    made = Face.objects.create(photo=of, officer=who, reviewed_at=reviewed_at, **{**box, **fields})
    if publishing.is_allowed(of) if published is None else published:
        Publication.objects.update_or_create(
            photo=of,
            defaults={"state": "public", "version": uuid.uuid4(), "looked_at": timezone.now()},
        )
    return made


def publish(of: Photo, *, by: User | None = None) -> Publication:
    """Covered copies of the photo, with the masks it has, and the word of somebody who looked at them."""
    version = rendering.render_now(of)
    publishing.publish(photo=of, version=version.hex, by=by or user())
    return Publication.objects.get(photo=of)
