"""What the person says about the candidates: this one, not them, none of these, add one; and delete everything."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from officers import cards, pictures, submissions, tagging
from officers.forms import NewOfficerForm
from officers.models import Face, Photo
from oversight.gate import MatchingForbidden
from oversight.people import account_if_any
from recognition import answers, police, telling, volunteers
from recognition import identification as identifications
from recognition.forms import TellForm
from recognition.models import Identification
from recognition.views.refusing import not_police, refused
from recognition.views.search import candidate_row, find, probe_window

MOST_PHOTOS = 6
EYES = (
    ("ears", "The ears: shape, size, lobes"),
    ("brows", "The brows: shape, and how far apart"),
    ("nose", "The nose: bridge and tip"),
    ("jaw", "The jaw and chin"),
    ("marks", "Scars, moles, lines"),
)


def compare(request: HttpRequest, pk: uuid.UUID, officer: int) -> HttpResponse:
    """One candidate large beside the photo, with what a person's eye should look at."""
    search = find(pk)
    try:
        shown = identifications.show(search)
    except MatchingForbidden as forbidden:
        return refused(request, search.department, forbidden.reason)
    chosen = next((c for c in shown.candidates if c.officer_id == officer), None)
    if chosen is None:
        raise Http404
    faces = sorted(cards.public_faces(chosen.officer), key=lambda face: face.pk != chosen.face_id)
    context = {
        "photos": photos_of(request, faces),
        "search": search,
        "candidate": candidate_row(chosen, search),
        "probe": probe_window(search),
        "eyes": EYES,
        "back_url": reverse("identification", args=[pk]),
        "section": "identify",
    }
    return render(request, "recognition/compare.html", context)


def photos_of(request: HttpRequest, faces: list[Face]) -> list[dict[str, object]]:
    """An officer's photos to choose from; the one in the address, or the first, is the large one."""
    some = faces[:MOST_PHOTOS]
    wanted = request.GET.get("photo", "")
    chosen = next((face.pk for face in some if str(face.pk) == wanted), some[0].pk if some else None)
    return [
        {"pk": face.pk, "picture": pictures.of_face(face), "is_chosen": face.pk == chosen} for face in some
    ]


@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A mail when the search is over, for somebody who closes the page."""
    search = find(pk)
    form = TellForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        telling.ask_for(search, form.cleaned_data["send_to"])
        messages.success(request, "We will write to you once. Keep the address of this page to come back.")
        return redirect("identification", pk=pk)
    context = {"search": search, "department": search.department, "form": form, "section": "identify"}
    return render(request, "recognition/tell.html", context, status=400 if form.errors else 200)


@require_POST
def ask_volunteers(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The asker lets a volunteer look at this person."""
    search = find(pk)
    try:
        volunteers.allow(search)
    except police.NotConfirmed:
        return not_police(request, search.department)
    return redirect("identification", pk=pk)


@require_POST
def answer(request: HttpRequest, pk: uuid.UUID, officer: int) -> HttpResponse:
    """ "This is the officer" or "Not them"."""
    search = find(pk)
    try:
        if request.POST.get("answer") == "confirm":
            answers.confirm(identification=search, officer_id=officer, by=account_if_any(request))
            return redirect("identification-thanks", pk=pk)
        answers.deny(identification=search, officer_id=officer)
    except MatchingForbidden as forbidden:
        return refused(request, search.department, forbidden.reason)
    except answers.NotOffered as gone:
        raise Http404 from gone
    except tagging.NotPossible as why_not:
        messages.error(request, str(why_not))
    search.refresh_from_db()
    if search.answer == Identification.Answer.NONE:
        return redirect("identification-none", pk=pk)
    return redirect("identification", pk=pk)


@require_http_methods(["GET", "POST"])
def none_of_these(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """None of these: the roster, a new officer, or leave it to volunteers."""
    search = find(pk)
    if request.method == "POST":
        answers.none_of_these(identification=search)
        if request.POST.get("give") == "volunteers":
            Photo.objects.filter(pk=search.photo_id).update(expires_at=None)
            return redirect("identification-thanks", pk=pk)
        return redirect("identification-none", pk=pk)
    context = {"search": search, "department": search.department, "section": "identify"}
    return render(request, "recognition/none.html", context)


@require_http_methods(["GET", "POST"])
def new_officer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    search = find(pk)
    form = NewOfficerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answers.new_officer(identification=search, by=account_if_any(request), **form.cleaned_data)
        return redirect("identification-thanks", pk=pk)
    context = {"search": search, "department": search.department, "form": form, "section": "identify"}
    context["probe"] = probe_window(search)
    return render(request, "recognition/new_officer.html", context, status=400 if form.errors else 200)


def thanks(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Only for those who gave their photo to the record: the page says that it is there."""
    search = find(pk)
    if search.photo.expires_at is not None:
        return redirect("identification", pk=pk)
    return render(
        request,
        "recognition/thanks.html",
        {"search": search, "department": search.department, "section": "identify"},
    )


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete the question, and the photo with it unless it was given to the record."""
    search = find(pk)
    if request.method == "POST":
        if search.photo.expires_at is not None:
            submissions.forget(search.photo)
        Identification.objects.filter(pk=pk).delete()
        messages.success(request, "Deleted. Nothing of your question is left here.")
        return redirect("home")
    context = {"search": search, "is_given": search.photo.expires_at is None, "section": "identify"}
    return render(request, "recognition/delete.html", context)
