"""The volunteers' queue: photos in which police are likely come first.

The address carries what was skipped and what was answered last, so that Back, reload and two tabs do no harm.
"""

import uuid

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from officers import sorting
from officers.models import Photo
from officers.querysets import PhotoQuerySet
from oversight.people import account

MOST_SKIPPED = 50
ANSWERS = {Photo.Police.YES, Photo.Police.NO, Photo.Police.UNCLEAR}


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """The next photo to sort, how many wait, and the last answer, which can be taken back."""
    waiting, skipped = _waiting(), _ids(request, "skip")
    photo = waiting.filter(pk__in=_ids(request, "photo")).first() or waiting.exclude(pk__in=skipped).first()
    answered = (
        Photo.objects.kept().filter(police_said_by=account(request)).exclude(police=Photo.Police.UNKNOWN)
    )
    context = {
        "photo": photo,
        "presence": getattr(photo, "presence", None) if photo else None,
        "waiting": waiting.count(),
        "last": answered.filter(pk__in=_ids(request, "last")).first(),
        "skipped_query": urlencode({"skip": skipped}, doseq=True),
        "skip_query": urlencode({"skip": [*skipped, str(photo.pk)]}, doseq=True) if photo else "",
    }
    return render(request, "officers/queue.html", context)


def _waiting() -> PhotoQuerySet:
    """Photos without an answer. With the plugin, what a model saw orders them; it decides nothing."""
    waiting = Photo.objects.kept().filter(police=Photo.Police.UNKNOWN).select_related("department")
    if not apps.is_installed("recognition"):
        return waiting.order_by("received_on", "pk")
    likely_first = F("presence__score").desc(nulls_last=True)
    return waiting.select_related("presence").order_by(likely_first, "received_on", "pk")


def _ids(request: HttpRequest, name: str) -> list[str]:
    """The photo ids of this name in the address; what is not an id is left out."""
    return [text for text in request.GET.getlist(name)[-MOST_SKIPPED:] if _is_uuid(text)]


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@login_required
@require_POST
def answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep an answer, or take one's own back; then the next photo, or this one again."""
    police, by = request.POST.get("police", ""), account(request)
    further: dict[str, list[str]] = {"skip": _ids(request, "skip")}
    if police == "undo":
        photo = get_object_or_404(Photo.objects.kept(), pk=pk, police_said_by=by)
        sorting.say(photo=photo, police=Photo.Police.UNKNOWN, by=by)
        further["photo"] = [str(pk)]
    elif police in ANSWERS:
        sorting.say(photo=get_object_or_404(Photo.objects.kept(), pk=pk), police=police, by=by)
        further["last"] = [str(pk)]
    return redirect(f"{reverse('photo-queue')}?{urlencode(further, doseq=True)}")
