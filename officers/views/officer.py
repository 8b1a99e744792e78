"""An officer's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from officers import cards, holds, officer_page, pictures
from oversight.people import account_if_any


@require_safe
def officer(request: HttpRequest, pk: int) -> HttpResponse:
    context = officer_page.gathered(pk)
    shown, user = context["officer"], account_if_any(request)
    present = cards.current_assignment(shown)
    context |= {
        "department": present.department if present else None,
        "photos": [
            (reverse("photo", args=[face.photo_id]), pictures.of_face(face))
            for face in cards.public_faces(shown)
        ],
        "faces": cards.public_faces(shown),
        "may_hold": user is not None and holds.may_hold(user, shown),
        "section": "find",
    }
    return render(request, "officers/officer.html", context)
