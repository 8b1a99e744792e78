"""Addresses for keeping the record by program: the pages' own (officers/record_urls.py), below /api/v1/."""

from typing import Any

from django.urls import URLPattern, path

from officers.api.keeping import ActSerializer, KeptViewSet, PublishSerializer, RowSerializer
from officers.api.keeping_schema import documented
from officers.api.kept_history import HistoryViewSet
from officers.kinds import KINDS, Kind

ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
SHAPES = {"row": RowSerializer, "act": ActSerializer, "publish": PublishSerializer}


def _viewset(kind: Kind) -> Any:
    named = {
        "kind": kind,
        "queryset": kind.model.objects.none(),
        "__doc__": f"{kind.many} that the caller keeps.",
    }
    return documented(kind, type(f"Kept{kind.model.__name__}ViewSet", (KeptViewSet,), named), SHAPES)


def _of_kind(kind: Kind) -> list[URLPattern]:
    views, name, at = _viewset(kind), f"api-kept-{kind.name}", f"record/{kind.name}/"
    found = [
        path(at, views.as_view({"get": "list", "post": "create"}), name=f"{name}-list"),
        path(f"{at}<int:pk>/", views.as_view(ONE), name=f"{name}-detail"),
    ]
    if kind.has_drafts:
        found.append(
            path(f"{at}<int:pk>/publish/", views.as_view({"post": "publish"}), name=f"{name}-publish")
        )
    return found


urlpatterns = [
    path("record/changes/", HistoryViewSet.as_view({"get": "recent"}), name="api-changes"),
    path("record/changes/<int:pk>/revert/", HistoryViewSet.as_view({"post": "revert"}), name="api-revert"),
    path("record/acts/<slug:act>/", HistoryViewSet.as_view({"get": "act"}), name="api-act"),
    path("record/acts/<slug:act>/undo/", HistoryViewSet.as_view({"post": "undo"}), name="api-undo"),
    *(
        route for kind in KINDS.values() if not kind.added_at for route in _of_kind(kind)
    ),  # files have pages only
    path(
        "record/<slug:kind>/<int:pk>/history/",
        HistoryViewSet.as_view({"get": "of_record"}),
        name="api-record-history",
    ),
]
