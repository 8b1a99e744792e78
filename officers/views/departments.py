"""Departments: by state, on a map of squares or as a list; and one department, its figures and how fresh they are."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from officers import cards, department_page, jurisdiction
from officers.finding import Search
from officers.models import Department, State
from officers.querysets import keeps
from officers.views.identify import states_with_departments

AT_ONCE = 60
"""With more departments than this, the page shows the states first."""
SOME = 12
MAP = """
AK . . . . . . . . . . ME
. . . . . . . . . . VT NH
. WA ID MT ND MN IL WI MI NY RI MA
. OR NV WY SD IA IN OH PA NJ CT .
. CA UT CO NE MO KY WV VA MD DE .
MP . AZ NM KS AR TN NC SC DC . .
GU . . . OK LA MS AL GA . . VI
HI AS . . TX . . . . FL . PR
"""
"""Every state as one square, roughly where it lies."""
SQUARE = 48  # pixels; a finger's width


@dataclass(frozen=True, slots=True)
class Tile:
    state: State | None
    code: str
    x: int
    y: int


def tiles(states: list[State]) -> list[Tile]:
    """The map's squares; `state` is None where no department is known."""
    known = {state.code: state for state in states}
    return [
        Tile(known.get(code), code, x * SQUARE, y * SQUARE)
        for y, line in enumerate(MAP.strip().splitlines())
        for x, code in enumerate(line.split())
        if code != "."
    ]


@require_safe
def department_list(request: HttpRequest) -> HttpResponse:
    """By state: all where they are few, otherwise those of the state that was chosen."""
    states = states_with_departments()
    code = request.GET.get("state", "")[:20].upper()
    chosen = next((state for state in states if state.code == code), None)
    total = sum(_how_many(state) for state in states)
    departments = Department.objects.public().select_related("state").order_by("state__name", "name")
    if chosen:
        departments = departments.filter(state=chosen)
    elif total > AT_ONCE:
        departments = departments.none()
    shown = list(departments)
    refusals = jurisdiction.refusals([d.pk for d in shown]) if shown else {}
    context = {
        "rows": [(d, refusals[d.pk]) for d in shown],
        "states": states,
        "tiles": tiles(states),
        "state": chosen,
        "unknown_state": code if code and not chosen else "",
        "total": total,
    }
    return render(request, "officers/department_list.html", context)


@require_safe
def department(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(department_page.wanted(pk))
    search = Search.of({"department": pk})
    found, facets = search.counted(["rank"])
    by_name = {facet.name: facet for facet in facets}
    context = {
        "department": shown,
        "refusal": jurisdiction.refusals([pk])[pk],
        "officers_count": found,
        "on_the_force": next((c.how_many for c in by_name["active"].choices if c.value == "yes"), 0),
        "ranks": by_name["rank"].choices,
        "cards": [cards.card(officer, pk) for officer in search.page(size=SOME).officers],
        "is_keeper": keeps(request.user, shown),
        **department_page.gathered(shown),
    }
    return render(request, "officers/department.html", context)


def _how_many(state: Any) -> int:
    how_many: int = state.how_many
    return how_many
