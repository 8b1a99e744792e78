"""Two pages that fail, for the tests of what failures carry."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from oversight.urls import urlpatterns as ours


def breaks(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def suspects(_request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


urlpatterns = [path("breaks", breaks), path("suspects", suspects), *ours]
