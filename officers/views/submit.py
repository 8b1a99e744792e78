"""Sending photos, without an account."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from officers import jurisdiction, pressure, submissions
from officers.forms import SubmitPhotosForm
from officers.models import Department
from oversight import proof
from privacy.photos import MAX_BYTES, PhotoRefused


@require_http_methods(["GET", "POST"])
def submit_photos(request: HttpRequest) -> HttpResponse:
    """Every photo that can be taken is taken; for each of the others the page says why not."""
    wants_proof = pressure.is_on(request)
    form = SubmitPhotosForm(
        request.POST or None, request.FILES or None, initial=request.GET, wants_proof=wants_proof
    )
    if request.method == "POST" and form.is_valid():
        if wants_proof and not proof.lets_through(request, form.cleaned_data["altcha"]):
            return _too_many(request, form)
        department: Department = form.cleaned_data["department"]
        taken, refused = _receive_all(form, department)
        if not refused:
            return redirect(f"{reverse('photo-thanks')}?photos={len(taken)}")
        for name, sentence in refused:
            form.add_error("photos", f"{name}: {sentence}")
        return render(request, "officers/submit.html", _context(form, taken), status=400)
    return render(request, "officers/submit.html", _context(form), status=400 if form.errors else 200)


def _too_many(request: HttpRequest, form: SubmitPhotosForm) -> HttpResponse:
    form.add_error(None, pressure.SENTENCE)
    answer = render(request, "officers/submit.html", _context(form), status=503)
    answer["Retry-After"] = pressure.RETRY_AFTER
    return answer


def _receive_all(form: SubmitPhotosForm, department: Department) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of the files taken, and of those that were not, each with the sentence that says why."""
    taken, refused = [], []
    for upload in form.cleaned_data["photos"]:
        try:
            submissions.receive(data=upload.read(), department=department)
        except PhotoRefused as reason:
            refused.append((upload.name, reason.sentence))
        else:
            taken.append(upload.name)
    return taken, refused


def _context(form: SubmitPhotosForm, taken: Sequence[str] = ()) -> dict[str, object]:
    allowing = [pk for pk, reason in _refusals().items() if reason is None]
    return {
        "form": form,
        "taken": taken,
        "error_title": "Some photos could not be taken" if taken else "",
        "section": "send",
        "departments_that_match": Department.objects.public().filter(pk__in=allowing).order_by("name"),
        "most": settings.MAX_PHOTOS_PER_UPLOAD,
        "most_bytes": MAX_BYTES,
        "most_bytes_together": settings.MAX_UPLOAD_BYTES,
    }


def _refusals() -> dict[int, object]:
    return dict(jurisdiction.refusals(list(Department.objects.public().values_list("pk", flat=True))))


def thanks(request: HttpRequest) -> HttpResponse:
    photos = request.GET.get("photos", "")
    count = int(photos) if photos.isdecimal() and len(photos) < 3 else None
    return render(request, "officers/submit_thanks.html", {"count": count, "section": "send"})
