"""What every page knows about the site."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "is_demo": settings.DEMO,
        "has_recognition": apps.is_installed("recognition"),
    }
