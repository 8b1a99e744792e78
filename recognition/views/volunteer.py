""" "Is this an officer?": for volunteers, one person at a time. The asker has let them look at this person."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from officers.views.images import picture, read_or_404
from oversight.people import account
from recognition import asked_person, volunteers
from recognition.models import VolunteerLook

ANSWERS = {VolunteerLook.Answer.YES, VolunteerLook.Answer.NO, VolunteerLook.Answer.UNCLEAR}


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The person who has waited longest, and how many wait."""
    account(request)
    waiting = volunteers.waiting()
    skipped = [int(text) for text in request.GET.getlist("skip")[-50:] if text.isdecimal() and len(text) < 19]
    look = waiting.exclude(pk__in=skipped).first()
    context = {"look": look, "waiting": waiting.count(), "skipped": skipped}
    return render(request, "recognition/is_officer.html", context)


@login_required
@require_safe
def person_image(request: HttpRequest, pk: int) -> HttpResponse:
    """The person from head to belt and a little around: what a uniform is seen by, and nobody further away."""
    account(request)
    asked = get_object_or_404(volunteers.waiting(), pk=pk).identification
    return picture(read_or_404(asked_person.key(asked)))


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    look, said = get_object_or_404(volunteers.waiting(), pk=pk), request.POST.get("answer", "")
    if said in ANSWERS:
        in_time = volunteers.say(look=look, answer=said, by=account(request))
        thanks = "Thank you. The search goes on." if said == "yes" else "Thank you. No face is measured."
        messages.success(request, thanks if in_time else "Somebody else has answered already.")
    return redirect("identification-volunteers")
