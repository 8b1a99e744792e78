"""Asking who somebody is, one question a page: the photo, which face, are they on duty."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from officers import links, submissions
from officers.models import Department, FoundHead, Photo
from officers.views.images import picture, stored
from oversight.gate import MatchingForbidden, Reason
from oversight.people import account_if_any
from oversight.refusals import IN_WORDS
from privacy.crops import crop
from privacy.photos import MAX_BYTES, PhotoRefused
from recognition import identification as identifications
from recognition.forms import BoxForm, DutyForm, FaceForm, ProbeForm

HEAD_MARGIN = 0.4
HEAD_LONGEST = 240
# Reasons that are somebody's decision rather than the law's: the page does not raise its voice.
DECIDED_BY_PEOPLE = {Reason.SITE_OFF, Reason.DEPARTMENT_NOT_ALLOWED, Reason.REVIEW_EXPIRED}


def refused(request: HttpRequest, department: Department, reason: Reason) -> HttpResponse:
    """Why not, in plain words, and the way that is open."""
    context = {
        "department": department,
        "why": IN_WORDS[reason],
        "reason": reason.value,
        "is_law": reason not in DECIDED_BY_PEOPLE,
        "section": "identify",
    }
    return render(request, "recognition/refused.html", context, status=403)


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
            return redirect(f"{where}?{urlencode({'department': department.pk})}")
    context = {"form": form, "department": department, "section": "identify"}
    context |= {"hours": settings.PROBE_HOURS, "most_bytes": MAX_BYTES}
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
        query = {"department": department.pk, "x": x, "y": y, "w": width, "h": height}
        return redirect(f"{reverse('identify-duty', args=[token])}?{urlencode(query)}")
    context |= {
        "form": form,
        "photo": photo,
        "photo_url": reverse("identify-photo-image", args=[token]),
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
        "crop_url": reverse("identify-head-image", args=[token, head.number]),
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


@require_safe
def head_image(request: HttpRequest, token: str, number: int) -> HttpResponse:
    photo = _photo(token)
    head = get_object_or_404(photo.heads, number=number)
    return picture(crop(stored(photo), head, margin=HEAD_MARGIN, longest=HEAD_LONGEST))


@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest, token: str) -> HttpResponse:
    """Are they on duty? Then the search is asked for, through the gate."""
    photo = _photo(token)
    department = _department(request, photo)
    box = BoxForm(request.GET)
    if not box.is_valid():
        return redirect("identify-face", token=token)
    form = DutyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = identifications.request(
                photo=photo, department=department, box=box.box(), by=account_if_any(request)
            )
        except MatchingForbidden as forbidden:
            return refused(request, department, forbidden.reason)
        return redirect("identification", pk=asked.pk)
    back = f"{reverse('identify-face', args=[token])}?{urlencode({'department': department.pk})}"
    context = {"form": form, "department": department, "back_url": back, "section": "identify"}
    return render(request, "recognition/duty.html", context, status=400 if form.errors else 200)
