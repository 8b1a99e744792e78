"""Tagging: one photo, its faces as numbered boxes, and the officers of its department to choose from.

The address carries the face, the words searched for and what was skipped; saving is a form of its own.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from officers import claims, pictures, sorting, tag_search, tagging
from officers.models import Claim, Face, KnownPhoto, Officer, Photo
from officers.querysets import keeps
from officers.signals import likely_officers_wanted
from officers.views.sort import ids, in_address
from oversight.people import account
from privacy.shapes import Rectangle

NOBODY_YET = "unknown"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BOX = ("x", "y", "w", "h")


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """To the next photo without a tag; those skipped come last."""
    skipped = ids(request, "skip")
    photos = claims.hold(task=Claim.Task.TAG, by=account(request), skip=skipped)
    if not photos:
        return render(request, "officers/tag_nothing.html", {"skipped": skipped})
    query = in_address({"skip": [*skipped, photos[0].pk]})
    return redirect(f"{reverse('photo-tag', args=[photos[0].pk])}?{query}")


@login_required
@require_http_methods(["GET", "POST"])
def photo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One photo with its boxes and tags; a tag is saved by POST."""
    shown = get_object_or_404(Photo.objects.kept().select_related("department"), pk=pk)
    if request.method == "POST":
        return _save(request, shown)
    tags = list(shown.faces.select_related("officer").order_by("x", "pk"))
    boxes, choice = tag_search.pickable(shown, tags), request.GET.get("face", "")
    box = _chosen(request, shown, boxes)
    # Whether anything is offered here at all depends on no face; whom, on the one that was pointed at.
    offered = _likely(request, shown, box or Rectangle(0, 0, shown.width, shown.height))
    context = {
        "photo": shown,
        "faces": [_face(shown, box, number) for number, box in enumerate(boxes, 1)],
        "chosen": choice or {0: "own", 1: "1"}.get(len(boxes), ""),  # of several, the person points at one
        "own_box": {name: request.GET.get(name, "") for name in BOX},
        "asked": choice,
        "box": box,
        "skipped": ids(request, "skip"),
        "likely": offered if box else [],
        "is_likely_offered": bool(offered),
    }
    more = _found(request, shown) | _tags_and_decisions(request, shown, tags)
    return render(request, "officers/tag.html", context | more)


def _chosen(request: HttpRequest, shown: Photo, boxes: list[Rectangle]) -> Rectangle | None:
    """The box that the address names: by its number, or by itself."""
    choice = request.GET.get("face", "")
    if choice == "own":
        return tag_search.box_within(shown, [request.GET.get(name, "") for name in BOX])
    number = int(choice) if choice.isascii() and choice.isdecimal() and len(choice) < 4 else 0
    return boxes[number - 1] if 0 < number <= len(boxes) else None


def _face(shown: Photo, box: Rectangle, number: int) -> dict[str, Any]:
    """A face to choose: its number, where it is, and a window onto it."""
    address = reverse("photo-image", args=[shown.pk])
    window = pictures.window(address, shown, box)
    return _per_cent(shown, box) | {"number": number, "value": str(number), "window": window}


def _per_cent(shown: Photo, box: Rectangle) -> dict[str, Any]:
    """Where a box lies, as the face picker draws it."""
    return {
        "x_percent": round(100 * box.x / shown.width, 3),
        "y_percent": round(100 * box.y / shown.height, 3),
        "width_percent": round(100 * box.width / shown.width, 3),
        "height_percent": round(100 * box.height / shown.height, 3),
    }


def _tag(shown: Photo, tag: Face, number: int, *, is_told: bool) -> dict[str, Any]:
    """One tag. Whose it is stays unsaid where the officer is not public, but to those who know it anyway."""
    who = tag.officer
    name = who.full_name if who else "An officer nobody knows yet"
    words = name if is_told else "An officer who is not public"
    return _per_cent(shown, tag.box) | {"face": tag, "letter": LETTERS[number % len(LETTERS)], "words": words}


def _found(request: HttpRequest, shown: Photo) -> dict[str, Any]:
    words = request.GET.get("q", "")
    return {"words": words, "cards": tag_search.officers(words, department_id=shown.department_id)}


