"""Older photos: choose them, see how many and what they cost, start, and watch. For admins.

Every step is a page of its own that works without scripts; a script only keeps the numbers fresh.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from officers.models import Department, ImportSource
from oversight.pace import rate_in_words, time_in_words
from oversight.people import admin
from recognition import bulk
from recognition.models import BulkRun

RUNS = 10
MOST_FAILURES = 100
REASONS = {
    "pixels_missing": "Its picture is not in the photo storage.",
    "crashes": "It stopped the program twice. It is left out so that the others go on.",
}
WAITS = {
    "storage_away": "The photo storage cannot be reached. It goes on by itself.",
    "model_unavailable": "The service or model that judges photos is busy or away. It goes on by itself.",
    "old_code": "A release is going on. It goes on by itself.",
}
ACTS = {"pause": bulk.pause, "resume": bulk.resume, "cancel": bulk.cancel}


class ChoiceForm(forms.Form):
    """Which photos."""

    department = forms.ModelChoiceField(
        Department.objects.order_by("name"), required=False, empty_label="All departments"
    )
    source = forms.ModelChoiceField(
        ImportSource.objects.all(), required=False, label="Imported from", empty_label="Anywhere"
    )
    received_from = forms.DateField(
        required=False, label="Received on or after", widget=forms.DateInput(attrs={"type": "date"})
    )
    received_until = forms.DateField(
        required=False, label="Received on or before", widget=forms.DateInput(attrs={"type": "date"})
    )
    everything = forms.BooleanField(
        required=False, label="Also photos that were judged before", help_text="Their answers are replaced."
    )

    def chosen(self) -> BulkRun:
        """What a valid form asks for, not stored yet."""
        wanted = dict(self.cleaned_data)
        return BulkRun(is_only_unclassified=not wanted.pop("everything"), **wanted)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """Choose and count (GET), start (POST), and the runs so far."""
    by = admin(request)
    asked = request.POST if request.method == "POST" else request.GET
    form = ChoiceForm(asked if "count" in asked or request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("bulk-run", pk=bulk.start(form.chosen(), by=by).pk)
        except ValidationError as why_not:
            form.add_error(None, why_not)
    context = {"form": form, "runs": [_row(run) for run in _with_names()[:RUNS]], **_counted(form)}
    return render(request, "recognition/bulk_runs.html", context, status=400 if form.errors else 200)


def _with_names() -> Any:
    return BulkRun.objects.select_related("department", "source")


def _counted(form: ChoiceForm) -> dict[str, Any]:
    """How many photos are chosen, and what judging them costs; nothing before the form was sent."""
    if not form.is_bound or not form.is_valid():
        return {}
    count = bulk.photos_of(form.chosen()).count()
    return {"count": count, "price": bulk.price(), "cost": bulk.cost(count, bulk.price())}


def _row(run: BulkRun) -> dict[str, Any]:
    found = bulk.progress(run)
    return {"run": run, "progress": found, "cost": bulk.cost(found.requests, run.price)}


@login_required
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: how far, how long yet, what failed and why."""
    admin(request)
    shown = get_object_or_404(_with_names(), pk=pk)
    failures = shown.failures.filter(is_again=False)
    context = _row(shown) | {
        "sentence": _sentence(shown),
        "is_open": shown.state in bulk.OPEN,
        "failures": [
            (failure, REASONS.get(failure.reason, failure.reason)) for failure in failures[:MOST_FAILURES]
        ],
    }
    return render(request, "recognition/bulk_run.html", context)


def _sentence(run: BulkRun) -> str:
    found = bulk.progress(run)
    counted = f"{found.over:,} of {found.total:,} photos"
    if run.state != BulkRun.State.RUNNING:
        return f"{counted}. {run.get_state_display()}."
    if found.waits_for in WAITS:
        return f"{counted}. {WAITS[found.waits_for]}"
    return f"{counted}, {rate_in_words(found.rate)}, {time_in_words(found.seconds_left)}."


@login_required
@require_safe
def status(request: HttpRequest, pk: int) -> JsonResponse:
    """For the page that waits: docs/look.md says what its script expects."""
    admin(request)
    shown = get_object_or_404(BulkRun, pk=pk)
    found = bulk.progress(shown)
    over = {BulkRun.State.DONE: "done", BulkRun.State.RUNNING: "working"}
    return JsonResponse(
        {
            "state": over.get(BulkRun.State(shown.state), "failed"),  # "failed": the page is loaded again
            "done": found.over,
            "total": found.total,
            "sentence": _sentence(shown),
        }
    )


@login_required
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause, resume, cancel, or try failures again."""
    by = admin(request)
    shown = get_object_or_404(BulkRun, pk=pk)
    wanted, failure = request.POST.get("act", ""), request.POST.get("failure", "")
    try:
        if wanted in ACTS:
            ACTS[wanted](shown, by=by)
        elif wanted == "retry":
            bulk.retry(shown, by=by)
        elif failure.isdecimal():
            bulk.retry(shown, by=by, failure=int(failure))
    except ValidationError as why_not:
        messages.error(request, " ".join(why_not.messages))
    return redirect("bulk-run", pk=pk)
