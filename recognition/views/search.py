"""A search: waiting for it, and what it found. Every look at candidates goes through identification.show."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from officers import cards, links
from officers.views.images import picture, stored
from oversight.gate import MatchingForbidden, Reason
from privacy.crops import crop
from recognition import calibration
from recognition import identification as identifications
from recognition.models import Candidate, Identification
from recognition.refusals import UNUSABLE_IN_WORDS
from recognition.views.ask import refused

PROBE_MARGIN = 0.45
PROBE_LONGEST = 480


def find(pk: uuid.UUID) -> Identification:
    """The search of this link, if its day is not over. Raises Http404."""
    found = get_object_or_404(Identification.objects.select_related("department__state", "photo"), pk=pk)
    if found.expires_at <= timezone.now():
        raise Http404
    identifications.refresh(found)
    return found


@require_safe
def result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    search = find(pk)
    context = {"search": search, "department": search.department, "section": "identify"}
    context["again_url"] = (
        f"{reverse('identify-face', args=[links.token_for(search.photo)])}?department={search.department_id}"
    )
    if search.state == Identification.State.WAITING:
        return render(request, "recognition/waiting.html", context | {"hours": settings.PROBE_HOURS})
    if search.state == Identification.State.REFUSED:
        return refused(request, search.department, Reason(search.reason))
    if search.state == Identification.State.UNUSABLE:
        return render(
            request, "recognition/unusable.html", context | {"why": UNUSABLE_IN_WORDS[search.reason]}
        )
    try:
        shown = identifications.show(search)
    except MatchingForbidden as forbidden:
        return refused(request, search.department, forbidden.reason)
    context |= {
        "candidates": [candidate_row(c, search) for c in shown.candidates],
        "are_look_alikes": shown.are_look_alikes,
        "officers_searched": shown.officers_searched,
        "until": search.expires_at,
        "is_given": search.photo.expires_at is None,
    }
    return render(request, "recognition/candidates.html", context)


def candidate_row(candidate: Candidate, search: Identification) -> dict[str, object]:
    """What a page shows of one candidate."""
    card = cards.card(candidate.officer, search.department_id, face=candidate.face)
    return {
        "name": card.name,
        "url": reverse("identification-compare", args=[search.pk, card.officer_id]),
        "photo_url": card.photo_url,
        "photo_alt": card.photo_alt,
        "badge": card.badge,
        "rank": card.rank,
        "unit": card.unit,
        "years": card.years,
        "words": calibration.in_words(candidate.chance),
        "percent": calibration.as_percent(candidate.chance),
        "officer_id": card.officer_id,
        "is_denied": candidate.is_denied,
        "answer_url": reverse("identification-answer", args=[search.pk, card.officer_id]),
    }


@require_safe
def status(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """For the page that waits. Says only whether it is over, never what was found."""
    try:
        search = find(pk)
    except Http404:
        return JsonResponse({"state": "failed"}, status=404)
    if search.state != Identification.State.WAITING:
        return JsonResponse({"state": "done"})
    slow = timezone.now() - search.created_at > timedelta(seconds=20)
    return JsonResponse(
        {
            "state": "working",
            "sentence": "Others are waiting too. Your turn comes." if slow else "Comparing the face…",
        }
    )


@require_safe
def probe_image(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The face that was asked about, and nothing else of the photo."""
    search = find(pk)
    return picture(crop(stored(search.photo), search, margin=PROBE_MARGIN, longest=PROBE_LONGEST))
