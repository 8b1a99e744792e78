"""Incidents, complaints and lawsuits: lists by day, and a page for each."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from officers import cards, case_page, case_search, latest, lines
from officers.case_search import CaseForm
from officers.finding import UnknownPlace
from officers.latest import Page
from officers.models import Department, Officer
from officers.querysets import keeps
from officers.views.browse import keyset_page
from officers.views.find import NO_PLACE

WORDS = {
    "incident": ("Incidents", "What happened, when and where, and which officers were there."),
    "complaint": ("Complaints", "What officers were accused of, what was found, and what followed."),
    "lawsuit": ("Lawsuits", "Cases about what officers did, and how they ended."),
}


@require_safe
def case_list(request: HttpRequest, kind: str) -> HttpResponse:
    form = CaseForm(request.GET)
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    found = case_search.found(kind, asked)
    page, troubles = page_of(request, found)
    title, lead = WORDS[kind]
    words = case_search.words_of(asked)
    line = lines.OF[kind]
    context = {
        "kind": kind,
        "title": title,
        "lead": lead,
        "asked": asked,
        "lines": [line(row) for row in page.rows],
        "chips": [(words[name], address(request.GET, **{name: ""})) for name in words],
        "troubles": [*_troubles(request.GET, form), *troubles],
        "departments": Department.objects.public()
        .order_by("state__name", "name")
        .values_list("pk", "name", "state"),
        "next_url": address(request.GET, after=page.after) if page.after else "",
        "first_url": address(request.GET) if request.GET.get("after") else "",
    }
    return render(request, "officers/case_list.html", context)


def page_of(request: HttpRequest, found: Any) -> tuple[Page, list[str]]:
    """The page that the address asks for, or the first one and what is wrong with the address."""
    try:
        return latest.page(found, request.GET.get("after", "")), []
    except UnknownPlace:
        return latest.page(found), [NO_PLACE]


def address(query: QueryDict, **changed: str) -> str:
    """The same question with something changed, from its first page on unless `after` says otherwise."""
    wanted = query.copy()
    for name, value in {"after": "", **changed}.items():
        wanted.setlist(name, [value] if value else [])
    return f"?{wanted.urlencode()}"


def _troubles(query: QueryDict, form: CaseForm) -> Iterator[str]:
    for name in form.errors:
        said = query.get(name, "").replace("\0", "")[:60]
        yield f"We do not understand “{said}” as an answer to “{name}”. It was left out."
    for name in list(query)[:5]:
        if name not in form.fields and name != "after":
            yield f"This page does not know “{name[:40]}”. It was left out."


@require_safe
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    context = case_page.incident(pk)
    officers, older_url = keyset_page(request, Officer.objects.public().filter(incidents=pk))
    context |= {
        "cards": [cards.card(one, context["department"].pk) for one in officers],
        "older_url": older_url,
        "first_url": request.path if request.GET.get("after") else "",
    }
    return _show(request, "officers/incident.html", context)


@require_safe
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, "officers/complaint.html", case_page.complaint(pk))


@require_safe
def lawsuit(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, "officers/lawsuit.html", case_page.lawsuit(pk))


def _show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    context["is_keeper"] = keeps(request.user, context["department"])
    return render(request, template, context)
