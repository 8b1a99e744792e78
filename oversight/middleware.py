"""Two rules for every request: no endless uploads, and nothing cached that was not said to be cacheable."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

GetResponse = Callable[[HttpRequest], HttpResponse]


def upload_limit(get_response: GetResponse) -> GetResponse:
    """Refuse a body that is too large before a byte of it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.MAX_UPLOAD_BYTES:
            if request.path.startswith("/api/"):
                return JsonResponse({"code": "too_large", "detail": "That is too much at once."}, status=413)
            return render(request, "413.html", {"most": settings.MAX_UPLOAD_BYTES // 2**20}, status=413)
        return get_response(request)

    return middleware


# Features that Chromium knows; one that it does not know is a warning on every page.
NOTHING_OF_THE_DEVICE = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "browsing-topics", "display-capture", "geolocation", "gyroscope", "magnetometer"),
        *("microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
    )
)
ON_EVERY_ANSWER = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": f"camera=(self), {NOTHING_OF_THE_DEVICE}",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def private_by_default(get_response: GetResponse) -> GetResponse:
    """Pages are for the person who asked: no cache, no frame and no other site gets them unless a view says otherwise.

    The outermost of all, so that errors, redirects and static files carry it too, whoever made them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in ON_EVERY_ANSWER.items():
            response.headers.setdefault(name, value)
        return response

    return middleware
