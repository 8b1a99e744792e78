"""The API's addresses below /api/v1/. A plugin's own come before these, because the last one takes whatever is left."""

from django.urls import path, re_path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

from officers.api import docs, document_views, finding_views, keeping_urls, record_views, views

router = SimpleRouter()
router.register("departments", finding_views.DepartmentViewSet, basename="api-department")
router.register("officers", finding_views.OfficerViewSet, basename="api-officer")
for address, kind in record_views.KINDS.items():
    router.register(address, record_views.viewset(*kind), basename=f"api-{address}")
router.register("sources", record_views.SourceViewSet, basename="api-sources")
router.register("photos", views.PhotoViewSet, basename="api-photo")

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="api-docs"), name="api-start"),
    path("schema/", docs.SchemaView.as_view(), name="api-schema"),
    path("docs/", docs.DocsView.as_view(), name="api-docs"),
    path("documents/<int:pk>/text/", document_views.DocumentTextView.as_view(), name="api-documents-text"),
    *router.urls,
    *keeping_urls.urlpatterns,
    re_path(r"", docs.NowhereView.as_view()),
]
