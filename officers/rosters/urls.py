"""Pages of rosters in and out."""

from django.urls import path

from officers.views import exports, rosters

urlpatterns = [
    path("departments/<int:pk>/rosters/", rosters.send, name="roster-send"),
    path("rosters/<int:pk>/", rosters.one, name="roster"),
    path("rosters/<int:pk>/columns/", rosters.columns, name="roster-columns"),
    path("rosters/<int:pk>/status", rosters.status, name="roster-status"),
    path("rosters/<int:pk>/decide/", rosters.decide, name="roster-decide"),
    path("rosters/<int:pk>/act/", rosters.act, name="roster-act"),
    path("exports/", exports.page, name="exports"),
    path("exports/all/<slug:form>", exports.everything, name="export-everything"),
    path("exports/departments/<int:pk>/<slug:form>", exports.department, name="export-department"),
]
