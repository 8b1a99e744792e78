"""The public page about face matching on this site, from live data."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recognition import transparency as facts


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    context = {
        "is_on": settings.RECOGNITION_SWITCH,
        "departments": facts.departments_that_match(),
        "places": facts.prohibited_places(),
        "months": facts.searches_by_month(),
        "retention": facts.retention(),
        "chances": facts.chances(),
    }
    return render(request, "recognition/transparency.html", context)
