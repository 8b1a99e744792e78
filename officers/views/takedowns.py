"""Requests to take something down, for admins: the list by its deadlines, and one request with what can be done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from officers import takedowns as acts
from officers.models import Takedown
from oversight.models import AuditEvent, User
from oversight.people import account

PAGE = 50


def _admin(request: HttpRequest) -> User:
    user = account(request)
    if not user.is_admin:
        raise PermissionDenied
    return user


@login_required
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """The open ones, overdue first; then those that were answered."""
    _admin(request)
    rows = Takedown.objects.select_related("owner").order_by(F("ended_at").desc(nulls_first=True), "due_at")
    return render(request, "moderation/requests.html", {"requests": rows[:PAGE], "now": timezone.now()})


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    shown = get_object_or_404(Takedown.objects.select_related("owner", "ended_by"), pk=pk)
    text = request.POST.get("answer", "")
    if request.method == "POST":
        try:
            messages.success(request, _do(request.POST.get("act", ""), shown, user, text))
            return redirect("takedown-request", pk=pk)
        except ValidationError as why_not:
            messages.error(request, " ".join(why_not.messages))
    context = {
        "shown": shown,
        "named": acts.named(shown),
        "events": AuditEvent.objects.filter(subject="takedown", subject_id=str(pk)).order_by("pk"),
        "answer": text,
        "now": timezone.now(),
    }
    return render(
        request, "moderation/request.html", context, status=400 if request.method == "POST" else 200
    )


def _do(act: str, request: Takedown, by: User, text: str) -> str:
    """One act, and the sentence that says what happened. Raises ValidationError."""
    if act == "take":
        acts.take(request=request, by=by)
        return "You answer this one."
    if act == "hide":
        return f"{acts.hide(request=request, by=by)} hidden, at once and everywhere."
    if act == "delete":
        return f"{acts.delete_photos(request=request, by=by)} deleted for good."
    if act == "answer":
        acts.answer(request=request, by=by, text=text)
        return "Answered. The person reads it with their code."
    raise ValidationError("Choose what to do.")
