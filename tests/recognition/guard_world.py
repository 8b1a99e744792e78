"""A small lawful world for the guard's tests: everything in it may be measured until a test closes a door."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from officers.models import Department, Face, Officer, Photo, PhotoFiling
from recognition import engine
from recognition.models import TEMPLATE_SIZE, Candidate, FaceTemplate, Identification
from tests import factories

NUMBERS = [0.125] * TEMPLATE_SIZE
VECTOR = str(NUMBERS)
INSERT_TEMPLATE = (
    "INSERT INTO recognition_facetemplate (face_id, officer_id, photo_id, engine, template, made_at)"
    " VALUES (%s, %s, %s, 'test', %s, now())"
)
INSERT_CANDIDATE = (
    "INSERT INTO recognition_candidate (identification_id, officer_id, face_id, number, chance, is_denied)"
    " VALUES (%s, %s, %s, 1, 0.5, false)"
)


def bare_photo(department: Department, **fields: Any) -> Photo:
    """A photo's rows without its pixels: the guard never looks at them."""
    sha256 = uuid.uuid4().hex * 2
    fields = {"width": 100, "height": 100, "upload_sha256": sha256, "pixel_sha256": sha256, **fields}
    photo = Photo.objects.create(department=department, **fields)
    PhotoFiling.objects.create(photo=photo, department=department)
    return photo


def search_for(department: Department, photo: Photo) -> Identification:
    over = timezone.now() + timedelta(hours=1)
    return Identification.objects.create(
        department=department, photo=photo, x=1, y=1, width=40, height=40, expires_at=over
    )


@dataclass
class World:
    """One officer of one department that permits matching, their tagged photo, and a search with another photo."""

    department: Department
    officer: Officer
    photo: Photo
    face: Face
    search: Identification

    @classmethod
    def make(cls, *, allowed: bool = True) -> "World":
        department = factories.department(allowed=allowed)
        officer = factories.officer(department)
        photo = bare_photo(department)
        face = factories.face(officer, photo)
        return cls(department, officer, photo, face, search_for(department, bare_photo(department)))

    @property
    def template_row(self) -> tuple[Any, ...]:
        return (self.face.pk, self.officer.pk, self.photo.pk, VECTOR)

    @property
    def candidate_row(self) -> tuple[Any, ...]:
        return (self.search.pk, self.officer.pk, self.face.pk)

    def enrol(self) -> "World":
        """Write the template and the candidate. The database asks its own copy of the law."""
        with connection.cursor() as cursor:
            cursor.execute(INSERT_TEMPLATE, self.template_row)
            cursor.execute(INSERT_CANDIDATE, self.candidate_row)
        return self

    def measured(self) -> tuple[int, int]:
        """How many templates and candidates are left of this world."""
        return (
            FaceTemplate.objects.filter(face=self.face.pk).count(),
            Candidate.objects.filter(identification=self.search.pk).count(),
        )

    def template(self) -> FaceTemplate:
        return FaceTemplate(
            face=self.face, officer=self.officer, photo=self.photo, engine=engine.NAME, template=NUMBERS
        )

    def candidate(self) -> Candidate:
        return Candidate(
            identification=self.search, officer=self.officer, face=self.face, number=1, chance=0.5
        )
