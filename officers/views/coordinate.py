"""For coordinators: photos that volunteers did not agree on, photos that test them, and how far they can be trusted."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from officers import sorting, tagging, trust
from officers.models import Department, Face, Photo, SortAnswer
from officers.querysets import PhotoQuerySet
from oversight.models import User
from oversight.people import account

PAGE = 20


def _kept(request: HttpRequest) -> PhotoQuerySet:
    """The record's photos that this person decides about."""
    departments = Department.objects.kept_by(account(request))
    found: PhotoQuerySet = Photo.objects.kept().filter(department__in=departments)
    return found


@login_required
def escalated(request: HttpRequest) -> HttpResponse:
    """Photos without agreement, with how many said what (never who), and those out of the tagging queue."""
    kept = _kept(request)
    said = {
        says.value: Count("answers", filter=Q(answers__says=says, answers__counts=True))
        for says in SortAnswer.Says
    }
    open_photos = kept.escalated().select_related("department").annotate(**said)
    context = {
        "photos": open_photos[:PAGE],
        "nobody": kept.nobody_known().select_related("department")[:PAGE],
        "decisions": sorting.decision_words(),
    }
    return render(request, "officers/escalated.html", context)


@login_required
@require_POST
def use_for_recognition(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether matching may use this photo of an officer. It stays in the record either way."""
    face = get_object_or_404(Face.objects.confirmed().filter(photo__in=_kept(request)), pk=pk)
    is_used = request.POST.get("use") == "yes"
    tagging.use_for_recognition(face=face, is_used=is_used, by=account(request))
    messages.success(request, "Matching may use it." if is_used else "Matching does not use it any more.")
    return redirect("photo", pk=face.photo_id)


@login_required
@require_POST
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One click: what is in the photo; with `known`, it tests volunteers from now on."""
    photo = get_object_or_404(_kept(request), pk=pk)
    police = request.POST.get("police", "")
    if police in sorting.DECISIONS:
        sorting.decide(photo=photo, police=police, by=account(request))
        messages.success(request, f"Decided: {Photo.Police(police).label.lower()}.")
    return _back(request)


@login_required
@require_POST
def known(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a sorted photo a test of volunteers, or no longer."""
    photo, by = get_object_or_404(_kept(request), pk=pk), account(request)
    if request.POST.get("known") == "no":
        sorting.unmark_known(photo=photo, by=by)
        messages.success(request, "This photo tests nobody any more.")
    elif sorting.mark_known(photo=photo, by=by):
        messages.success(request, "This photo tests volunteers now. They are not told.")
    else:
        messages.warning(request, "Decide first whether police are in this photo.")
    return _back(request)


@login_required
@require_POST
def ask_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    tagging.ask_again(photo=get_object_or_404(_kept(request), pk=pk), by=account(request))
    messages.success(request, "Volunteers are asked again who is in this photo.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form was on."""
    where = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(where, allowed_hosts=None) and where.startswith("/"):
        return redirect(where)
    return redirect("photos-escalated")


@login_required
def volunteers(request: HttpRequest) -> HttpResponse:
    """Test photos, for coordinators; for admins also everybody who sorted, by name, and how they did on them.

    What somebody did here is seen by nobody else: a coordinator, too, may be a police officer.
    """
    if not Department.objects.kept_by(account(request)).exists():
        raise PermissionDenied
    page = _who_sorted(request) if account(request).is_admin else []
    context = {
        "rows": _rows(page[:PAGE]),
        "known": _kept(request).filter(known__isnull=False).order_by("-known__marked_at")[:PAGE],
        "sorted": _latest_sorted(request),
        "older_url": f"{reverse('volunteers')}?after={page[PAGE - 1].username}" if len(page) > PAGE else "",
        "every": trust.EVERY_FOR_NEW,
    }
    return render(request, "officers/volunteers.html", context)


def _who_sorted(request: HttpRequest) -> list[User]:
    """A page of people and one more, if there is one."""
    after = request.GET.get("after", "").replace("\0", "")
    people = User.objects.filter(Exists(SortAnswer.objects.filter(person=OuterRef("pk"))), username__gt=after)
    return list(people.order_by("username")[: PAGE + 1])


def _latest_sorted(request: HttpRequest) -> PhotoQuerySet:
    """Clear photos to choose tests from."""
    answers = SortAnswer.objects.filter(photo=OuterRef("pk"))
    clear = _kept(request).filter(Exists(answers), police__in=["yes", "no"], known=None)
    return clear.order_by("-received_on", "pk")[:PAGE]


def _rows(people: list[User]) -> list[dict[str, object]]:
    """Each person with how many photos they sorted and what the test photos say, in one query for the page."""
    answers = SortAnswer.objects.filter(person__in=people).values("person").order_by()
    counted = answers.annotate(
        in_all=Count("pk"),
        tests=Count("pk", filter=trust.IS_TEST),
        right=Count("pk", filter=trust.IS_RIGHT),
    )
    found = {
        person: {"in_all": in_all, "trust": trust.Trust(tests, right)}
        for person, in_all, tests, right in counted.values_list("person", "in_all", "tests", "right")
    }
    return [{"person": person, **found[person.pk]} for person in people]
