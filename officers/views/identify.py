""" "Who is this officer?": where, and the way that is open everywhere: looking through the roster."""

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from officers import cards, jurisdiction
from officers.models import Assignment, Department, Officer
from officers.views.browse import keyset_page


def start(request: HttpRequest) -> HttpResponse:
    """Where? Departments by name or state; where the law forbids comparing faces, it says so here, before any photo."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    departments = Department.objects.public().select_related("state").order_by("state__name", "name")
    if words:
        departments = departments.filter(name__icontains=words) | departments.filter(
            state__name__icontains=words
        )
    shown = list(departments)
    refusals = jurisdiction.refusals([d.pk for d in shown])
    context = {"words": words, "rows": [(d, refusals[d.pk]) for d in shown], "section": "identify"}
    return render(request, "officers/identify_start.html", context)


def line_up(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster as faces: officers with a photo first in the eye, all of them in the list."""
    department = get_object_or_404(Department.objects.public(), pk=pk)
    rank = request.GET.get("rank", "")
    officers = Officer.objects.public().in_department(pk)
    if rank.isdecimal():
        of_rank = Assignment.objects.filter(officer=OuterRef("pk"), rank=int(rank), department=pk)
        officers = officers.filter(Exists(of_rank))
    page, older_url = keyset_page(request, officers)
    context = {
        "department": department,
        "ranks": department.ranks.all(),
        "rank": rank,
        "cards": [cards.card(officer, pk) for officer in page],
        "older_url": older_url,
        "section": "identify",
    }
    return render(request, "officers/line_up.html", context)
