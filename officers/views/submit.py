"""Sending photos, without an account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from officers import jurisdiction, submissions
from officers.forms import SubmitPhotosForm
from officers.models import Department
from privacy.photos import PhotoRefused


@require_http_methods(["GET", "POST"])
def submit_photos(request: HttpRequest) -> HttpResponse:
    """Every photo that can be taken is taken; for each of the others the page says why not."""
    form = SubmitPhotosForm(request.POST or None, request.FILES or None, initial=request.GET)
    if request.method == "POST" and form.is_valid():
        department: Department = form.cleaned_data["department"]
        refused = _receive_all(form, department)
        if not refused:
            return redirect("photo-thanks")
        taken = len(form.cleaned_data["photos"]) - len(refused)
        for name, sentence in refused:
            form.add_error("photos", f"{name}: {sentence}")
        return render(request, "officers/submit.html", _context(form, taken), status=400)
    return render(request, "officers/submit.html", _context(form), status=400 if form.errors else 200)


def _receive_all(form: SubmitPhotosForm, department: Department) -> list[tuple[str, str]]:
    refused = []
    for upload in form.cleaned_data["photos"]:
        try:
            submissions.receive(data=upload.read(), department=department)
        except PhotoRefused as reason:
            refused.append((upload.name, reason.sentence))
    return refused


def _context(form: SubmitPhotosForm, taken: int = 0) -> dict[str, object]:
    allowing = [pk for pk, reason in _refusals().items() if reason is None]
    return {
        "form": form,
        "taken": taken,
        "departments_that_match": Department.objects.public().filter(pk__in=allowing).order_by("name"),
        "most": settings.MAX_PHOTOS_PER_UPLOAD,
    }


def _refusals() -> dict[int, object]:
    return dict(jurisdiction.refusals(list(Department.objects.public().values_list("pk", flat=True))))


def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "officers/submit_thanks.html")
