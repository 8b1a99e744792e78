"""The second look: tags and proposed officers, for those who keep the department."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from officers import tagging
from officers.models import Department, Face
from oversight.models import User
from oversight.people import account

PAGE = 20


def _waiting_for(user: User) -> QuerySet[Face]:
    kept = Department.objects.kept_by(user)
    return Face.objects.waiting_for_review().filter(photo__department__in=kept)


@login_required
def waiting(request: HttpRequest) -> HttpResponse:
    faces = (
        _waiting_for(account(request))
        .select_related("photo__department", "officer", "tagged_by")
        .prefetch_related("officer__assignments", "officer__faces")
        .order_by("pk")
    )
    context = {"faces": [_row(face) for face in faces[:PAGE]], "count": faces.count()}
    return render(request, "officers/review.html", context)


def _row(face: Face) -> dict[str, object]:
    """The tagged face, and the officer's known face beside it to compare with."""
    officer = face.officer
    known = [f for f in officer.faces.all() if f.reviewed_at and f.pk != face.pk] if officer else []
    stint = next(iter(officer.assignments.all()), None) if officer else None
    return {
        "face": face,
        "officer": officer,
        "department": face.photo.department,
        "badge": stint.badge_number if stint else "",
        "known_face": known[0] if known else None,
    }


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    face = get_object_or_404(_waiting_for(account(request)).select_related("officer"), pk=pk)
    if request.POST.get("decision") == "approve":
        tagging.approve(face=face, by=account(request))
        messages.success(request, "Approved. The photo is on the officer's page now.")
    elif request.POST.get("decision") == "reject":
        tagging.reject(face=face, by=account(request))
        messages.success(request, "Rejected. The tag is gone; the photo is kept.")
    return redirect("review")
