"""The API's addresses below /api/v1/. A plugin's own come before these, because the last one takes whatever is left."""

from django.urls import path, re_path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

from officers.api import docs, views

router = SimpleRouter()
router.register("departments", views.DepartmentViewSet, basename="api-department")
router.register("officers", views.OfficerViewSet, basename="api-officer")
router.register("photos", views.PhotoViewSet, basename="api-photo")

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="api-docs"), name="api-start"),
    path("schema/", docs.SchemaView.as_view(), name="api-schema"),
    path("docs/", docs.DocsView.as_view(), name="api-docs"),
    *router.urls,
    re_path(r"", docs.NowhereView.as_view()),
]
