"""Jobs, for admins: what waits, what was imported, and what was given up, with a way to try it again."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from officers import imports
from officers.models import ImportSource
from oversight import audit, outbox, queues
from oversight.models import OutboxEntry
from oversight.people import admin

MOST = 50
IMPORTS = 10
QUEUES = {
    queues.FACES: "Questions that people are waiting for",
    queues.PHOTOS: "New photos",
    queues.BULK: "Older photos and upkeep",
}
JOBS = {
    "workers.photos.find_heads": "Find the heads in a photo",
    "workers.photos.erase": "Erase the pixels of a deleted photo",
    "workers.rosters.work": "Check, load or undo a roster",
    "workers.presence.classify": "Look for police in a photo",
    "workers.presence.classify_many": "Look for police in older photos",
    "workers.faces.identify": "Answer who an officer is",
    "workers.faces.enrol": "Prepare a department’s officers for matching",
}


@login_required
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    admin(request)
    entries = outbox.given_up().order_by("-settled_at")
    context = {
        "waiting": _waiting(),
        "imports": [_import(held) for held in ImportSource.objects.select_related("department")[:IMPORTS]],
        "given_up": [{"entry": entry, "words": JOBS.get(entry.job, entry.job)} for entry in entries[:MOST]],
        "given_up_count": entries.count(),
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
@require_POST
def again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Try given-up work once more."""
    by = admin(request)
    entry = get_object_or_404(outbox.given_up(), pk=pk)
    with transaction.atomic():
        outbox.replay(entry)
        audit.record(by=by, action="retried given-up work", subject=entry, job=entry.job)
    messages.success(request, "It will be tried again now.")
    return redirect("jobs")
