"""Adding, changing, publishing and deleting records: one set of pages for every kind (officers/kinds.py).

Records are looked up among those that the user keeps, so that another department's are not found at all.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from officers import records, rules, saving
from officers.kinds import KINDS, MOST_BELOW, Kind, below, record_above, rows_below
from officers.models import Department
from officers.problems import NotPossible
from officers.record_forms import RecordForm
from oversight.people import account

WITH_PAGES = ("department", "officer", "incident", "complaint", "lawsuit")


def kind_or_404(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def kept_or_404(request: HttpRequest, name: str, pk: int) -> Any:
    return get_object_or_404(kind_or_404(name).model.objects.kept_by(account(request)).distinct(), pk=pk)


def address(record: Any) -> str:
    """The page on which a record is kept."""
    return reverse("record", args=[record._meta.model_name, record.pk])


@login_required
def record(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A record with all that hangs on it, to change."""
    found, user = kept_or_404(request, kind, pk), account(request)
    parts = [(one, list(rows_below(found, one, user)[: MOST_BELOW + 1])) for one in below(KINDS[kind])]
    above = record_above(found)
    context = {
        "record": found,
        "kind": KINDS[kind],
        "above": above,
        "above_url": address(above) if above else "",
        "parts": [(one, rows[:MOST_BELOW], len(rows) > MOST_BELOW) for one, rows in parts],
        "public_url": _public_page(found),
        "may_delete": rules.may(user, "delete", found),
        "may_merge": kind == "officer" and rules.may(user, "merge", found),
    }
    return render(request, "officers/edit_record.html", context)


@login_required
def add(request: HttpRequest, kind: str, above: str = "", pk: int = 0) -> HttpResponse:
    """A new record under another one, or a new department."""
    wanted, user = kind_or_404(kind), account(request)
    if above not in (wanted.above or ("",)) or wanted.added_at:
        raise Http404
    parent = kept_or_404(request, above, pk) if above else None
    rules.demand(user, "add", parent) if parent else rules.demand(user, "add a department")
    form = wanted.form(request.POST or None, user=user, above=parent)
    if request.method == "POST" and form.is_valid():
        saved = _save(form)
        if saved is not None:
            messages.success(request, f"The {wanted.words} was added.")
            return redirect(address(parent if parent and not below(wanted) else saved))
    context = {
        "form": form,
        "kind": wanted,
        "title": f"Add {wanted.one}",
        "caption": str(parent or ""),
        "back_url": _back(parent),
    }
    return render(request, "officers/edit_form.html", context, status=400 if form.errors else 200)


@login_required
def edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    found, user = kept_or_404(request, kind, pk), account(request)
    rules.demand(user, "edit", found)
    form = KINDS[kind].form(request.POST or None, instance=found, user=user, above=record_above(found))
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            if _save(form) is not None:
                messages.success(request, "Saved.")
                return redirect(address(found))
        except records.ChangedMeanwhile as changed:
            conflict, form = changed, _with_their_changes(form, changed)
        except NotPossible as gone:
            form.add_error(None, str(gone))
    return _edit_page(request, form, found, conflict)


def _save(form: RecordForm) -> Any:
    """Save in one act, or None with the error in the form. Raises ChangedMeanwhile and NotPossible."""
    try:
        return saving.save(form)[0]
    except saving.Twice as twice:
        form.add_error(None, str(twice))
        return None


def _with_their_changes(form: RecordForm, changed: records.ChangedMeanwhile) -> RecordForm:
    """What this editor typed, with the others' changes in the fields that they did not touch. Nothing is saved."""
    theirs = type(form)(instance=changed.now, user=form.user, above=form.above)
    before: dict[str, Any] = {}
    for entry in reversed(changed.changes):
        if entry.change.operation == "U":
            before = {**(entry.change.before or {}), **before}
    data = QueryDict(mutable=True)
    data.update(form.data)
    for name, field in theirs.fields.items():
        column = name if name in before else f"{name}_id"
        if column in before and not field.has_changed(field.to_python(before[column]), data.get(name)):
            data[name] = theirs[name].value()
    data["version"] = str(changed.now.version)
    return type(form)(data, instance=changed.now, user=form.user, above=form.above)


def _edit_page(
    request: HttpRequest, form: RecordForm, found: Any, conflict: records.ChangedMeanwhile | None
) -> HttpResponse:
    kind = KINDS[str(found._meta.model_name)]
    context = {
        "form": form,
        "kind": kind,
        "title": f"Change {kind.one}",
        "caption": str(found),
        "back_url": address(found),
        "conflict": conflict,
    }
    status = 409 if conflict else 400 if form.errors else 200
    return render(request, "officers/edit_form.html", context, status=status)


@login_required
def delete(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Asked once more as a page; undone with one press afterwards."""
    found = kept_or_404(request, kind, pk)
    rules.demand(account(request), "delete", found)
    if request.method != "POST":
        context = {"record": found, "kind": KINDS[kind], "back_url": address(found)}
        return render(request, "officers/edit_delete.html", context)
    try:
        act = records.delete(found, by=account(request), why=request.POST.get("why", "")[:300])
    except NotPossible as refused:
        messages.warning(request, str(refused))
        return redirect(address(found))
    messages.success(request, "Deleted. You can take that back here.")
    return redirect("record-act", act=act)


@login_required
@require_POST
def publish(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    found = kept_or_404(request, kind, pk)
    if not KINDS[kind].has_drafts:
        raise Http404
    is_published = request.POST.get("publish") == "yes"
    records.publish(found, is_published=is_published, by=account(request))
    messages.success(
        request, "Everybody can see it now." if is_published else "Only those who keep it see it now."
    )
    return redirect(address(found))


@login_required
def drafts(request: HttpRequest) -> HttpResponse:
    """What only its keepers see, by kind, the latest first."""
    user = account(request)
    if not Department.objects.kept_by(user).exists():
        raise PermissionDenied
    waiting = [
        (kind, list(kind.model.objects.kept_by(user).filter(is_published=False).order_by("-pk")[:MOST_BELOW]))
        for kind in KINDS.values()
        if kind.has_drafts
    ]
    return render(
        request,
        "officers/edit_drafts.html",
        {"waiting": waiting, "is_empty": not any(rows for _, rows in waiting)},
    )


def _public_page(record: Any) -> str:
    """Where everybody sees it; empty where it has no page of its own, or is hidden."""
    name = str(record._meta.model_name)
    is_seen = name in WITH_PAGES and type(record).objects.public().filter(pk=record.pk).exists()
    return reverse(name, args=[record.pk]) if is_seen else ""


def _back(parent: Any) -> str:
    return address(parent) if parent else reverse("department-list")
