"""Serving pictures, each after a check of who asks. Nothing is served from a folder or a public bucket."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from officers.models import Face, Photo
from officers.querysets import keeps
from oversight import storage
from privacy.crops import crop

CROP_MARGIN = 0.45
CROP_LONGEST = 480


def picture(jpeg: bytes, *, seconds: int = 0) -> HttpResponse:
    """A JPEG that a browser shows and never runs. `seconds`: how long that one browser may keep it."""
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["Content-Disposition"] = 'inline; filename="photo.jpg"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"private, max-age={seconds}" if seconds else "no-store"
    return response


def stored(photo: Photo) -> bytes:
    try:
        return storage.read(photo.key)
    except FileNotFoundError as gone:
        raise Http404 from gone


def face_crop(request: HttpRequest, pk: int) -> HttpResponse:
    """One tagged face. Anybody sees reviewed ones; those who keep the department see the ones that wait."""
    face = Face.objects.public().select_related("photo").filter(pk=pk).first()
    if face is None:
        face = get_object_or_404(Face.objects.select_related("photo__department"), pk=pk)
        if not keeps(request.user, face.photo.department):
            raise Http404
    return picture(crop(stored(face.photo), face, margin=CROP_MARGIN, longest=CROP_LONGEST), seconds=600)


def whole_photo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A whole photo, bystanders and all: for volunteers with an account only, and never somebody's open question."""
    photo = get_object_or_404(Photo.objects.kept(), pk=pk)
    if not (request.user.is_authenticated and request.user.is_active):
        raise Http404
    return picture(stored(photo))
