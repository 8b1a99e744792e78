"""People's answers to "are police in this photo?", as folders to train on and as COCO.

This file decides what leaves: photos of the record on which the volunteers agreed, yes or no, with the heads
that were found and the faces that were tagged and reviewed. Never an open question, an unclear photo, a tag
that nobody reviewed, a name, a department or anything measured from a face. The copies are private like the
photos themselves: only the account that writes them can open them, and the audit log keeps that they exist.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from officers.models import Department, Face, Photo
from oversight import audit, storage
from privacy.shapes import Rectangle

FOLDERS = {Photo.Police.YES.value: "police", Photo.Police.NO.value: "other"}
HEAD, OFFICER = 1, 2
CATEGORIES = [
    {"id": HEAD, "name": "head", "supercategory": "person"},
    {"id": OFFICER, "name": "police officer's face", "supercategory": "person"},
]
CHUNK = 200


@dataclass(slots=True)
class Exported:
    """What was written: how many photos by folder, how many files were missing, and the COCO rows."""

    photos: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    images: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)

    def as_coco(self) -> dict[str, Any]:
        """One JSON-able object. Boxes are x, y, width, height in whole pixels; files relative to the folder."""
        return {"images": self.images, "annotations": self.annotations, "categories": CATEGORIES}


def export(folder: Path) -> Exported:
    """Copy every agreed photo to `folder`/police or `folder`/other.

    Raises ValueError when the folder is not empty: an answer that was changed since would stay behind in it.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty. Give a new folder, so that no old answer stays behind.")
    for name in ("", *FOLDERS.values()):
        (folder / name).mkdir(mode=0o700, parents=not name, exist_ok=True)
    exported, departments = Exported(), Counter[int]()
    for photo in _agreed():
        name = f"{FOLDERS[photo.police]}/{photo.pk.hex}.jpg"
        try:
            write_private(folder / name, storage.read(photo.key))
        except FileNotFoundError:  # deleted meanwhile
            exported.missing += 1
            continue
        exported.photos[FOLDERS[photo.police]] += 1
        departments[photo.department_id] += 1
        _add_rows(exported, photo, name)
    _record(departments)
    return exported


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only this account can open."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _agreed() -> Iterator[Photo]:
    reviewed = Face.objects.filter(reviewed_at__isnull=False, officer__isnull=False).order_by("pk")
    agreed = Photo.objects.kept().filter(police__in=FOLDERS).order_by("pk")
    return agreed.prefetch_related("heads", Prefetch("faces", reviewed)).iterator(chunk_size=CHUNK)


def _add_rows(exported: Exported, photo: Photo, name: str) -> None:
    image = len(exported.images) + 1
    size = {"width": photo.width, "height": photo.height}
    exported.images.append({"id": image, "file_name": name, "police": photo.police} | size)
    officers = [face.box for face in photo.faces.all()]
    heads = [head.box for head in photo.heads.all() if head.box not in officers]
    exported.annotations += _rows(officers, OFFICER, image, len(exported.annotations))
    exported.annotations += _rows(heads, HEAD, image, len(exported.annotations))


def _rows(boxes: Iterable[Rectangle], category: int, image: int, last: int) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "image_id": image,
            "category_id": category,
            "bbox": list(box),
            "area": box.width * box.height,
            "iscrowd": 0,
        }
        for number, box in enumerate(boxes, start=last + 1)
    ]


@transaction.atomic
def _record(departments: Counter[int]) -> None:
    """One row a department: that its photos were copied, and how many."""
    for department in Department.objects.filter(pk__in=departments).order_by("pk"):
        audit.record(
            by=None,
            actor=audit.SYSTEM,
            action="exported presence labels",
            subject=department,
            photos=departments[department.pk],
        )
