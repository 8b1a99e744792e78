"""The history as pages: of one record, of everything lately, of one act; taking back; officers side by side."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from officers import history, lines, merging, records, rules
from officers.models import Department, Officer, OfficerMerge, RecordChange
from officers.problems import NotPossible
from officers.record_fields import find_officer, written
from officers.views.edit import address, kept_or_404
from oversight.people import account

PAGE = 50


def _page(
    request: HttpRequest, found: QuerySet[RecordChange], about: Model | None = None, **more: Any
) -> HttpResponse:
    """One page of changes by number, and the address of the next."""
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    page = list(found[: PAGE + 1])
    older = f"{request.path}?before={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    context = {"entries": history.readable(page[:PAGE], about), "older_url": older, **more}
    return render(request, "officers/edit_history.html", context)


@login_required
def of_record(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    found = kept_or_404(request, kind, pk)
    changes = history.of_record(found, seen_by=account(request))
    return _page(request, changes, about=found, title=f"What became of {found}", back_url=address(found))


@login_required
def recent(request: HttpRequest) -> HttpResponse:
    """Recent changes of everything that this person keeps."""
    user = account(request)
    if not Department.objects.kept_by(user).exists():
        raise PermissionDenied
    return _page(request, history.recent(user), title="Recent changes")


@login_required
def act(request: HttpRequest, act: str) -> HttpResponse:
    """All that one act changed, and the button that takes it back."""
    user = account(request)
    changes = history.recent(user).filter(act=act)
    if not changes.exists():
        raise Http404
    may_undo = history.is_all_visible(act, user)
    return _page(request, changes, title="What was done", act=act if may_undo else "")


@login_required
@require_POST
def undo(request: HttpRequest, act: str) -> HttpResponse:
    if not history.recent(account(request)).filter(act=act).exists():
        raise Http404
    try:
        taken_back = records.take_back(act, by=account(request), why="Taken back")
    except NotPossible as refused:
        messages.warning(request, str(refused))
        return redirect("record-act", act=act)
    messages.success(request, "It is as it was before.")
    return redirect("record-act", act=taken_back)


@login_required
@require_POST
def revert(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one change. It must be one that this person may see."""
    change = get_object_or_404(history.recent(account(request)), pk=pk)
    try:
        taken_back = records.revert(change, by=account(request), why="Taken back")
    except (NotPossible, ValidationError) as refused:
        messages.warning(request, _words(refused))
        return redirect("record-act", act=change.act)
    messages.success(request, "That change was taken back.")
    return redirect("record-act", act=taken_back)


@login_required
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Find the other row of an officer, look at both side by side, choose what is right, and merge."""
    kept, user = kept_or_404(request, "officer", pk), account(request)
    rules.demand(user, "merge", kept)
    words = (request.POST.get("with") or request.GET.get("with", ""))[:200]
    context: dict[str, Any] = {"officer": kept, "words": words, "back_url": address(kept)}
    try:
        gone = find_officer(words, user=user, department=None) if words else None
        if gone is not None:
            rules.demand(user, "merge", gone)
            context |= {"gone": gone, "written": written(gone), "rows": _side_by_side(kept, gone)}
        if gone is not None and request.method == "POST":
            merging.merge(
                kept=kept, gone=gone, chosen=_chosen(request, kept, gone), by=user, why=_why(request)
            )
            messages.success(request, "They are one officer now. You can take that back under “Here twice?”.")
            return redirect(address(kept))
    except (NotPossible, ValidationError) as refused:
        context["problem"] = _words(refused)
    context["merges"] = kept.merges.select_related("merged_by")
    return render(request, "officers/edit_merge.html", context, status=400 if context.get("problem") else 200)


def _words(refused: NotPossible | ValidationError) -> str:
    return " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)


def _why(request: HttpRequest) -> str:
    return request.POST.get("why", "")[:300]


def _chosen(request: HttpRequest, kept: Officer, gone: Officer) -> dict[str, Any]:
    """The value of each field from the side that was chosen; the other where this one is empty and nothing was."""
    return {
        name: getattr(gone if request.POST.get(name) == "gone" else kept, name) for name in merging.OWN_FIELDS
    }


def _side_by_side(kept: Officer, gone: Officer) -> list[dict[str, Any]]:
    rows = []
    for name in merging.OWN_FIELDS:
        field = Officer._meta.get_field(name)
        show = getattr(Officer, f"get_{name}_display", None)
        left, right = (show(one) if show else _shown(getattr(one, name)) for one in (kept, gone))
        rows.append(
            {
                "name": name,
                "label": str(getattr(field, "verbose_name", name)).capitalize(),
                "left": left,
                "right": right,
                "differs": left != right,
                "take_right": not left and bool(right),
            }
        )
    return rows


def _shown(value: Any) -> Any:
    return lines.day(value) if isinstance(value, date) else value


@login_required
@require_POST
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge back."""
    merged = get_object_or_404(OfficerMerge.objects.select_related("kept"), pk=pk)
    kept = kept_or_404(request, "officer", merged.kept_id or 0)
    try:
        merging.split(merged=merged, by=account(request), why="Taken apart")
    except NotPossible as refused:
        messages.warning(request, str(refused))
        return redirect("officer-merge", pk=kept.pk)
    messages.success(request, "They are two officers again.")
    return redirect(address(kept))
