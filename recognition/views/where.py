""" "I don't know the department": those of one state, and searching one after another with the same face.

Each department is a question of its own, so the gate is asked for each; one that says no is not searched, and that is
said. Several at once are several questions about one photo and one box.
"""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from officers import jurisdiction
from officers.models import Department
from officers.views.identify import states_with_departments
from oversight.gate import MatchingForbidden
from oversight.people import account_if_any
from oversight.refusals import IN_WORDS
from recognition import identification as identifications
from recognition import police
from recognition.models import Identification
from recognition.views.refusing import refused
from recognition.views.search import find, probe_window, same_face

Closed = list[tuple[Department, str]]
"""Departments that the gate refuses, each with the reason."""

MOST_AT_ONCE = 5
MOST_LISTED = 200


def asked_about(request: HttpRequest, first: Department) -> list[Department]:
    """The departments in the address, `first` before all; unknown ones are left out."""
    numbers = [int(text) for text in request.GET.getlist("department") if text.isdecimal() and len(text) < 10]
    found = Department.objects.public().select_related("state").in_bulk(numbers)
    others = [found[number] for number in dict.fromkeys(numbers) if number in found and number != first.pk]
    return [first, *others][:MOST_AT_ONCE]


def query(departments: list[Department], **more: int) -> str:
    """The departments, and more, as the address carries them from page to page."""
    carried: dict[str, int | list[int]] = {"department": [d.pk for d in departments], **more}
    return urlencode(carried, doseq=True)


def say_not_searched(request: HttpRequest, closed: Closed) -> None:
    for department, reason in closed:
        messages.info(request, f"{department.name} was not searched. {IN_WORDS[reason]}")


def sort_out(departments: list[Department]) -> tuple[list[Department], Closed]:
    """Those that the gate lets be searched now, and the others with the reason."""
    reasons = jurisdiction.refusals([d.pk for d in departments])
    closed: Closed = [(d, reason) for d in departments if (reason := reasons[d.pk]) is not None]
    return [d for d in departments if reasons[d.pk] is None], closed


def _of_state(request: HttpRequest, state: str) -> dict[str, object]:
    """A state's departments for a page: which can be searched, which cannot and why."""
    rows = Department.objects.public().filter(state=state).select_related("state").order_by("name")
    permitted, closed = sort_out(list(rows[:MOST_LISTED]))
    return {
        "states": states_with_departments(),
        "state": state,
        "permitted": permitted,
        "closed": [(department, IN_WORDS[reason]) for department, reason in closed],
        "most": MOST_AT_ONCE,
        "section": "identify",
    }


def _state(request: HttpRequest, default: str = "") -> str:
    state = request.GET.get("state", default)[:2].upper()
    return state if state.isalpha() else ""


@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """Choose a state, then one or several of its departments."""
    chosen, context = request.GET.getlist("department"), _of_state(request, _state(request))
    if chosen:
        numbers = [int(text) for text in chosen if text.isdecimal() and len(text) < 10]
        found = list(Department.objects.public().filter(pk__in=numbers).order_by("name"))
        if 0 < len(found) <= MOST_AT_ONCE:
            return redirect(f"{reverse('identify-department', args=[found[0].pk])}?{query(found)}")
        context |= {"error": f"Choose at most {MOST_AT_ONCE} departments." if found else ""}
    context["chosen"] = chosen
    return render(request, "recognition/near.html", context, status=400 if context.get("error") else 200)


@require_http_methods(["GET", "POST"])
def elsewhere(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same photo and face in another department, without sending anything again."""
    search = find(pk)
    if request.method == "POST":
        number = request.POST.get("department", "")
        department = get_object_or_404(
            Department.objects.public(), pk=int(number) if number.isdecimal() and len(number) < 10 else 0
        )
        return _ask_elsewhere(request, search, department)
    context = _of_state(request, _state(request, search.department.state_id))
    done = {one.department_id for one in same_face(search)} | {search.department_id}
    context |= {
        "search": search,
        "probe": probe_window(search),
        "department": search.department,
        "done": done,
    }
    return render(request, "recognition/elsewhere.html", context)


def _ask_elsewhere(request: HttpRequest, search: Identification, department: Department) -> HttpResponse:
    _, closed = sort_out([department])
    if closed:  # before the photo is filed there
        return refused(request, department, closed[0][1])
    try:
        asked = identifications.request(
            photo=search.photo, department=department, box=search.box, by=account_if_any(request)
        )
    except MatchingForbidden as forbidden:
        return refused(request, department, forbidden.reason)
    except police.NotConfirmed:
        return redirect("identification", pk=search.pk)
    return redirect("identification", pk=asked.pk)
