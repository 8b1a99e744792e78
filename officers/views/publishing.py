"""The look at a covered photo before it is public, and the public page of one that is."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from officers import pictures, publishing
from officers.forms import CoverForm
from officers.models import Cover, Face, Photo, Publication
from officers.problems import NotPossible
from officers.querysets import keeps
from oversight.models import User
from oversight.people import account

Acts = dict[str, tuple[Callable[[], object], str]]
PAGE = 20
State = Publication.State
LISTED = (State.WAITING, State.PUBLIC, State.REFUSED, State.WITHDRAWN)
WORDS = {
    State.WAITING: "Waiting for a look",
    State.PUBLIC: "Public",
    State.REFUSED: "Not to be published",
    State.WITHDRAWN: "Withdrawn",
}


@login_required
def waiting(request: HttpRequest) -> HttpResponse:
    """Photos of one's departments that wait for the look; by `?state=` those already decided on."""
    asked = request.GET.get("state", "")
    state = State(asked) if asked in LISTED else State.WAITING
    mine = Publication.objects.kept_by(account(request)).filter(state=state)
    rows = mine.select_related("photo__department").order_by("photo__received_on", "pk")[:PAGE]
    context = {
        "state": state,
        "states": [(each.value, WORDS[each]) for each in LISTED],
        "rows": [(row.photo, pictures.of_photo(row) if row.version else None) for row in rows],
        "count": mine.count(),
    }
    return render(request, "officers/publishing.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One photo as the public would see it: cover more, publish, or not."""
    publication = _mine(request, pk)
    form = CoverForm(request.POST if request.POST.get("do") == "cover" else None, photo=publication.photo)
    if request.method == "POST" and (request.POST.get("do") != "cover" or form.is_valid()):
        try:
            said = _act(request, publication.photo, form)
        except NotPossible as why_not:
            messages.error(request, str(why_not))
        else:
            messages.success(request, said)
            if request.POST.get("do") in {"publish", "refuse"}:
                return redirect("publishing")
        return redirect("publishing-look", pk=pk)
    context = _seen(publication) | {"form": form}
    return render(request, "officers/look.html", context, status=400 if form.errors else 200)


def _mine(request: HttpRequest, pk: uuid.UUID) -> Publication:
    publication: Publication = get_object_or_404(
        Publication.objects.select_related("photo__department"), pk=pk
    )
    if not keeps(request.user, publication.photo.department):
        raise Http404
    return publication


def _act(request: HttpRequest, photo: Photo, form: CoverForm) -> str:
    """Do what the pressed button says; the sentence for the next page. Raises NotPossible."""
    acts = _decisions(request, photo) | _masks(request, photo, form)
    if request.POST.get("do") not in acts:
        raise NotPossible("Nothing was done: choose one of the buttons.")
    act, said = acts[request.POST["do"]]
    act()
    return said


def _decisions(request: HttpRequest, photo: Photo) -> Acts:
    by, version, why = account(request), request.POST.get("version", ""), request.POST.get("why", "")
    return {
        "publish": (
            lambda: publishing.publish(photo=photo, version=version, by=by),
            "Published. The photo is on the officer’s page now.",
        ),
        "refuse": (
            lambda: publishing.refuse(photo=photo, by=by),
            "Not published. The photo is kept privately.",
        ),
        "withdraw": (
            lambda: publishing.withdraw(photo, by, why),
            "Withdrawn. Nobody outside sees it any more.",
        ),
        "again": (
            lambda: publishing.reconsider(photo=photo, by=by),
            "It is being covered again, for a new look.",
        ),
    }


def _masks(request: HttpRequest, photo: Photo, form: CoverForm) -> Acts:
    by = account(request)
    return {
        "cover": (lambda: _cover(photo, form, by), "Covered. Look again when it is painted."),
        "lift": (
            lambda: publishing.lift(photo=photo, number=_number(request), by=by),
            "Lifted. Look again when it is painted.",
        ),
        "put_back": (
            lambda: publishing.put_back(photo=photo, by=by),
            "Covered again. Look when it is painted.",
        ),
        "feature": (lambda: _feature(request, photo, by), "This photo comes first on the officer’s page."),
    }


def _cover(photo: Photo, form: CoverForm, by: User) -> None:
    if not publishing.cover(photo=photo, boxes=form.cleaned_data["boxes"], by=by):
        raise NotPossible("Those boxes were too small to cover anything. Draw them larger.")


def _feature(request: HttpRequest, photo: Photo, by: User) -> None:
    face = publishing.confirmed_faces(photo).filter(pk=_number(request)).first()
    if face is None:
        raise NotPossible(publishing.CHANGED)
    publishing.feature(face=face, by=by)


def _number(request: HttpRequest) -> int:
    text = request.POST.get("number", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotPossible(publishing.CHANGED)
    return int(text)


def _seen(publication: Publication) -> dict[str, object]:
    """What the look page shows."""
    photo = publication.photo
    faces = list(publishing.confirmed_faces(photo).select_related("officer"))
    covers = list(photo.covers.all()) if publication.version else []
    painted = [each for each in covers if publishing.is_painted(each, faces)]
    return {
        "photo": photo,
        "publication": publication,
        "picture": pictures.of_photo(publication) if publication.version else None,
        "faces": faces,
        "boxes": [_box(each, photo) for each in painted],
        "liftable": [each for each in painted if publishing.may_lift(each, faces)],
        "lifted": any(each.is_lifted for each in covers),
    }


def _box(mask: Cover, photo: Photo) -> dict[str, object]:
    return {
        "number": mask.number,
        "x_percent": round(100 * mask.x / photo.width, 3),
        "y_percent": round(100 * mask.y / photo.height, 3),
        "width_percent": round(100 * mask.width / photo.width, 3),
        "height_percent": round(100 * mask.height / photo.height, 3),
    }


@require_safe
@login_required
def status(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """For the page that waits until the photo is painted."""
    made = _mine(request, pk).state != State.MAKING
    return JsonResponse({"state": "done" if made else "working"})


@require_safe
def photo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A published photo, with the officers in it."""
    shown = get_object_or_404(Publication.objects.public().select_related("photo__department"), pk=pk)
    faces = Face.objects.public().filter(photo=pk).select_related("officer").order_by("pk")
    is_keeper = keeps(request.user, shown.photo.department)
    context = {
        "photo": shown.photo,
        "picture": pictures.of_photo(shown),
        "officers": [face.officer for face in faces],
        "may_withdraw": is_keeper,
        "for_matching": faces if is_keeper and shown.photo.department.is_facial_recognition_allowed else [],
    }
    return render(request, "officers/photo.html", context)
