"""Ways into the record besides names: topics, and license plates."""

from typing import Any

from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from officers import beside, cards, everything, latest, lines
from officers.case_search import MODELS
from officers.models import Department, Document, Incident, LicensePlate, Officer, Topic
from officers.views.browse import keyset_page
from officers.views.cases import address, page_of

PAGE = 60
SOME = 6
LONGEST = 20


@require_safe
def topic_list(request: HttpRequest) -> HttpResponse:
    """Topics under which there is something to see, by name."""
    after = request.GET.get("after", "").replace("\0", "")[:60].lower()
    found = Topic.objects.public().annotate(small=Lower("name")).order_by("small")
    shown = list((found.filter(small__gt=after) if after else found)[: PAGE + 1])
    context = {
        "topics": shown[:PAGE],
        "next_url": address(request.GET, after=shown[PAGE - 1].name) if len(shown) > PAGE else "",
        "first_url": request.path if after else "",
    }
    return render(request, "officers/topic_list.html", context)


@require_safe
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest of every kind under it. Nine queries."""
    shown = get_object_or_404(Topic.objects.public(), pk=pk)
    officers, older_url = keyset_page(request, Officer.objects.public().filter(topics=pk))
    cases = []
    for kind, model in MODELS.items():
        found = model.objects.public().filter(topics=pk).select_related("department")
        rows = list(latest.in_order(found)[: SOME + 1])
        cases.append(
            (kind, f"{kind}s".capitalize(), [lines.OF[kind](row) for row in rows[:SOME]], len(rows) > SOME)
        )
    context = {
        "topic": shown,
        "cards": [cards.card(officer) for officer in officers],
        "older_url": older_url,
        "first_url": request.path if request.GET.get("after") else "",
        "cases": cases,
        "departments": Department.objects.public().filter(topics=pk).order_by("name")[: beside.MOST],
        "documents": Document.objects.public()
        .filter(topics=pk)
        .values("pk", "title", "pages")[: beside.MOST],
    }
    return render(request, "officers/topic.html", context)


@require_safe
def plates(request: HttpRequest) -> HttpResponse:
    """Where a plate was seen, however somebody writes its number."""
    number = request.GET.get("number", "").replace("\0", "").strip()[:LONGEST]
    context: dict[str, Any] = {"number": number}
    if number:
        known = LicensePlate.objects.filter(everything.same_number("number", number)).values("incidents")
        found = Incident.objects.public().filter(pk__in=known).select_related("department", "location")
        page, troubles = page_of(request, found)
        context |= {
            "lines": [lines.of_incident(row) for row in page.rows],
            "troubles": troubles,
            "next_url": address(request.GET, after=page.after) if page.after else "",
            "first_url": address(request.GET) if request.GET.get("after") else "",
        }
    return render(request, "officers/plates.html", context)
