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


def private_by_default(get_response: GetResponse) -> GetResponse:
    """Pages are for the person who asked: no cache keeps them unless a view says otherwise."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), geolocation=(), microphone=(), interest-cohort=()"
        )
        return response

    return middleware
