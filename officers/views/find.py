"""Find an officer: a box for words, facets with counts, and pages whose address says everything that was asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from officers import cards
from officers.facets import Facet
from officers.filters import OfficerFilter
from officers.finding import NEAREST, SORTS, Page, Search, UnknownPlace
from officers.models import Department, Officer

SUGGESTIONS = 8
VIEWS = {"lineup": "Photos", "list": "List"}
ADDRESS = {*OfficerFilter.base_filters, "after", "view"}
NO_PLACE = (
    "The address says where in the list to go on, but not in a way we understand. This is the beginning."
)


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that was asked for, and the address without it."""

    words: str
    without_url: str


@require_safe
def find_officer(request: HttpRequest) -> HttpResponse:
    form = OfficerFilter(request.GET, queryset=Officer.objects.none()).form
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value not in (None, "", [])}
    search = Search.of(asked)
    page, trouble = _page(search, request.GET.get("after", ""))
    found, facets = search.counted()
    departments = _departments()
    here = next((words for pk, words in departments if pk == search.department_id), "")
    context = {
        "asked": asked,
        "search": search,
        "troubles": [*_troubles(request.GET, form.errors), *trouble],
        "cards": [cards.card(officer, search.department_id) for officer in page.officers],
        "next_url": _address(request.GET, after=page.after) if page.after else "",
        "first_url": _address(request.GET) if request.GET.get("after") else "",
        "found": found,
        "facets": facets,
        "departments": departments,
        "department_words": here,
        "chips": list(_chips(request.GET, asked, facets, here)),
        **_looks(request, search),
    }
    return render(request, "officers/find.html", context)


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Names for the box while somebody types, nearest first; the page is complete without them."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    officers = Search.of({"q": words}).page(size=SUGGESTIONS).officers if words else []
    return JsonResponse({"names": list(dict.fromkeys(officer.full_name for officer in officers))})


def _page(search: Search, after: str) -> tuple[Page, list[str]]:
    try:
        return search.page(after), []
    except UnknownPlace:
        return search.page(), [NO_PLACE]


def _departments() -> list[tuple[int, str]]:
    rows = Department.objects.public().order_by("state__name", "name").values_list("pk", "name", "state")
    return [(pk, f"{name}, {state}") for pk, name, state in rows]


def _looks(request: HttpRequest, search: Search) -> dict[str, Any]:
    """As photos or as a list, and in which order."""
    view = request.GET.get("view", "")
    sorts = ({NEAREST: "Nearest name"} if search.name and search.name.words else {}) | SORTS
    return {
        "view": view if view in VIEWS else "lineup",
        "views": [(name, words, _address(request.GET, view=name)) for name, words in VIEWS.items()],
        "sorts": list(sorts.items()),
        "section": "find",
    }


def _troubles(query: QueryDict, errors: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What the address says and we cannot use, in a sentence each."""
    for name in errors:
        said = ", ".join(query.getlist(name)).replace("\0", "")[:60]
        yield f"We do not understand “{said}” as an answer to “{name}”. It was left out."
    for name in list(query)[:5]:
        if name not in ADDRESS:
            yield f"This page does not know “{name[:40]}”. It was left out."


def _chips(
    query: QueryDict, asked: Mapping[str, Any], facets: Sequence[Facet], department: str
) -> Iterator[Chip]:
    """What was asked for; in a search that found nobody each is a way to loosen it."""
    for name in ("q", "badge"):
        if name in asked:
            yield Chip(
                ("Badge " if name == "badge" else "") + f"“{asked[name]}”", _address(query, **{name: None})
            )
    if "department" in asked:
        gone = {"department": None, "rank": None, "unit": None}
        yield Chip(department or "A department we do not show", _address(query, **gone))
    for facet in facets:
        for choice in facet.choices:
            if choice.is_chosen:
                kept = [value for value in query.getlist(facet.name) if value != choice.value]
                yield Chip(f"{facet.label}: {choice.words}", _address(query, **{facet.name: kept}))


def _address(query: QueryDict, **changed: Any) -> str:
    """The same question with something changed, from its first page on unless `after` says otherwise."""
    address = query.copy()
    for name, value in {"after": None, **changed}.items():
        address.setlist(name, value if isinstance(value, list) else [value] if value else [])
    return f"?{address.urlencode()}"
