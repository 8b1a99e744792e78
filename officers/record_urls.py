"""Pages on which the record is kept: routes of officers/urls.py."""

from django.urls import path

from officers.views import changes, edit

urlpatterns = [
    path("record/changes/", changes.recent, name="recent-changes"),
    path("record/changes/<int:pk>/revert/", changes.revert, name="record-revert"),
    path("record/acts/<slug:act>/", changes.act, name="record-act"),
    path("record/acts/<slug:act>/undo/", changes.undo, name="record-undo"),
    path("record/drafts/", edit.drafts, name="record-drafts"),
    path("record/<slug:kind>/add/", edit.add, name="record-add"),
    path("record/<slug:above>/<int:pk>/add/<slug:kind>/", edit.add, name="record-add-below"),
    path("record/<slug:kind>/<int:pk>/", edit.record, name="record"),
    path("record/<slug:kind>/<int:pk>/edit/", edit.edit, name="record-edit"),
    path("record/<slug:kind>/<int:pk>/delete/", edit.delete, name="record-delete"),
    path("record/<slug:kind>/<int:pk>/publish/", edit.publish, name="record-publish"),
    path("record/<slug:kind>/<int:pk>/history/", changes.of_record, name="record-history"),
    path("officers/<int:pk>/merge/", changes.merge, name="officer-merge"),
    path("merges/<int:pk>/split/", changes.split, name="officer-split"),
]
