"""A search: waiting for it, and what it found. Every look at candidates goes through identification.show."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from officers import cards, links, pictures
from officers.models import Photo
from officers.pictures import Window
from oversight.gate import MatchingForbidden
from recognition import calibration
from recognition import identification as identifications
from recognition.identification import STEP_MEASURED, STEP_PHOTO, STEP_POLICE
from recognition.models import Candidate, Identification
from recognition.police import NOT_CONFIRMED
from recognition.refusals import UNUSABLE_IN_WORDS
from recognition.views.refusing import refused

MORE_PHOTOS = 5
SLOW = timedelta(seconds=20)
STEPS_IN_WORDS = {
    STEP_PHOTO: "Your photo is ready. Looking whether this is an officer…",
    STEP_POLICE: "Looking at the face…",
    STEP_MEASURED: "Comparing the face with the roster…",
}


def find(pk: uuid.UUID) -> Identification:
    """The search of this link, if its day is not over. Raises Http404."""
    shown = Identification.objects.filter(photo__in=Photo.objects.not_held())
    found = get_object_or_404(shown.select_related("department__state", "photo"), pk=pk)
    if found.expires_at <= timezone.now():
        raise Http404
    identifications.refresh(found)
    return found


def photo_image_url(token: str) -> str:
    return reverse("identify-photo-image", args=[token])


def probe_window(search: Identification) -> Window:
    """The face that was asked about. Whoever holds the link of the search sees their own photo."""
    return pictures.window(photo_image_url(links.token_for(search.photo)), search.photo, search)


@require_safe
def result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where the search is: on its way, at an end without an answer, or done."""
    search = find(pk)
    state = Identification.State
    if search.state == state.REFUSED:
        return refused(request, search.department, search.reason)
    context = {"search": search, "department": search.department, "section": "identify"}
    context |= {"same_face": same_face(search), "again_url": _again(search), "hours": settings.PROBE_HOURS}
    if search.state == state.WAITING:
        return render(request, "recognition/waiting.html", context | {"progress": _progress(search)})
    if search.state == state.ASKING:
        return render(request, "recognition/asking.html", context)
    if search.state == state.UNUSABLE:
        page = "not_confirmed" if search.reason == NOT_CONFIRMED else "unusable"
        why = UNUSABLE_IN_WORDS.get(search.reason, UNUSABLE_IN_WORDS["failed"])
        return render(request, f"recognition/{page}.html", context | {"why": why})
    return _candidates(request, search, context)


def _candidates(request: HttpRequest, search: Identification, context: dict[str, Any]) -> HttpResponse:
    try:
        shown = identifications.show(search)
    except MatchingForbidden as forbidden:
        return refused(request, search.department, forbidden.reason)
    context |= {
        "probe": probe_window(search),
        "candidates": [candidate_row(c, search) for c in shown.candidates],
        "are_look_alikes": shown.are_look_alikes,
        "in_words": shown.in_words,
        "officers_searched": shown.officers_searched,
        "until": search.expires_at,
        "is_given": search.photo.expires_at is None,
    }
    return render(request, "recognition/candidates.html", context)


def _again(search: Identification) -> str:
    token = links.token_for(search.photo)
    return f"{reverse('identify-face', args=[token])}?department={search.department_id}"


def same_face(search: Identification) -> list[Identification]:
    """The other departments asked about this same face in this same photo."""
    x, y, width, height = search.box
    others = Identification.objects.filter(photo=search.photo_id, x=x, y=y, width=width, height=height)
    return list(others.exclude(pk=search.pk).select_related("department").order_by("created_at"))


def candidate_row(candidate: Candidate, search: Identification) -> dict[str, object]:
    """What a page shows of one candidate."""
    card = cards.card(candidate.officer, search.department_id, face=candidate.face)
    return {
        "name": card.name,
        "url": reverse("identification-compare", args=[search.pk, card.officer_id]),
        "photo_url": card.photo_url,
        "photo_alt": card.photo_alt,
        "picture": card.picture,
        "badge": card.badge,
        "rank": card.rank,
        "unit": card.unit,
        "years": card.years,
        "words": calibration.in_words(candidate.chance),
        "percent": calibration.as_percent(candidate.chance),
        "officer_id": card.officer_id,
        "is_denied": candidate.is_denied,
        "answer_url": reverse("identification-answer", args=[search.pk, card.officer_id]),
        "more_photos": [
            pictures.of_face(face)
            for face in cards.public_faces(candidate.officer)
            if face.pk != candidate.face_id
        ][:MORE_PHOTOS],
    }


@require_safe
def status(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """For the page that waits. Says only whether it is over, never what was found."""
    try:
        search = find(pk)
    except Http404:
        return JsonResponse({"state": "failed"}, status=404)
    if search.state == Identification.State.ASKING and request.GET.get("for") == "volunteer":
        return JsonResponse({"state": "waiting"})
    if search.state != Identification.State.WAITING:
        return JsonResponse({"state": "done"})
    return JsonResponse({"state": "working", **_progress(search)})


def _progress(search: Identification) -> dict[str, Any]:
    """How far the search is, in steps that have been done."""
    sentence = STEPS_IN_WORDS[search.steps_done]
    if search.steps_done == STEP_PHOTO and timezone.now() - search.created_at > SLOW:
        sentence = "Others are waiting too. Your turn comes."
    return {"done": search.steps_done, "total": identifications.STEPS, "sentence": sentence}
