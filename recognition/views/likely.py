"""For a volunteer who tags: officers who look like the face that was pointed at. A person chooses; nothing is named."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from officers import tag_search
from officers.models import Photo
from oversight.gate import MatchingForbidden
from oversight.people import account
from privacy.shapes import Rectangle
from recognition import identification as identifications
from recognition import likely, police
from recognition.models import Identification
from recognition.refusals import UNUSABLE_IN_WORDS
from recognition.views.refusing import not_police, refused
from recognition.views.search import candidate_row

BOX = ("x", "y", "w", "h")


def address(photo: Photo, box: Rectangle) -> str:
    """Of the page about one face."""
    return f"{reverse('likely-officers', args=[photo.pk])}?{urlencode(dict(zip(BOX, box, strict=True)))}"


@login_required
@require_http_methods(["GET", "POST"])
def officers(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """POST asks; GET shows how far it is, and then who it may be."""
    photo = get_object_or_404(Photo.objects.kept().select_related("department"), pk=pk)
    box = tag_search.box_within(photo, [request.GET.get(name, "") for name in BOX])
    if box is None or not likely.is_offered(photo, account(request)):
        raise Http404
    try:
        if request.method == "POST":
            likely.ask(photo=photo, box=box, by=account(request))
            return redirect(address(photo, box))
        context = _answer(photo, box)
    except MatchingForbidden as forbidden:
        return refused(request, photo.department, forbidden.reason)
    except police.NotConfirmed:
        return not_police(request, photo.department)
    return render(request, "recognition/likely.html", context | {"photo": photo, "box": box})


def _answer(photo: Photo, box: Rectangle) -> dict[str, Any]:
    search = likely.asked(photo, box)
    state = Identification.State
    if search is None:
        return {"stage": "ask"}
    if search.state in {state.WAITING, state.ASKING}:
        return {"stage": "wait", "search": search}
    if search.state != state.DONE:
        return {"stage": "none", "why": UNUSABLE_IN_WORDS.get(search.reason, UNUSABLE_IN_WORDS["failed"])}
    shown = identifications.show(search)
    rows = [candidate_row(candidate, search) for candidate in shown.candidates]
    return {"stage": "done" if rows else "none", "candidates": rows, "why": shown.in_words}
