"""The volunteers' queue: photos in which police are likely come first."""

import uuid

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from officers import sorting
from officers.models import Photo
from oversight.people import account


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """The next photo to sort, and how many wait. With the plugin, what a model saw orders them; it decides nothing."""
    waiting = Photo.objects.kept().filter(police=Photo.Police.UNKNOWN).select_related("department")
    if apps.is_installed("recognition"):
        waiting = waiting.select_related("presence").order_by(
            F("presence__score").desc(nulls_last=True), "received_on", "pk"
        )
    else:
        waiting = waiting.order_by("received_on", "pk")
    skipped = request.GET.getlist("skip")[-50:]
    photo = waiting.exclude(pk__in=[s for s in skipped if _is_uuid(s)]).first()
    context = {
        "photo": photo,
        "presence": getattr(photo, "presence", None) if photo else None,
        "waiting": waiting.count(),
        "skip_query": "&".join(f"skip={s}" for s in [*skipped, str(photo.pk)]) if photo else "",
    }
    return render(request, "officers/queue.html", context)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@login_required
@require_POST
def answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    photo = get_object_or_404(Photo.objects.kept(), pk=pk)
    police = request.POST.get("police", "")
    if police == "undo":
        sorting.say(photo=photo, police=Photo.Police.UNKNOWN, by=account(request))
    elif police in {Photo.Police.YES, Photo.Police.NO, Photo.Police.UNCLEAR}:
        sorting.say(photo=photo, police=police, by=account(request))
        messages.success(request, "Saved. The next photo is here.", extra_tags=f"undo:{photo.pk}")
    return redirect("photo-queue")
