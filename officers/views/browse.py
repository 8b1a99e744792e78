"""Pages to look around in: home, and an officer's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from officers import cards, holds, pictures, sources
from officers.models import Assignment, Department, Document, Officer, Photo, SearchRow
from officers.querysets import OfficerQuerySet
from oversight.people import account_if_any

PAGE = 24


def home(request: HttpRequest) -> HttpResponse:
    context = {
        "departments_count": Department.objects.public().count(),
        "officers_count": SearchRow.objects.listed().count(),
        "photos_waiting": Photo.objects.kept().filter(police=Photo.Police.UNKNOWN).count(),
    }
    return render(request, "home.html", context)


def about_protection(request: HttpRequest) -> HttpResponse:
    return render(request, "officers/about_protection.html")


def keyset_page(request: HttpRequest, found: OfficerQuerySet) -> tuple[list[Officer], str]:
    """One page by name and id, and the address of the next: as quick on the last page as on the first."""
    after = request.GET.get("after", "").replace("\0", "").split("\x1f")
    if len(after) == 3 and after[2].isdecimal():
        found = found.after_name(after[0], after[1], int(after[2]))
    officers = list(found.order_by("last_name", "first_name", "pk").for_cards()[: PAGE + 1])
    if len(officers) <= PAGE:
        return officers, ""
    last = officers[PAGE - 1]
    query = request.GET.copy()
    query["after"] = "\x1f".join((last.last_name, last.first_name, str(last.pk)))
    return officers[:PAGE], f"{request.path}?{query.urlencode()}"


def officer(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Officer.objects.public().for_cards(), pk=pk)
    stints = list(shown.assignments.all())
    present, user = cards.current_assignment(shown), account_if_any(request)
    context = {
        "officer": shown,
        "card": cards.card(shown),
        "facts": _facts(shown),
        "department": present.department if present else None,
        "events": [_event(stint) for stint in stints],
        "photos": [
            (reverse("photo", args=[face.photo_id]), pictures.of_face(face))
            for face in cards.public_faces(shown)
        ],
        "faces": cards.public_faces(shown),
        "documents": Document.objects.public().filter(officers=shown).defer("text")[:PAGE],
        "sources": sources.of(shown, *stints),
        "may_hold": user is not None and holds.may_hold(user, shown),
    }
    return render(request, "officers/officer.html", context)


def _facts(officer: Officer) -> list[tuple[str, str]]:
    stint = cards.current_assignment(officer)
    return [
        ("Department", stint.department.name if stint else ""),
        ("Badge", stint.badge_number if stint else ""),
        ("Rank", stint.rank.name if stint and stint.rank else ""),
        ("Unit", stint.unit.name if stint and stint.unit else ""),
        ("Race", officer.get_race_display()),
        ("Gender", officer.get_gender_display()),
        ("Born", f"about {officer.birth_year}" if officer.birth_year else ""),
    ]


def _event(stint: Assignment) -> dict[str, str]:
    parts = [stint.rank.name if stint.rank else "Officer", stint.unit.name if stint.unit else ""]
    return {
        "when": cards.years(stint) or "Dates not known",
        "what": ", ".join(part for part in parts if part),
        "more": stint.department.name + (f", badge {stint.badge_number}" if stint.badge_number else ""),
    }
