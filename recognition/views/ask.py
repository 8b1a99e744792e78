"""Asking who somebody is, one question a page: the photo, which face, are they on duty."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from officers import links, pictures, submissions
from officers.models import Department, FoundHead, Photo
from officers.views.images import picture, stored
from oversight.gate import MatchingForbidden
from oversight.people import account_if_any
from privacy.photos import MAX_BYTES, PhotoRefused
from privacy.shapes import Rectangle
from recognition import identification as identifications
from recognition import police, volunteers
from recognition.forms import BoxForm, DutyForm, FaceForm, ProbeForm
from recognition.models import Identification
from recognition.views.refusing import not_police, refused
from recognition.views.search import photo_image_url
from recognition.views.where import asked_about, query, say_not_searched, sort_out

HEAD_MARGIN = 0.4


def _photo(token: str) -> Photo:
    photo = links.photo_for(token)
    if photo is None:
        raise Http404
    return photo


@require_http_methods(["GET", "POST"])
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The photo. A department where matching is forbidden says so here, and takes none."""
    department = get_object_or_404(Department.objects.public().select_related("state"), pk=pk)
    reason = identifications.refusal_for(department)
    if reason is not None:
        return refused(request, department, reason)
    departments, closed = sort_out(asked_about(request, department))
    form = ProbeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            received = submissions.receive(
                data=form.cleaned_data["photo"].read(),
                department=department,
                expires_at=timezone.now() + timedelta(hours=settings.PROBE_HOURS),
            )
        except PhotoRefused as why_not:
            form.add_error("photo", f"{form.cleaned_data['photo'].name}: {why_not.sentence}")
        else:
            where = reverse("identify-face", args=[links.token_for(received.photo)])
            return redirect(f"{where}?{query(departments)}")
    context = {"form": form, "department": department, "departments": departments, "section": "identify"}
    context |= {"closed": closed, "hours": settings.PROBE_HOURS, "most_bytes": MAX_BYTES}
    return render(request, "recognition/photo.html", context, status=400 if form.errors else 200)


def _department(request: HttpRequest, photo: Photo) -> Department:
    """The department asked about: the one in the address, which the gate judges again later."""
    asked = request.GET.get("department", "")
    if not asked.isdecimal():
        return photo.department
    department: Department = get_object_or_404(Department.objects.public(), pk=int(asked))
    return department


@require_http_methods(["GET", "POST"])
def face(request: HttpRequest, token: str) -> HttpResponse:
    """Which face? Waits until the heads are found, then asks the person to point at one."""
    photo = _photo(token)
    department = _department(request, photo)
    context = {"token": token, "department": department, "section": "identify"}
    if photo.heads_found_at is None:
        return render(request, "recognition/face_waiting.html", context)
    form = FaceForm(request.POST or None, photo=photo)
    if request.method == "POST" and form.is_valid():
        x, y, width, height = form.cleaned_data["box"]
        further = query(asked_about(request, department), x=x, y=y, w=width, h=height)
        return redirect(f"{reverse('identify-duty', args=[token])}?{further}")
    context |= {
        "form": form,
        "photo": photo,
        "photo_url": photo_image_url(token),
        "faces": [_face_choice(photo, head, token) for head in photo.heads.all()],
        "chosen": form.data.get("face", ""),
        "own_box": {name: form.data.get(name, "") for name in ("x", "y", "w", "h")},
    }
    return render(request, "recognition/face.html", context, status=400 if form.errors else 200)


def _face_choice(photo: Photo, head: FoundHead, token: str) -> dict[str, object]:
    return {
        "number": head.number,
        "value": str(head.number),
        "x_percent": round(100 * head.x / photo.width, 3),
        "y_percent": round(100 * head.y / photo.height, 3),
        "width_percent": round(100 * head.width / photo.width, 3),
        "height_percent": round(100 * head.height / photo.height, 3),
        "window": pictures.window(photo_image_url(token), photo, head, margin=HEAD_MARGIN),
    }


@require_safe
def face_status(request: HttpRequest, token: str) -> JsonResponse:
    photo = links.photo_for(token)
    if photo is None:
        return JsonResponse({"state": "failed"}, status=404)
    return JsonResponse({"state": "done" if photo.heads_found_at else "working"})


@require_safe
def photo_image(request: HttpRequest, token: str) -> HttpResponse:
    return picture(stored(_photo(token)))


@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest, token: str) -> HttpResponse:
    """Are they on duty? Then the search is asked for, through the gate."""
    photo = _photo(token)
    departments, box = asked_about(request, _department(request, photo)), BoxForm(request.GET)
    if not box.is_valid():
        return redirect("identify-face", token=token)
    form = DutyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _ask(request, photo, departments, box.box())
    back = f"{reverse('identify-face', args=[token])}?{query(departments)}"
    context = {"form": form, "departments": departments, "back_url": back, "section": "identify"}
    return render(request, "recognition/duty.html", context, status=400 if form.errors else 200)


def _ask(request: HttpRequest, photo: Photo, departments: list[Department], box: Rectangle) -> HttpResponse:
    """One question for each department that the gate allows. Where it is none, the page says why the first is not."""
    permitted, closed = sort_out(departments)
    asked: list[Identification] = []
    for department in permitted or departments[:1]:
        try:
            question = identifications.request(
                photo=photo, department=department, box=box, by=account_if_any(request)
            )
            if request.POST.get("may_show"):
                volunteers.allow(question)
            asked.append(question)
        except MatchingForbidden as forbidden:
            closed.append((department, forbidden.reason))
        except police.NotConfirmed:
            return not_police(request, department)
    if not asked:
        return refused(request, closed[-1][0], closed[-1][1])
    say_not_searched(request, closed)
    return redirect("identification", pk=asked[0].pk)
