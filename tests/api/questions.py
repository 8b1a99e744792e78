"""Questions for the tests of identifications/: asked over HTTP, or lying there already answered."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from officers.models import Department, Officer
from oversight import outbox, queues
from recognition import identification
from recognition.models import Candidate, Identification
from tests import factories

URL = "/api/v1/identifications/"
BOX = {"x": 60, "y": 60, "width": 240, "height": 300}


def ask(api: APIClient, department: Department | int, data: bytes | None = None, **more: Any) -> Any:
    photo = SimpleUploadedFile("street.jpg", data if data is not None else factories.picture(1))
    return api.post(URL, {"photo": photo, "department": getattr(department, "pk", department), **BOX, **more})


def found(department: Department, *officers: Officer, **fields: Any) -> Identification:
    """A question that is done, with these officers as candidates."""
    photo = factories.photo(department, expires_at=timezone.now() + timedelta(hours=24))
    asked = Identification.objects.create(
        photo=photo,
        department=department,
        x=10,
        y=10,
        width=80,
        height=80,
        **{
            "state": "done",
            "officers_searched": 3,
            "candidates_found": len(officers),
            "expires_at": photo.expires_at,
            **fields,
        },
    )
    if asked.state == Identification.State.WAITING:
        outbox.promise(job=identification.IDENTIFY, subject=str(asked.pk), queue=queues.FACES)
    for number, officer in enumerate(officers, start=1):
        face = factories.face(officer, factories.photo(department))
        Candidate.objects.create(
            identification=asked, officer=officer, face=face, number=number, chance=0.93 / number
        )
    return asked


def url(asked: Identification, verb: str = "") -> str:
    return f"{URL}{asked.pk}/{verb}"
