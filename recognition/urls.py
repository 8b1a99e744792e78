"""The plugin's pages. It takes over `identify-department` from the record, which has only the roster there."""

from django.urls import path

from recognition.views import alerts, answer, ask, bulk, likely, roster, search, unnamed, volunteer, where
from recognition.views.transparency import transparency

urlpatterns = [
    path("alerts/", alerts.alerts, name="guard-alerts"),
    path("alerts/<int:pk>/", alerts.decide, name="guard-alert"),
    path("jobs/photos/", bulk.runs, name="bulk-runs"),
    path("jobs/photos/<int:pk>/", bulk.run, name="bulk-run"),
    path("jobs/photos/<int:pk>/status", bulk.status, name="bulk-run-status"),
    path("jobs/photos/<int:pk>/act/", bulk.act, name="bulk-run-act"),
    path("transparency/", transparency, name="transparency"),
    path("who/near/", where.near, name="identify-near"),
    path("who/asked/", volunteer.queue, name="identification-volunteers"),
    path("who/asked/<int:pk>/", volunteer.answer, name="identification-volunteer-answer"),
    path("who/asked/<int:pk>.jpg", volunteer.person_image, name="identification-person"),
    path("who/tagging/<uuid:pk>/", likely.officers, name="likely-officers"),
    path("who/unnamed/<int:department>/", unnamed.faces, name="unnamed-faces"),
    path("who/<int:pk>/", ask.photo, name="identify-department"),
    path("who/face/<str:token>/", ask.face, name="identify-face"),
    path("who/face/<str:token>/status", ask.face_status, name="identify-face-status"),
    path("who/face/<str:token>/photo.jpg", ask.photo_image, name="identify-photo-image"),
    path("who/duty/<str:token>/", ask.duty, name="identify-duty"),
    path("who/search/<uuid:pk>/", search.result, name="identification"),
    path("who/search/<uuid:pk>/status", search.status, name="identification-status"),
    path("who/search/<uuid:pk>/tell/", answer.tell, name="identification-tell"),
    path("who/search/<uuid:pk>/volunteers/", answer.ask_volunteers, name="identification-ask-volunteers"),
    path("who/search/<uuid:pk>/elsewhere/", where.elsewhere, name="identification-elsewhere"),
    path("who/search/<uuid:pk>/roster/", roster.beside_probe, name="identification-roster"),
    path("who/search/<uuid:pk>/roster/<int:officer>/", roster.officer, name="identification-roster-officer"),
    path("who/search/<uuid:pk>/compare/<int:officer>/", answer.compare, name="identification-compare"),
    path("who/search/<uuid:pk>/answer/<int:officer>/", answer.answer, name="identification-answer"),
    path("who/search/<uuid:pk>/none/", answer.none_of_these, name="identification-none"),
    path("who/search/<uuid:pk>/new/", answer.new_officer, name="identification-new-officer"),
    path("who/search/<uuid:pk>/thanks/", answer.thanks, name="identification-thanks"),
    path("who/search/<uuid:pk>/delete/", answer.delete, name="identification-delete"),
]
