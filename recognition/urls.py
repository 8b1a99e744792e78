"""The plugin's pages. It takes over `identify-department` from the record, which has only the roster there."""

from django.urls import path

from recognition.views import alerts, answer, ask, search
from recognition.views.transparency import transparency

urlpatterns = [
    path("alerts/", alerts.alerts, name="guard-alerts"),
    path("alerts/<int:pk>/", alerts.decide, name="guard-alert"),
    path("transparency/", transparency, name="transparency"),
    path("who/<int:pk>/", ask.photo, name="identify-department"),
    path("who/face/<str:token>/", ask.face, name="identify-face"),
    path("who/face/<str:token>/status", ask.face_status, name="identify-face-status"),
    path("who/face/<str:token>/photo.jpg", ask.photo_image, name="identify-photo-image"),
    path("who/face/<str:token>/<int:number>.jpg", ask.head_image, name="identify-head-image"),
    path("who/duty/<str:token>/", ask.duty, name="identify-duty"),
    path("who/search/<uuid:pk>/", search.result, name="identification"),
    path("who/search/<uuid:pk>/status", search.status, name="identification-status"),
    path("who/search/<uuid:pk>/probe.jpg", search.probe_image, name="identification-probe"),
    path("who/search/<uuid:pk>/compare/<int:officer>/", answer.compare, name="identification-compare"),
    path("who/search/<uuid:pk>/answer/<int:officer>/", answer.answer, name="identification-answer"),
    path("who/search/<uuid:pk>/none/", answer.none_of_these, name="identification-none"),
    path("who/search/<uuid:pk>/new/", answer.new_officer, name="identification-new-officer"),
    path("who/search/<uuid:pk>/thanks/", answer.thanks, name="identification-thanks"),
    path("who/search/<uuid:pk>/delete/", answer.delete, name="identification-delete"),
]
