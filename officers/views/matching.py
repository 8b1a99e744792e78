"""Allowing and forbidding face matching for a department: a page for admins. There is no API for it, on purpose."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from officers import departments, jurisdiction
from officers.models import Department, MatchingProposal
from oversight import second_factor
from oversight.models import User
from oversight.people import account

ALLOWED = "Face matching is allowed for this department from now on."
PROPOSED = "Proposed. A second administrator must approve it; until then nothing is compared."


class AllowForm(forms.Form):
    legal_basis = forms.CharField(
        label="On what legal basis?",
        help_text="Name the law that was checked, by whom, and where the opinion is kept. Anybody can read this.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    review_due = forms.DateField(
        label="When must this be looked at again?",
        help_text="Within the next twelve months. Matching stops by itself after that day.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )


def _admin(request: HttpRequest) -> User:
    user = account(request)
    if not user.is_admin:
        raise PermissionDenied
    return user


@login_required
@require_http_methods(["GET", "POST"])
def allow(request: HttpRequest, pk: int) -> HttpResponse:
    """Allow matching: an admin, a second factor shown within five minutes, a basis in writing, a day to look again."""
    user = _admin(request)
    department = get_object_or_404(Department.objects.select_related("state"), pk=pk)
    if not second_factor.is_fresh(request):
        return _show_second_factor(request, department)
    form = AllowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            is_allowed = departments.allow_matching(department=department, by=user, **form.cleaned_data)
        except ValidationError as why_not:
            form.add_error(None, why_not)
        else:
            messages.success(request, ALLOWED if is_allowed else PROPOSED)
            return redirect("department", pk=pk)
    return render(
        request, "officers/matching.html", _context(department, form), status=400 if form.errors else 200
    )


@login_required
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A second admin approves another's proposal, with a fresh second factor too."""
    user = _admin(request)
    department = get_object_or_404(Department, pk=pk)
    if not second_factor.is_fresh(request):
        return _show_second_factor(request, department)
    try:
        departments.approve_matching(department=department, by=user)
        messages.success(request, ALLOWED)
    except ValidationError as why_not:
        messages.error(request, " ".join(why_not.messages))
    return redirect("matching-allow", pk=pk)


def _context(department: Department, form: AllowForm) -> dict[str, Any]:
    return {
        "department": department,
        "form": form,
        "proposal": MatchingProposal.objects.select_related("proposed_by")
        .filter(department=department)
        .first(),
        "refusal": jurisdiction.refusals([department.pk])[department.pk],
    }


def _show_second_factor(request: HttpRequest, department: Department) -> HttpResponse:
    if not second_factor.is_set_up(request):
        return render(request, "officers/matching_second_factor.html", {"department": department}, status=403)
    back = reverse("matching-allow", args=[department.pk])
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")


@login_required
@require_POST
def forbid(request: HttpRequest, pk: int) -> HttpResponse:
    """Forbid matching: one click, at once, nothing else asked."""
    user = _admin(request)
    department = get_object_or_404(Department, pk=pk)
    departments.forbid_matching(department=department, by=user)
    messages.success(request, "Face matching is off. What was measured for this department is deleted.")
    return redirect("department", pk=pk)
