"""The photo floor's page and its place in the API."""

from django.urls import path

from privacy import api, views

urlpatterns = [
    path("protect/", views.protect, name="protect"),
    path("api/v1/protect/", api.ProtectView.as_view(), name="api-protect"),
]
