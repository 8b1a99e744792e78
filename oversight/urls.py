"""Every address. A plugin that is not installed brings none."""

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from oversight import health, office

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", office.metrics, name="metrics"),
    path("figures/", office.show_figures, name="figures"),
    path("audit/", office.audit_log, name="audit-log"),
    path("audit/download/", office.audit_download, name="audit-download"),
    path("accounts/", include("allauth.urls")),
    path("administration/", admin.site.urls),
    path("", include("privacy.urls")),
    path("api/v1/", include("officers.api.urls")),
    path("", include("officers.urls")),
]
if apps.is_installed("recognition"):
    urlpatterns = [
        path("api/v1/", include("recognition.api_urls")),
        path("", include("recognition.urls")),
        *urlpatterns,
    ]
