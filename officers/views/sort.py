"""The volunteers' queue: photos in which police are likely come first.

The address carries what was skipped and what was answered last, so that Back, reload and two tabs do no harm.
"""

import uuid

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from officers import claims, progress, sorting
from officers.models import Claim, Photo, SortAnswer
from officers.near_duplicates import near_duplicates
from oversight.people import account

MOST_SKIPPED = 50
FEW = 5  # with more photos than this waiting, the next one is claimed too, so that the browser can load it already


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """The next photo to sort, how many wait, and the last answer, which can be taken back."""
    by, skipped, wanted = account(request), ids(request, "skip"), ids(request, "photo")
    waiting = progress.waiting(Photo.objects.to_sort())
    photos = claims.hold(
        task=Claim.Task.SORT,
        by=by,
        count=2 if waiting > FEW else 1,
        skip=skipped,
        wanted=wanted[0] if wanted else None,
    )
    photo = photos[0] if photos else None
    context = {
        "photo": photo,
        "next_photo": photos[1] if len(photos) > 1 else None,
        "presence": _presence(photo),
        "last": SortAnswer.objects.filter(person=by, photo__in=ids(request, "last")).first(),
        "own": progress.of(by),
        "waiting": waiting,
        "skipped_query": in_address({"skip": skipped}),
        "skip_query": in_address({"skip": [*skipped, photo.pk]}) if photo else "",
        "alike": near_duplicates(photo) if photo else [],
    }
    return render(request, "officers/queue.html", context)


def _presence(photo: Photo | None) -> object:
    """What a program thinks, where the plugin is there; None where it has not looked."""
    if photo is None or not apps.is_installed("recognition"):
        return None
    return getattr(photo, "presence", None)


def ids(request: HttpRequest, name: str) -> list[uuid.UUID]:
    """The photo ids of this name in the address, or in a form sent; what is not an id is left out."""
    sent = request.GET.getlist(name) + request.POST.getlist(name)
    found = (_as_uuid(text) for text in sent[-MOST_SKIPPED:])
    return [pk for pk in found if pk is not None]


def in_address(photos: dict[str, list[uuid.UUID]]) -> str:
    """The reverse of `ids`."""
    return urlencode({name: [str(pk) for pk in pks] for name, pks in photos.items()}, doseq=True)


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@login_required
@require_POST
def answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep an answer, or take one's own back; then the next photo, or this one again."""
    says, by = request.POST.get("police", ""), account(request)
    photo = get_object_or_404(Photo.objects.kept(), pk=pk)
    further: dict[str, list[uuid.UUID]] = {"skip": ids(request, "skip")}
    if says == "undo":
        if not sorting.take_back(photo=photo, by=by):
            messages.warning(request, "This answer cannot be taken back any more.")
        further["photo"] = [pk]
    elif says in SortAnswer.Says:
        if sorting.say(photo=photo, says=says, by=by):
            further["last"] = [pk]
        else:
            messages.info(request, "This photo had been sorted already. Nothing was changed.")
        if further.get("last") and progress.of(by).is_time_for_a_break:
            return redirect("sort-break")
    return redirect(f"{reverse('photo-queue')}?{in_address(further)}")


@login_required
def pause(request: HttpRequest) -> HttpResponse:
    """After fifty photos: these pictures can be hard to look at."""
    return render(request, "officers/sort_break.html", {"own": progress.of(account(request))})


@login_required
def departments(request: HttpRequest) -> HttpResponse:
    """How far each department's photos are, and how many one sorted oneself."""
    context = {"rows": progress.by_department(), "own": progress.of(account(request))}
    return render(request, "officers/sort_progress.html", context)
