"""The photo floor's pages and their place in the API."""

from django.urls import path

from privacy import api, quiz_views, views

urlpatterns = [
    path("protect/", views.protect, name="protect"),
    path("protect/who-is-it/", quiz_views.who_is_it, name="who-is-it"),
    path("api/v1/protect/", api.ProtectView.as_view(), name="api-protect"),
]
