"""The roster beside the face that was asked about: a person's own eye, with no machine in it.

It is in the order of names, never of likeness. An order of likeness would be a result of the comparison: below an even
chance it shows look-alikes to a witness, and it could not be shown after a voided search, which nobody may tell apart
from one that found nobody.
"""

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from officers import cards, tagging
from officers.models import Officer
from officers.views.identify import roster
from oversight.people import account_if_any
from recognition import answers
from recognition.views.answer import EYES, photos_of
from recognition.views.search import find, probe_window


@require_safe
def beside_probe(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    search = find(pk)
    context = roster(request, search.department)
    context["cards"] = [
        replace(card, url=reverse("identification-roster-officer", args=[pk, card.officer_id]))
        for card in context["cards"]
    ]
    return render(
        request, "recognition/roster.html", context | {"search": search, "probe": probe_window(search)}
    )


@require_http_methods(["GET", "POST"])
def officer(request: HttpRequest, pk: uuid.UUID, officer: int) -> HttpResponse:
    """One officer of the roster large beside the photo; "this is the officer" tags as after a search."""
    search = find(pk)
    of_roster = Officer.objects.public().in_department(search.department_id).for_cards()
    shown = get_object_or_404(of_roster, pk=officer)
    if request.method == "POST":
        try:
            answers.name_by_eye(identification=search, officer_id=officer, by=account_if_any(request))
            return redirect("identification-thanks", pk=pk)
        except answers.NotOffered as gone:
            raise Http404 from gone
        except tagging.NotPossible as why_not:
            messages.error(request, str(why_not))
    context = {
        "search": search,
        "probe": probe_window(search),
        "candidate": cards.card(shown, search.department_id),
        "photos": photos_of(request, cards.public_faces(shown)),
        "eyes": EYES,
        "back_url": reverse("identification-roster", args=[pk]),
        "section": "identify",
    }
    return render(request, "recognition/compare.html", context)
