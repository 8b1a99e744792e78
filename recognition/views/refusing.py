"""Pages that say no: to a department, and to somebody who may be no officer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from officers.models import Department
from oversight.gate import Reason
from oversight.refusals import IN_WORDS
from recognition.police import NOT_CONFIRMED
from recognition.refusals import UNUSABLE_IN_WORDS

# Reasons that are somebody's decision rather than the law's: the page does not raise its voice.
DECIDED_BY_PEOPLE = {Reason.SITE_OFF, Reason.DEPARTMENT_NOT_ALLOWED, Reason.REVIEW_EXPIRED}


def refused(request: HttpRequest, department: Department, reason: str) -> HttpResponse:
    """Why not, in plain words, and the way that is open."""
    context = {
        "department": department,
        "why": IN_WORDS[reason],
        "reason": str(reason),
        "is_law": reason not in DECIDED_BY_PEOPLE,
        "section": "identify",
    }
    return render(request, "recognition/refused.html", context, status=403)


def not_police(request: HttpRequest, department: Department) -> HttpResponse:
    """A volunteer has said that no police are in this photo."""
    context = {"department": department, "why": UNUSABLE_IN_WORDS[NOT_CONFIRMED], "section": "identify"}
    return render(request, "recognition/not_confirmed.html", context, status=409)
