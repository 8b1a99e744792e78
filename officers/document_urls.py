"""Addresses of documents. Listed in officers/urls.py among the record's own."""

from django.urls import path

from officers.views import document_review, documents

urlpatterns = [
    path("documents/", documents.document_list, name="document-list"),
    path("documents/send/", document_review.send, name="document-send"),
    path("documents/sent/", document_review.sent, name="document-sent"),
    path("documents/waiting/", document_review.waiting, name="documents-waiting"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/file/", documents.public_file, name="document-file"),
    path("documents/<int:pk>/review/", document_review.review, name="document-review"),
    path("documents/<int:pk>/status", document_review.status, name="document-status"),
    path("documents/<int:pk>/private/<slug:which>/", documents.private_file, name="document-private"),
    path("documents/opened/<str:token>/", documents.opened_file, name="document-opened"),
]
