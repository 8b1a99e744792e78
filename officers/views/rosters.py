"""The import wizard: send, look at the columns, look at what would change, load, undo. For the department’s keepers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from officers.models import Department, RosterImport
from officers.problems import NotPossible
from officers.rosters import acts, jobs, preview, report
from officers.rosters.comparing import missing_officers
from officers.rosters.files import TooLarge
from officers.rosters.forms import SendRosterForm, column_forms
from officers.rosters.reading import UnreadableFile
from officers.rosters.statements import Statements
from oversight.people import account

PAGE = 50
State = RosterImport.State
BUSY = (State.CHECKING, State.LOADING, State.UNDOING)


def _kept(request: HttpRequest, pk: int) -> RosterImport:
    found = RosterImport.objects.kept_by(account(request)).select_related("department")
    return get_object_or_404(found, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """The files of one department, where they come from, and earlier imports."""
    department = get_object_or_404(Department.objects.kept_by(account(request)), pk=pk)
    form = SendRosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        held = _begin(request, department, form)
        if held is not None:
            return redirect("roster-columns", pk=held.pk)
    imports = RosterImport.objects.filter(department=department).select_related("started_by")[:PAGE]
    context = {"department": department, "form": form, "imports": imports}
    return render(request, "rosters/send.html", context)


def _begin(request: HttpRequest, department: Department, form: SendRosterForm) -> RosterImport | None:
    uploads = [(file.file, file.name) for file in form.cleaned_data["uploads"]]
    try:
        return acts.begin(
            department=department,
            source=form.cleaned_data["source"],
            uploads=uploads,
            by=account(request),
            options=form.options(),
        )
    except UnreadableFile as problem:
        form.add_error("uploads", str(problem))
    except TooLarge:
        form.add_error("uploads", "A file may have at most 100 MB. Send it in parts.")
    return None


@login_required
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each table and column was taken for, with the first rows as they are understood."""
    held = _kept(request, pk)
    if held.state not in {State.MAPPING, State.CHECKED, State.FAILED} or not held.files[0]["key"]:
        return redirect("roster", pk=pk)
    forms = column_forms(held, request.POST or None)
    if request.method == "POST" and all(form is None or form.is_valid() for _, form in forms):
        meant = [form.meant() if form else (table["sheet"], table["columns"]) for table, form in forms]
        acts.map_columns(held=held, tables_as=meant, by=account(request))
        held.state = State.MAPPING  # the rows are read anew
        if "preview" in request.POST:
            return redirect("roster-columns", pk=pk)
        jobs.ask(held, State.CHECKING, account(request))
        return redirect("roster", pk=pk)
    tables = list(zip(forms, preview.first_rows(held), strict=True))
    return render(request, "rosters/columns.html", {"held": held, "tables": tables})


@login_required
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Where an import is: waiting, what it would change, or what became of it."""
    held = _kept(request, pk)
    if held.state == State.MAPPING:
        return redirect("roster-columns", pk=pk)
    if held.state in BUSY:
        return render(request, "rosters/busy.html", {"held": held, "progress": jobs.progress(held)})
    return render(request, "rosters/result.html", _result(request, held))


def _result(request: HttpRequest, held: RosterImport) -> dict[str, Any]:
    verdict = request.GET.get("rows", "")
    if verdict not in report.VERDICTS:
        verdict = next((v for v in ("wrong", "doubtful", "changed", "new") if acts.count(held, v)), "same")
    after = request.GET.get("after", "")
    shown = report.rows(held, verdict, PAGE + 1, int(after) if after.isdecimal() and len(after) < 18 else 0)
    is_more = len(shown) > PAGE
    older = f"{request.path}?rows={verdict}&after={shown[PAGE - 1].row.pk}" if is_more else ""
    return {
        "held": held,
        "counts": report.table_of_counts(held),
        "verdicts": [(v, report.WORDS[v], acts.count(held, v)) for v in report.VERDICTS],
        "verdict": verdict,
        "rows": shown[:PAGE],
        "older_url": older,
        "missing": list(missing_officers(Statements(held), PAGE)) if held.summary.get("missing") else [],
        "may_load": held.state == State.CHECKED
        and not acts.count(held, "wrong")
        and not acts.count(held, "doubtful"),
        "left_out": report.words_of_left_out(held),
        "has_changes": report.has_changes(held),
    }


@login_required
@require_safe
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """For the progress line."""
    held = _kept(request, pk)
    if held.state in BUSY:
        return JsonResponse({"state": "working", **jobs.progress(held)})
    return JsonResponse({"state": "done", "url": reverse("roster", args=[pk])})


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Who the doubtful rows of a page are; what was not said stays doubtful."""
    held, by = _kept(request, pk), account(request)
    if held.state != State.CHECKED:
        return redirect("roster", pk=pk)
    for name in request.POST:
        said = request.POST.get(name, "")
        row = name.removeprefix("row")
        if name.startswith("row") and row.isdecimal() and (said == "new" or said.isdecimal()):
            try:
                acts.decide(held=held, row=int(row), officer=None if said == "new" else int(said), by=by)
            except NotPossible as problem:
                messages.error(request, str(problem))
    jobs.ask(held, State.CHECKING, by)
    return redirect("roster", pk=pk)


@login_required
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Load it, undo it (all, or what nobody has worked on since), or check it again."""
    held, by = _kept(request, pk), account(request)
    wanted = request.POST.get("act", "")
    possible = {
        "load": (State.CHECKED, State.LOADING),
        "undo": (State.LOADED, State.UNDOING),
        "undo-rest": (State.LOADED, State.UNDOING),
        "check": (State.CHECKED, State.CHECKING),
    }
    before, after = possible.get(wanted, ("", State.FAILED))
    if held.state == before:
        jobs.ask(held, after, by, leave_later_work=wanted == "undo-rest")
    return redirect("roster", pk=pk)