def _tags_and_decisions(request: HttpRequest, shown: Photo, tags: list[Face]) -> dict[str, Any]:
    """Who is tagged already, and what a coordinator may decide here."""
    by = account(request)
    is_keeper = keeps(by, shown.department)
    public = set(Officer.objects.public().filter(faces__photo=shown).values_list("pk", flat=True))
    told = [is_keeper or tag.officer_id in {None, *public} or tag.tagged_by_id == by.pk for tag in tags]
    return {
        "tags": [_tag(shown, tag, n, is_told=told[n]) for n, tag in enumerate(tags)],
        "may_decide": is_keeper,
        "is_known": is_keeper and KnownPhoto.objects.filter(photo=shown).exists(),
        "decisions": sorting.decision_words(),
        "here": request.path,
    }


def _likely(request: HttpRequest, shown: Photo, box: Rectangle | None) -> list[tuple[str, str]]:
    """What plugins offer for the face that was pointed at (see officers/signals.py)."""
    if box is None:
        return []
    viewer = account(request)
    said: list[tuple[Any, Any]] = likely_officers_wanted.send(Photo, photo=shown, box=box, viewer=viewer)
    return [offer for _, offer in said if offer]


@login_required
@require_GET
def officers(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The officers found, and what plugins offer for this box, as a piece of the page, for the script."""
    shown = get_object_or_404(Photo.objects.kept(), pk=pk)
    box = tag_search.box_within(shown, [request.GET.get(name, "") for name in BOX])
    found = _found(request, shown) | {"likely": _likely(request, shown, box)}
    return render(request, "officers/tag_officers.html", found)


def _save(request: HttpRequest, shown: Photo) -> HttpResponse:
    numbers = [request.POST.get(name, "") for name in BOX]
    box, chosen = tag_search.box_within(shown, numbers), request.POST.get("officer", "")
    officer = Officer.objects.public().filter(pk=int(chosen)).first() if _is_id(chosen) else None
    if box is None:
        return _again(request, shown, numbers, "Point at a face first, or draw a box inside the photo.")
    if officer is None and chosen != NOBODY_YET:
        return _again(request, shown, numbers, "Choose an officer, or say that nobody knows yet who it is.")
    try:
        tagging.tag(photo=shown, officer=officer, box=box, by=account(request))
    except tagging.NotPossible as why_not:
        return _again(request, shown, numbers, str(why_not))
    name = officer.full_name if officer else "An officer nobody knows yet"
    messages.success(request, f"Saved: {name}. Nothing is public before somebody else has confirmed it.")
    return _next(request, shown)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18


def _again(request: HttpRequest, shown: Photo, numbers: list[str], why: str) -> HttpResponse:
    """The same page with what was chosen and typed."""
    messages.error(request, why)
    kept = {"face": "own", **dict(zip(BOX, numbers, strict=True)), "q": request.POST.get("q", "")}
    return redirect(f"{reverse('photo-tag', args=[shown.pk])}?{_query(request, kept)}")


def _query(request: HttpRequest, more: dict[str, Any]) -> str:
    return f"{in_address({'skip': ids(request, 'skip')})}&{urlencode(more)}"


def _next(request: HttpRequest, shown: Photo) -> HttpResponse:
    """This photo again while it has faces that nobody tagged; otherwise the next one."""
    tags = list(shown.faces.all())
    is_done = not tag_search.untagged(shown, tags)
    where = reverse("tag-queue") if is_done else reverse("photo-tag", args=[shown.pk])
    return redirect(f"{where}?{_query(request, {})}")


@login_required
@require_POST
def nobody(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Nobody in it can be identified: the next photo."""
    shown = get_object_or_404(Photo.objects.kept(), pk=pk)
    tagging.nobody_known(photo=shown, by=account(request))
    messages.success(request, "Nobody is asked about that photo any more. A coordinator can put it back.")
    return redirect(f"{reverse('tag-queue')}?{_query(request, {})}")


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own tag away; its box stays chosen, so that it can be tagged as somebody else's."""
    face = get_object_or_404(Face.objects.filter(tagged_by=account(request)), pk=pk)
    kept = {"face": "own", **dict(zip(BOX, face.box, strict=True))}
    try:
        tagging.withdraw(face=face, by=account(request))
    except tagging.NotPossible as why_not:
        messages.error(request, str(why_not))
        kept = {}
    return redirect(f"{reverse('photo-tag', args=[face.photo_id])}?{_query(request, kept)}")
