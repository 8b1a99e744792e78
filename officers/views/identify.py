""" "Who is this officer?": where, and the way that is open everywhere: looking through the roster."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from officers import cards, jurisdiction
from officers.models import Assignment, Department, Officer, State
from officers.querysets import DepartmentQuerySet
from officers.views.browse import keyset_page
from oversight.refusals import IN_WORDS

SHOWN_AT_ONCE = 40
SUGGESTIONS = 8


def _of_words(words: str) -> DepartmentQuerySet:
    found: DepartmentQuerySet = Department.objects.public().of_words(words).select_related("state")
    return found.order_by("state__name", "name")


def _words(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]


def states_with_departments() -> list[State]:
    """States that have a department here, with how many, by name. One query."""
    public = Count("departments", filter=Q(departments__is_published=True))
    return list(State.objects.annotate(how_many=public).filter(how_many__gt=0).order_by("name"))


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where? Departments by name or state; where the law forbids comparing faces, it says so here, before any photo."""
    words, state = _words(request), request.GET.get("state", "")[:2].upper()
    found = _of_words(words).filter(state=state) if state.isalpha() else _of_words(words)
    shown = list(found[: SHOWN_AT_ONCE + 1])
    states = states_with_departments()
    if len(shown) > SHOWN_AT_ONCE and not (words or state):  # too many to read: by state, or by typing
        shown = []
    refusals = jurisdiction.refusals([d.pk for d in shown])
    context = {
        "words": words,
        "states": states if len(states) > 1 else [],
        "state": state,
        "rows": [(d, refusals[d.pk], IN_WORDS.get(refusals[d.pk] or "")) for d in shown[:SHOWN_AT_ONCE]],
        "has_more": len(shown) > SHOWN_AT_ONCE,
        "section": "identify",
    }
    return render(request, "officers/identify_start.html", context)


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Names for the search box while somebody types; the page is complete without them."""
    words = _words(request)
    found = _of_words(words)[:SUGGESTIONS] if words else []
    return JsonResponse({"names": [f"{d.name}, {d.state.name}" for d in found]})


def roster(request: HttpRequest, department: Department) -> dict[str, Any]:
    """What the line-up shows of a department: one page of officers, narrowed by rank and unit."""
    chosen = {name: request.GET.get(name, "") for name in ("rank", "unit")}
    narrowed = {name: int(value) for name, value in chosen.items() if value.isdecimal()}
    officers = Officer.objects.public().in_department(department.pk)
    if narrowed:
        stint = Assignment.objects.filter(officer=OuterRef("pk"), department=department, **narrowed)
        officers = officers.filter(Exists(stint))
    page, older_url = keyset_page(request, officers)
    return {
        "department": department,
        "ranks": department.ranks.all(),
        "units": department.units.all(),
        **chosen,
        "is_narrowed": bool(narrowed),
        "cards": [cards.card(officer, department.pk) for officer in page],
        "older_url": older_url,
        "section": "identify",
    }


@require_safe
def line_up(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster as faces: officers with a photo first in the eye, all of them in the list."""
    department = get_object_or_404(Department.objects.public(), pk=pk)
    return render(request, "officers/line_up.html", roster(request, department))
