"""Addresses of flags, holds and requests to take down. Listed in officers/urls.py among the record's own."""

from django.urls import path

from officers.views import flags, moderation, takedowns

urlpatterns = [
    path("wrong/officer/<int:pk>/", flags.officer, name="flag-officer"),
    path("wrong/face/<int:pk>/", flags.face, name="flag-face"),
    path("wrong/photo/<uuid:pk>/", flags.photo, name="flag-photo"),
    path("take-down/", flags.takedown, name="takedown"),
    path("code/", flags.enter_code, name="enter-code"),
    path("code/<str:code>/", flags.ticket, name="ticket"),
    path("flags/", moderation.flags, name="flags"),
    path("flags/<int:pk>/", moderation.decide, name="flag-decide"),
    path("hidden/", moderation.held, name="held"),
    path("hidden/officer/<int:pk>/", moderation.hold_officer, name="hold-officer"),
    path("hidden/photo/<uuid:pk>/", moderation.hold_photo, name="hold-photo"),
    path("hidden/<int:pk>/end/", moderation.end_hold, name="hold-end"),
    path("requests/", takedowns.requests, name="takedowns"),
    path("requests/<int:pk>/", takedowns.one, name="takedown-request"),
]
