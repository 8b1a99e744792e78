"""A person's keys to the API: seen, made and revoked by themselves alone.

Who keeps a department, and every admin, shows a second factor before a key is made: it can do what they can. Revoking
asks for nothing.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from officers import tokens
from officers.models import ApiToken, Department
from officers.problems import NotPossible
from oversight import second_factor
from oversight.models import User
from oversight.people import account


class TokenForm(forms.Form):
    name = forms.CharField(label="What is it for?", max_length=60, help_text="Such as: the monthly roster.")
    can_write = forms.TypedChoiceField(
        label="What may it do?",
        choices=[("", "Read what I may read"), ("yes", "Read and change the record")],
        coerce=bool,
        required=False,
        widget=forms.RadioSelect,
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label="Of which department?",
        required=False,
        empty_label="Every one that I keep",
        help_text="One is safer: then a stolen key opens no other.",
    )
    days = forms.TypedChoiceField(
        label="How long?",
        choices=[("30", "30 days"), ("90", "90 days"), ("365", "A year")],
        coerce=int,
        initial="90",
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        kept = Department.objects.kept_by(user).order_by("name")
        field: Any = self.fields["department"]
        field.queryset = kept
        if not kept.exists():
            del self.fields["can_write"], self.fields["department"]


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return render(request, "officers/tokens.html", {"tokens": _of(account(request))})


def _of(user: User) -> Any:
    return ApiToken.objects.filter(user=user).select_related("department")


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The key is shown once, in the answer to the form; nothing keeps it."""
    user = account(request)
    if _needs_second_factor(user) and not second_factor.is_fresh(request):
        return _show_second_factor(request)
    form = TokenForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            key = tokens.make(by=user, **form.cleaned_data)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "officers/token_made.html", {"key": key})
    return render(request, "officers/token_new.html", {"form": form}, status=400 if form.errors else 200)


def _needs_second_factor(user: User) -> bool:
    return user.is_admin or Department.objects.kept_by(user).exists()


def _show_second_factor(request: HttpRequest) -> HttpResponse:
    if not second_factor.is_set_up(request):
        return render(request, "officers/token_second_factor.html", status=403)
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': reverse('token-new')})}")


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(_of(account(request)), pk=pk)
    tokens.revoke(token=token, by=account(request))
    messages.success(request, "Revoked. Nothing can be done with that key any more.")
    return redirect("tokens")
