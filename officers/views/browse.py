"""Pages to look around in: home, how we protect people, and the pages of a roster."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from officers import facets
from officers.models import Department, Officer, Photo
from officers.querysets import OfficerQuerySet

PAGE = 24


def home(request: HttpRequest) -> HttpResponse:
    context = {
        "departments_count": Department.objects.public().count(),
        "officers_count": facets.how_many_listed(),
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
