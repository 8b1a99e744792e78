"""Jobs, for admins: what waits, what was imported, and what was given up, with a way to try it again."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from officers import dead_letters, imports
from officers.models import ImportSource
from oversight import outbox, queues
from oversight.models import OutboxEntry
from oversight.people import admin

MOST = 50
IMPORTS = 10
QUEUES = {
    queues.FACES: "Questions that people are waiting for",
    queues.PHOTOS: "New photos",
    queues.BULK: "Older photos and upkeep",
}


@login_required
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    admin(request)
    context = {
        "waiting": _waiting(),
        "imports": [_import(held) for held in ImportSource.objects.select_related("department")[:IMPORTS]],
        "kinds": dead_letters.kinds(),
        "given_up_count": outbox.given_up().count(),
    }
    return render(request, "officers/jobs.html", context)


def _waiting() -> list[tuple[str, int]]:
    waiting = OutboxEntry.objects.filter(state=OutboxEntry.State.WAITING)
    counts = dict(waiting.values_list("queue").annotate(count=Count("pk")))
    return [(words, counts.get(name, 0)) for name, words in QUEUES.items()]


def _import(held: ImportSource) -> dict[str, object]:
    counts = imports.counts(held)
    over = sum(counts.values()) - counts["waiting"]
    return {"source": held, "counts": counts, "over": over, "total": sum(counts.values())}


@login_required
@require_safe
def given_up(request: HttpRequest) -> HttpResponse:
    """Work of one kind that was given up, newest first; each can be tried again by itself."""
    admin(request)
    job, error = (request.GET.get(name, "").replace("\0", "") for name in ("job", "error"))
    entries = dead_letters.of_kind(job, error)
    kind = next((each for each in dead_letters.kinds() if (each.job, each.error) == (job, error)), None)
    if kind is None:
        raise Http404
    page = list(_before(entries, request.GET.get("before", "")).order_by("-settled_at", "-pk")[: MOST + 1])
    context = {
        "kind": kind,
        "entries": page[:MOST],
        "older_url": _older(request, page[MOST - 1]) if len(page) > MOST else "",
        "most_at_once": dead_letters.MOST_AT_ONCE,
    }
    return render(request, "officers/dead_letters.html", context)


def _before(entries: QuerySet[OutboxEntry], mark: str) -> QuerySet[OutboxEntry]:
    """Those that come after a page's last one: "moment|id"."""
    moment, _, pk = mark.partition("|")
    try:
        at = datetime.fromisoformat(moment)
        return entries.filter(Q(settled_at__lt=at) | Q(settled_at=at, pk__lt=uuid.UUID(pk)))
    except ValueError:
        return entries


def _older(request: HttpRequest, last: OutboxEntry) -> str:
    query = request.GET.copy()
    query["before"] = f"{last.settled_at.isoformat() if last.settled_at else ''}|{last.pk}"
    return f"?{query.urlencode()}"


@login_required
@require_POST
def again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Try given-up work once more."""
    by = admin(request)
    dead_letters.try_again(get_object_or_404(outbox.given_up(), pk=pk), by=by)
    messages.success(request, "It will be tried again now.")
    return redirect("jobs")


@login_required
@require_POST
def all_again(request: HttpRequest) -> HttpResponse:
    """Try all work of one kind once more."""
    by = admin(request)
    job, error = (request.POST.get(name, "").replace("\0", "") for name in ("job", "error"))
    count = dead_letters.try_all_again(job=job, error=error, by=by)
    messages.success(
        request, f"{count} will be tried again now." if count else "There is nothing of that kind."
    )
    return redirect("jobs")
