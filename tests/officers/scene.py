"""A photo with an officer and a bystander, on its way to the public."""

import io
import uuid
from collections.abc import Callable

import numpy as np
from PIL import Image

from officers import publishing, rendering, tagging
from officers.models import Cover, Department, Face, Officer, Photo, Publication
from oversight import outbox
from oversight.models import OutboxEntry
from privacy.shapes import Rectangle
from tests import factories

FACE = Rectangle(40, 40, 60, 80)
BYSTANDER = Rectangle(220, 60, 40, 50)
State = Publication.State


def patterned(width: int = 320, height: int = 240) -> bytes:
    """A picture of fine bright noise, nowhere black, another one each time."""
    noise = np.random.default_rng(uuid.uuid4().int).integers(90, 255, (height, width, 3)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "PNG")
    return stream.getvalue()


class Scene:
    """A photo with an officer, tagged and confirmed, and a bystander whose head was found."""

    def __init__(self) -> None:
        self.where: Department = factories.department()
        self.who: Officer = factories.officer(self.where)
        self.photo: Photo = factories.photo(self.where, jpeg=patterned())
        self.tagger, self.keeper = factories.user(), factories.user()
        self.face: Face = tagging.tag(photo=self.photo, officer=self.who, box=FACE, by=self.tagger)

    def confirm(self) -> None:
        tagging.approve(face=self.face, by=self.keeper)

    def found(self, *boxes: Rectangle) -> None:
        for number, (x, y, width, height) in enumerate(boxes, start=1):
            Cover.objects.create(photo=self.photo, number=number, x=x, y=y, width=width, height=height)

    def rendered(self) -> Publication:
        """Confirmed and painted, waiting for the look."""
        self.confirm()
        self.found(FACE, BYSTANDER)
        rendering.render_now(self.photo)
        return self.row

    def published(self) -> Publication:
        row = self.rendered()
        assert row.version is not None
        publishing.publish(photo=self.photo, version=row.version.hex, by=self.keeper)
        return self.row

    @property
    def row(self) -> Publication:
        return Publication.objects.get(photo=self.photo)


def waiting(job: str) -> list[str]:
    return outbox.waiting_subjects(job)


def run(job: str, work: Callable[[outbox.Claim], None]) -> None:
    """Do what is promised, as a worker does."""
    for entry in OutboxEntry.objects.filter(job=job, state=OutboxEntry.State.WAITING):
        outbox.run(str(entry.pk), work)


def address(row: Publication, name: str = "photo-320.webp") -> str:
    return f"/shown/{row.version}/{name}"


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def bright(pixels: np.ndarray, box: Rectangle, scale: float = 1) -> float:
    x, y, width, height = (round(number * scale) for number in box)
    return float(pixels[y : y + height, x : x + width].mean())
