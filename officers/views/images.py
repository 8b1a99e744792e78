"""Serving pictures as they are stored, each after a check of who asks. Nothing is decoded here."""

import re
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from officers import pictures, rendering
from officers.models import Face, Photo, Publication
from officers.querysets import keeps
from oversight import storage
from privacy.renditions import TYPES

NAME = re.compile(r"(?:photo|face-\d{1,19})-\d{1,5}\.(avif|webp|jpg)")
SECONDS_IN_A_BROWSER = 600


def picture(data: bytes, *, kind: str = "image/jpeg", seconds: int = 0) -> HttpResponse:
    """A picture that a browser shows and never runs. `seconds`: how long that one browser may keep it."""
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="photo.{kind.removeprefix("image/")}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"private, max-age={seconds}" if seconds else "no-store"
    return response


def read_or_404(key: str) -> bytes:
    try:
        return storage.read(key)
    except FileNotFoundError as gone:
        raise Http404 from gone


def stored(photo: Photo) -> bytes:
    return read_or_404(photo.key)


def face_crop(request: HttpRequest, pk: int) -> HttpResponse:
    """One tagged face out of a published photo, everybody else in it covered. Those who keep the department see it also
    while the photo is held back: they must judge it."""
    face = Face.objects.public_with_pictures().filter(pk=pk).first()
    is_public = face is not None
    if face is None:
        face = get_object_or_404(Face.objects.with_pictures(), pk=pk)
        if not (face.is_confirmed and keeps(request.user, face.photo.department)):
            raise Http404
    version = face.photo.publication.version
    if version is None:
        raise Http404
    folder = rendering.folder(version)
    return picture(
        read_or_404(f"{folder}/{pictures.fallback_name(face)}"),
        seconds=SECONDS_IN_A_BROWSER if is_public else 0,
    )


def rendition(request: HttpRequest, version: uuid.UUID, name: str) -> HttpResponse:
    """A covered copy: anybody's once it is public, before that only for those who keep the department."""
    form = NAME.fullmatch(name)
    shown = Publication.objects.filter(version=version)
    if form is None:
        raise Http404
    is_public = shown.public().exists()
    if not is_public:
        waiting = get_object_or_404(shown.select_related("photo__department"))
        if not keeps(request.user, waiting.photo.department):
            raise Http404
    data = read_or_404(f"{rendering.folder(version)}/{name}")
    return picture(data, kind=TYPES[form[1]], seconds=SECONDS_IN_A_BROWSER if is_public else 0)


def whole_photo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A whole photo, bystanders and all: for volunteers with an account only, and never somebody's open question.

    One that is held back is for those who keep its department.
    """
    photo = get_object_or_404(Photo.objects.filter(expires_at=None).select_related("department"), pk=pk)
    if not (request.user.is_authenticated and request.user.is_active):
        raise Http404
    if not (Photo.objects.kept().filter(pk=pk).exists() or keeps(request.user, photo.department)):
        raise Http404
    return picture(stored(photo))
