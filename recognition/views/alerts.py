"""Alerts of the guard: who owns each, and how it ended. For admins."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from oversight.models import User
from oversight.people import account
from recognition import alerts as acts
from recognition.models import GuardAlert

PAGE = 50


class EndForm(forms.Form):
    finding = forms.CharField(
        label="How could it happen, and what was done?", widget=forms.Textarea(attrs={"rows": 3})
    )


def _admin(request: HttpRequest) -> User:
    user = account(request)
    if not user.is_admin:
        raise PermissionDenied
    return user


@login_required
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    _admin(request)
    rows = GuardAlert.objects.select_related("department", "owner")[:PAGE]
    return render(request, "recognition/alerts.html", {"alerts": rows, "form": EndForm()})


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    user = _admin(request)
    alert = get_object_or_404(GuardAlert, pk=pk)
    if request.POST.get("act") == "take":
        acts.take(alert=alert, by=user)
    else:
        try:
            acts.end(alert=alert, by=user, finding=request.POST.get("finding", ""))
        except ValidationError as why_not:
            messages.error(request, " ".join(why_not.messages))
    return redirect("guard-alerts")
