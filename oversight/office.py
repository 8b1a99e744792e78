"""Pages for admins about the house itself: its figures, its audit log; and `/metrics` for a program that watches."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from oversight import answers, audit, figures
from oversight.models import AuditEvent
from oversight.people import admin
from oversight.second_factor import asked_freshly

PAGE = 50
ROUTES_SHOWN = 30


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has the token (OVERSIGHT_METRICS_TOKEN) in an Authorization header; to all others it is not there."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    return HttpResponse(figures.for_prometheus(), content_type=CONTENT_TYPE_LATEST)


@login_required
@require_safe
def show_figures(request: HttpRequest) -> HttpResponse:
    admin(request)
    context = {
        "figures": figures.all_figures(),
        "routes": answers.worst_first(ROUTES_SHOWN),
        "now": timezone.now(),
    }
    return render(request, "office/figures.html", context)


@login_required
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """The newest acts first. `?check=1` recomputes the whole chain, which takes a second for 100,000 rows."""
    admin(request)
    events = _asked_for(request)
    before = request.GET.get("before", "")
    page = list((events.filter(pk__lt=int(before)) if _is_number(before) else events)[: PAGE + 1])
    context = {
        "events": [{"event": event, "facts": sorted(event.facts.items())} for event in page[:PAGE]],
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "actions": AuditEvent.objects.order_by("action").values_list("action", flat=True).distinct(),
        "action": request.GET.get("action", ""),
        "actor": request.GET.get("actor", ""),
        "end": audit.end_of_chain(),
        "unsealed": AuditEvent.objects.filter(place_in_chain=None).count(),
        "is_checked": "check" in request.GET,
        "broken": audit.first_broken_link() if "check" in request.GET else None,
    }
    return render(request, "office/audit.html", context)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 19


def _asked_for(request: HttpRequest) -> QuerySet[AuditEvent]:
    wanted = {name: request.GET[name] for name in ("action", "actor") if request.GET.get(name)}
    clean = {name: word.replace("\0", "") for name, word in wanted.items()}
    return AuditEvent.objects.filter(**clean).order_by("-pk")


@login_required
@require_POST
@asked_freshly(back="audit-log")
@transaction.atomic
def audit_download(request: HttpRequest) -> StreamingHttpResponse:
    """The whole log, a line of JSON for each row, oldest first. Taking it out is itself written down."""
    by = admin(request)
    audit.record(by=by, action="took the audit log out", subject=by)
    response = StreamingHttpResponse(_lines(), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
    return response


def _lines() -> Iterator[str]:
    for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=1000):
        yield audit.as_line(event) + "\n"
