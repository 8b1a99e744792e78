"""Uploads that live in memory only, and are refused before they are read when they are too large.

The site has one upload handler, Django's for memory (settings.FILE_UPLOAD_HANDLERS): there is no temporary file that
a large photo could be spooled to. Checking the form's secret token reads the whole body, so the length is asked first.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from privacy.photos import MAX_BYTES
from privacy.refusals import SENTENCES

MOST: Final = MAX_BYTES + 2**20
"""Bytes of a request: a photo, and a form round it."""
STREAM: Final = "application/x-ndjson"

View = Callable[..., HttpResponseBase]


def is_too_large(request: HttpRequest) -> bool:
    """Does the request announce more than a photo may have?"""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or int(length) > MOST


def wants_stream(request: HttpRequest) -> bool:
    """Is it our script that asks, line by line?"""
    return request.headers.get("Accept", "") == STREAM


def bounded(view: View) -> View:
    """`view`, called only when the body is small enough, and protected against forged forms as every other one."""
    protected = csrf_protect(view)

    @wraps(view)
    def outer(request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:
        if not is_too_large(request):
            return protected(request, *args, **names)
        if wants_stream(request):
            return JsonResponse({"error": SENTENCES["too_large"]}, status=413)
        return render(request, "413.html", {"most": MOST // 2**20}, status=413)

    return csrf_exempt(outer)
