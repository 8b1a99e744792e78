"""What coordinators see of flags and holds: a list, what is shown beside each, and what they decide."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from officers import flags as acts
from officers import holds as holding
from officers import pictures
from officers.forms import published_departments
from officers.models import Department, Flag, Hold, Officer, Photo
from officers.moderation_forms import DecideForm, HoldForm
from oversight.models import AuditEvent, User
from oversight.people import account

PAGE = 20
Outcome = Flag.Outcome


def _keeper(request: HttpRequest) -> User:
    """The account, if it keeps a department. Raises PermissionDenied."""
    user = account(request)
    if not Department.objects.kept_by(user).exists():
        raise PermissionDenied
    return user


@login_required
@require_safe
def flags(request: HttpRequest) -> HttpResponse:
    """The flags of one's departments: the longest waiting first, then those that were decided."""
    return render(request, "moderation/flags.html", _list(_keeper(request)))


def _list(user: User) -> dict[str, object]:
    mine = Flag.objects.kept_by(user)
    rows = (
        mine.select_related("department", "officer", "photo", "face__officer", "ended_by")
        .prefetch_related("holds")
        .order_by(F("ended_at").desc(nulls_first=True), "received_at", "pk")
    )
    return {
        "rows": _with_history(list(rows[:PAGE])),
        "waiting": mine.filter(ended_at=None).count(),
        "departments": list(published_departments()),
    }


def _with_history(shown: Sequence[Flag]) -> list[dict[str, object]]:
    """Each flag with its audit rows, earlier flags of the same thing, and what can be done. Two queries."""
    events = defaultdict(list)
    numbers = [str(flag.pk) for flag in shown]
    for event in AuditEvent.objects.filter(subject="flag", subject_id__in=numbers).order_by("pk"):
        events[event.subject_id].append(event)
    others = Flag.objects.filter(photo__in={f.photo_id for f in shown if f.photo_id}) | Flag.objects.filter(
        officer__in={f.officer_id for f in shown if f.officer_id}
    )
    same = defaultdict(list)
    for other in others.order_by("pk"):
        same[(other.photo_id, other.officer_id)].append(other)
    return [
        {
            "flag": flag,
            "window": _window(flag),
            "events": events[str(flag.pk)],
            "others": [o for o in same[(flag.photo_id, flag.officer_id)] if o.pk != flag.pk],
            "is_hidden": any(hold.ended_at is None for hold in flag.holds.all()),
            "choices": _choices(flag),
        }
        for flag in shown
    ]


def _window(flag: Flag) -> pictures.Window | None:
    """The flagged face, cut from the private photo: a face that a flag hid is in no public copy any more."""
    if flag.face is None or flag.photo is None:
        return None
    return pictures.window(reverse("photo-image", args=[flag.photo_id]), flag.photo, flag.face.box)


def _choices(flag: Flag) -> list[tuple[str, str]]:
    """What may be done about a flag that waits: button by button."""
    choices = [(Outcome.KEPT.value, "Leave it as it is"), (Outcome.HIDDEN.value, "Hide it")]
    if flag.reason == Flag.Reason.ILLINOIS:
        choices[1] = (Outcome.PROHIBITED.value, "It is from Illinois: never compare it")
    if flag.face_id:
        choices.append((Outcome.UNTAGGED.value, "Take the tag away"))
    if flag.photo_id:
        choices.append((Outcome.DELETED.value, "Delete the photo"))
    return choices


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    user = _keeper(request)
    flag = get_object_or_404(Flag.objects.kept_by(user), pk=pk)
    form = DecideForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError("Choose what to do, and write down in a few words what you found.")
        acts.decide(flag=flag, by=user, **form.cleaned_data)
    except ValidationError as why_not:
        return _again(request, user, pk, " ".join(why_not.messages))
    messages.success(request, "Decided. Whoever flagged it can read that with their code.")
    return redirect("flags")


def _again(request: HttpRequest, user: User, pk: int, why_not: str) -> HttpResponse:
    """The list once more, with what was typed and what is missing."""
    messages.error(request, why_not)
    context = _list(user) | {"why_not": why_not, "typed_for": pk, "typed": request.POST.get("finding", "")}
    return render(request, "moderation/flags.html", context, status=400)


@login_required
@require_safe
def held(request: HttpRequest) -> HttpResponse:
    """What is hidden in one's departments, why, since when, and the button that shows it again."""
    user = _keeper(request)
    standing = Hold.objects.standing().kept_by(user).select_related("officer", "photo__department", "by")
    rows = standing.order_by(F("erase_at").asc(nulls_last=True), "-pk")[: 5 * PAGE]
    return render(request, "moderation/held.html", {"holds": rows, "undo_days": holding.UNDO_DAYS})


@login_required
@require_http_methods(["GET", "POST"])
def hold_officer(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Officer, pk=pk)
    return _hold(request, shown, str(shown), reverse("officer", args=[pk]))


@login_required
@require_http_methods(["GET", "POST"])
def hold_photo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    shown = get_object_or_404(Photo.objects.filter(expires_at=None), pk=pk)
    return _hold(request, shown, "this photo", reverse("held"))


def _hold(request: HttpRequest, subject: holding.Subject, name: str, back: str) -> HttpResponse:
    """Why and for how long. Whoever does not keep the department does not learn that there is something."""
    user = account(request)
    if not holding.may_hold(user, subject):
        raise Http404
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        holding.place(subject=subject, by=user, reason=form.cleaned_data["reason"], until=form.until())
        messages.success(request, "Hidden, at once and everywhere.")
        return redirect("held")
    context = {"form": form, "name": name, "back_url": back}
    return render(request, "moderation/hold.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def end_hold(request: HttpRequest, pk: int) -> HttpResponse:
    user = account(request)
    hold = get_object_or_404(Hold.objects.standing().kept_by(user), pk=pk)
    holding.end(hold=hold, by=user)
    messages.success(request, "This hold has ended. If nothing else hides it, it is shown again.")
    return redirect("held")
