"""Faces that nobody has named yet, for those who keep the department: who may they be? A person names them.

One answer is open at a time. Showing candidates asks the gate about this search and everybody in it, and a page that
asked about two dozen at once would be slow, or would have to ask the gate in a shorter way of its own.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from officers import pictures
from officers.models import Department, Face, Photo
from oversight.gate import MatchingForbidden, Reason
from oversight.people import account
from oversight.refusals import IN_WORDS
from recognition import calibration, unnamed
from recognition import identification as identifications
from recognition.models import Identification
from recognition.refusals import UNUSABLE_IN_WORDS
from recognition.views.likely import BOX, address

PAGE = 24
BEST = 3
State = Identification.State


@login_required
@require_http_methods(["GET", "POST"])
def faces(request: HttpRequest, department: int) -> HttpResponse:
    """GET shows them; POST asks about those that were not asked about."""
    kept = get_object_or_404(Department.objects.kept_by(account(request)), pk=department)
    if request.method == "POST":
        _say(request, unnamed.ask_all(department=kept, most=unnamed.AT_ONCE, by=account(request)))
        return redirect(request.path)
    refusal = identifications.refusal_for(kept)
    page, older_url = _page(request, kept)
    searches = {} if refusal else unnamed.searches(page)
    context = {
        "department": kept,
        "why_not": IN_WORDS[refusal] if refusal else "",
        "is_law": refusal == Reason.PLACE_PROHIBITED,
        "rows": [_row(face, searches.get(face.pk), is_permitted=refusal is None) for face in page],
        "opened": _opened(request, page, searches),
        "progress": unnamed.progress(kept),
        "at_once": unnamed.AT_ONCE,
        "older_url": older_url,
    }
    return render(request, "recognition/unnamed.html", context)


def _page(request: HttpRequest, kept: Department) -> tuple[list[Face], str]:
    """One page, and the address of the next."""
    before, found = _number(request, "before"), unnamed.faces(kept)
    page = list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])
    more = f"{request.path}?{urlencode({'before': page[PAGE - 1].pk})}" if len(page) > PAGE else ""
    return page[:PAGE], more


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def _row(face: Face, search: Identification | None, *, is_permitted: bool) -> dict[str, Any]:
    """A face, how far it is, and where it is named."""
    chosen: dict[str, Any] = {"face": "own", **dict(zip(BOX, face.box, strict=True))}
    row: dict[str, Any] = {
        "face": face,
        "window": pictures.window(reverse("photo-image", args=[face.photo_id]), face.photo, face),
        "name_url": f"{reverse('photo-tag', args=[face.photo_id])}?{urlencode(chosen)}",
    }
    return row | (_stage(face, search) if is_permitted else {})


def _stage(face: Face, search: Identification | None) -> dict[str, Any]:
    if search is None and face.photo.police != Photo.Police.YES:
        return {"words": "Volunteers have not agreed that police are in this photo."}
    if face.photo.ever_prohibited:
        return {"words": IN_WORDS[Reason.PHOTO_PROHIBITED]}
    if search is None:
        return {"ask_url": address(face.photo, face.box)}
    if search.state in {State.WAITING, State.ASKING}:
        return {"words": "Waiting to be compared."}
    if search.state == State.DONE:
        return {"is_done": True}
    both = UNUSABLE_IN_WORDS | IN_WORDS
    return {"words": both.get(search.reason, UNUSABLE_IN_WORDS["failed"])}


def _opened(request: HttpRequest, page: list[Face], searches: dict[int, Identification]) -> dict[str, Any]:
    """The one answer that is shown: the one that was opened, else the newest of the page."""
    done = [face for face in page if face.pk in searches and searches[face.pk].state == State.DONE]
    wanted = _number(request, "open")
    face = next((face for face in done if face.pk == wanted), done[0] if done else None)
    if face is None:
        return {}
    try:
        shown = identifications.show(searches[face.pk])
    except MatchingForbidden as forbidden:
        return {"pk": face.pk, "words": IN_WORDS[forbidden.reason]}
    best = [
        {
            "name": candidate.officer.full_name,
            "url": reverse("officer", args=[candidate.officer_id]),
            "words": calibration.in_words(candidate.chance),
            "percent": calibration.as_percent(candidate.chance),
        }
        for candidate in shown.candidates[:BEST]
    ]
    return {"pk": face.pk, "words": shown.in_words, "best": best, "url": address(face.photo, face.box)}


def _say(request: HttpRequest, told: unnamed.Told) -> None:
    """What came of asking about them."""
    if told.stopped:
        messages.error(request, IN_WORDS[told.stopped])
    elif told.asked:
        messages.success(request, f"{told.asked} asked. The answers appear here; a person names each face.")
    else:
        messages.info(request, "There was nothing more to ask.")
