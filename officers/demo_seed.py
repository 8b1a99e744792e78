"""Fills an empty record with three invented departments and officers who do not exist (officers/demo/).

One department permits face matching, one has not decided, and one is in Illinois, so that every answer of the gate can
be seen. Never run in production; the pictures and names stand for nobody.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from officers import departments, publishing, rendering, submissions, tagging
from officers.models import Assignment, Coordination, Department, Face, FoundHead, Officer, Photo, Rank, Unit
from oversight import outbox
from oversight.models import User
from privacy.photos import rebuild
from privacy.shapes import Rectangle

DEMO = Path(__file__).parent / "demo"
PASSWORD = "demo-not-secret"  # noqa: S105 - printed at every start; these people exist in the demo only
PEOPLE = {
    "admin": "admin@demo.example",
    "coordinator": "coordinator@demo.example",
    "volunteer": "volunteer@demo.example",
}
LEGAL_BASIS = "Demo only: these officers do not exist, so no person's face is measured."


def is_empty() -> bool:
    return not Department.objects.exists() and not User.objects.exists()


@transaction.atomic
def seed_people() -> dict[str, User]:
    """An admin, a coordinator (of the first department, see `seed_department`) and a volunteer."""
    made = {}
    for name, email in PEOPLE.items():
        is_admin = name == "admin"
        role = User.Role.ADMIN if is_admin else User.Role.VOLUNTEER
        made[name] = User.objects.create_user(
            username=name, email=email, password=PASSWORD, role=role, is_staff=is_admin, is_superuser=is_admin
        )
    return made


def roster() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DEMO / "roster.json").read_text(encoding="utf-8"))
    return content


@transaction.atomic
def seed_department(row: dict[str, Any], people: dict[str, User], content: dict[str, Any]) -> int:
    """One department with its officers and photos. Returns how many officers."""
    department = Department.objects.create(
        name=row["name"],
        short_name=row["short_name"],
        state_id=row["state"],
        complaint_office=row["complaint_office"],
        is_demo=True,
    )
    Coordination.objects.create(user=people["coordinator"], department=department)
    ranks = {r["name"]: Rank.objects.create(department=department, **r) for r in content["ranks"]}
    if row["matching"]:
        departments.allow_matching(
            department=department,
            by=people["admin"],
            legal_basis=LEGAL_BASIS,
            review_due=timezone.now().date() + timedelta(days=365),
        )
    first, last = row["officers"]
    officers = [o for o in content["officers"] if first <= o["number"] <= last]
    for officer in officers:
        _seed_officer(officer, department, ranks, people)
    for scene in row["scenes_waiting"]:
        submissions.store(rebuild((DEMO / scene).read_bytes()), department=department)
    return len(officers)


def _seed_officer(
    row: dict[str, Any], department: Department, ranks: dict[str, Rank], people: dict[str, User]
) -> None:
    officer = Officer.objects.create(first_name=row["first_name"], last_name=row["last_name"])
    unit, _ = Unit.objects.get_or_create(department=department, name=row["unit"])
    Assignment.objects.create(
        officer=officer,
        department=department,
        rank=ranks[row["rank"]],
        unit=unit,
        badge_number=row["badge"],
        start_date=date.fromisoformat(row["start"]),
    )
    for number, picture in enumerate(row["photos"]):
        clean = rebuild((DEMO / picture["file"]).read_bytes())
        photo = submissions.store(clean, department=department, is_examined=True)
        _point_out(photo, picture["box"])
        Photo.objects.filter(pk=photo.pk).update(police=Photo.Police.YES)
        face = tagging.tag(
            photo=photo, officer=officer, box=Rectangle(*picture["box"]), by=people["coordinator"]
        )
        Face.objects.filter(pk=face.pk).update(is_featured=number == 0)
        tagging.approve(face=face, by=people["admin"])
        _publish(photo, people["admin"])


def _publish(photo: Photo, by: User) -> None:
    """Without a search for heads: each of these portraits shows one officer, who does not exist."""
    version = rendering.render_now(photo)
    publishing.publish(photo=photo, version=version.hex, by=by)
    for job in (publishing.FIND_COVERS, publishing.RENDER):
        outbox.unpromise(job=job, subject=str(photo.pk))


def _point_out(photo: Photo, box: list[int]) -> None:
    x, y, width, height = box
    FoundHead.objects.create(photo=photo, number=1, x=x, y=y, width=width, height=height, score=1.0)
