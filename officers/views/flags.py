"""Saying that something is wrong, without an account; and the page that a code opens."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from officers import cards, flags, takedowns, tickets
from officers.models import Face, Flag, Officer, Photo, Takedown
from officers.moderation_forms import FlagOfficerForm, FlagPhotoForm, TakedownForm
from oversight import throttles

SCOPE = "reports"


def _too_many(request: HttpRequest) -> bool:
    return request.method == "POST" and not throttles.allows(request, SCOPE)


def _slow_down(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


@require_http_methods(["GET", "POST"])
def officer(request: HttpRequest, pk: int) -> HttpResponse:
    """Something is wrong on an officer's page."""
    shown = get_object_or_404(Officer.objects.public().for_cards(), pk=pk)
    form = FlagOfficerForm(request.POST or None)
    return _ask(
        request,
        form,
        back=reverse("officer", args=[pk]),
        send=lambda: flags.flag_officer(officer=shown, **form.cleaned_data),
        officer=shown,
        faces=cards.public_faces(shown),
    )


@require_http_methods(["GET", "POST"])
def face(request: HttpRequest, pk: int) -> HttpResponse:
    """Something is wrong with one face, or with the photo that it is in."""
    shown = get_object_or_404(Face.objects.public().select_related("photo", "officer"), pk=pk)
    form = FlagPhotoForm(request.POST or None)
    return _ask(
        request,
        form,
        back=reverse("officer", args=[shown.officer_id]),
        send=lambda: flags.flag_photo(photo=shown.photo, face=shown, **form.cleaned_data),
        face=shown,
        officer=shown.officer,
    )


@require_http_methods(["GET", "POST"])
def photo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Something is wrong with a photo. The page does not show it: who has its address has seen it."""
    shown = get_object_or_404(Photo.objects.kept(), pk=pk)
    form = FlagPhotoForm(request.POST or None)
    return _ask(
        request,
        form,
        back=reverse("home"),
        send=lambda: flags.flag_photo(photo=shown, **form.cleaned_data),
    )


def _ask(
    request: HttpRequest,
    form: FlagPhotoForm | TakedownForm,
    *,
    back: str,
    send: Callable[[], str],
    template: str = "moderation/flag.html",
    **shown: object,
) -> HttpResponse:
    """One form: a slip keeps what was typed, sending leads to the page of the new code."""
    if _too_many(request):
        return _slow_down(request)
    if request.method == "POST" and form.is_valid():
        return redirect(f"{reverse('ticket', args=[send()])}?new=1")
    context = {"form": form, "back_url": back, **shown}
    return render(request, template, context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def takedown(request: HttpRequest) -> HttpResponse:
    """Asking to take something down."""
    form = TakedownForm(request.POST or None, initial=request.GET)
    return _ask(
        request,
        form,
        back=reverse("home"),
        send=lambda: takedowns.ask(**form.cleaned_data),
        template="moderation/takedown.html",
    )


@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Typing a code. A wrong one says so; guessing is as slow as sending."""
    if _too_many(request):
        return _slow_down(request)
    code = request.POST.get("code", "").replace("\0", "").strip()
    if code and tickets.find(code) is not None:
        return redirect("ticket", code=code)
    return render(request, "moderation/enter_code.html", {"code": code}, status=404 if code else 200)


@require_http_methods(["GET", "HEAD"])
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """How far a flag or a request is, in plain words, and nothing of what it is about."""
    found = tickets.find(code)
    if found is None:
        return render(request, "moderation/enter_code.html", {"code": code}, status=404)
    is_hidden = isinstance(found, Flag) and found.holds.standing().exists()
    context = {
        "code": code,
        "ticket": found,
        "is_request": isinstance(found, Takedown),
        "is_hidden": is_hidden,
        "is_new": "new" in request.GET,
    }
    return render(request, "moderation/ticket.html", context)
