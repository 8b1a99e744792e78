"""The second look: tags and proposed officers, for those who keep the department."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from officers import pictures, tagging
from officers.models import Face
from officers.near_duplicates import near_duplicates_of
from officers.pictures import Window
from officers.progress import to_review
from oversight.people import account

PAGE = 20


@login_required
def waiting(request: HttpRequest) -> HttpResponse:
    faces = (
        to_review(account(request))
        .select_related("photo__department", "officer", "tagged_by")
        .prefetch_related("officer__assignments", "officer__faces__photo")
        .order_by("pk")
    )
    page, own = list(faces[:PAGE]), account(request).pk
    alike = near_duplicates_of([face.photo for face in page])
    rows = [
        _row(face) | {"is_own": face.tagged_by_id == own, "alike": alike.get(face.photo_id, [])}
        for face in page
    ]
    context = {"faces": rows, "count": faces.count()}
    return render(request, "officers/review.html", context)


def _row(face: Face) -> dict[str, object]:
    """The tagged face, and the officer's known face beside it to compare with."""
    officer = face.officer
    known = [f for f in officer.faces.all() if f.reviewed_at and f.pk != face.pk] if officer else []
    stint = next(iter(officer.assignments.all()), None) if officer else None
    return {
        "face": face,
        "face_window": _window(face),
        "known_window": _window(known[0]) if known else None,
        "officer": officer,
        "department": face.photo.department,
        "badge": stint.badge_number if stint else "",
    }


def _window(face: Face) -> Window:
    return pictures.window(reverse("photo-image", args=[face.photo_id]), face.photo, face)


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    face = get_object_or_404(to_review(account(request)).select_related("officer"), pk=pk)
    if request.POST.get("decision") == "approve":
        _approve(request, face)
    elif request.POST.get("decision") == "reject":
        tagging.reject(face=face, by=account(request))
        messages.success(request, "Rejected. The tag is gone; the photo is kept.")
    return redirect("review")


def _approve(request: HttpRequest, face: Face) -> None:
    try:
        tagging.approve(face=face, by=account(request))
    except tagging.NotPossible as why_not:
        messages.error(request, str(why_not))
    else:
        messages.success(
            request,
            "Approved. The photo is being covered; look at it under “Publish” before anybody else sees it.",
        )
