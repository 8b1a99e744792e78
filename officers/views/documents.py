"""Documents for everybody: the list, one document as text, and its pages as a file that no browser opens on this site.

What is not public goes through a link that dies within a minute and is one person's.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from officers import citing
from officers.models import Complaint, Department, Document, Incident, Lawsuit, Officer
from officers.querysets import keeps
from oversight import storage
from oversight.people import account

PAGE = 24
PAGES_AT_ONCE = 10
LINK_SECONDS = 60
_SALT = "officers.document"
KEYS = {"copy": "copy_key", "original": "key"}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    """The latest first; of one department by its number in the address."""
    found = Document.objects.public().select_related("department").defer("text").order_by("-pk")
    pk = _number(request.GET.get("department", ""))
    department = get_object_or_404(Department.objects.public(), pk=pk) if pk is not None else None
    if department is not None:
        found = found.filter(department=department)
    before = _number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    context = {
        "department": department,
        "documents": page[:PAGE],
        "before": before,
        "next_before": page[PAGE - 1].pk if len(page) > PAGE else None,
        "section": "find",
    }
    return render(request, "officers/document_list.html", context)


@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """What it is, what it is about, and some pages of its text."""
    shown = get_object_or_404(Document.objects.public().select_related("department"), pk=pk)
    context = {
        "document": shown,
        "facts": facts(shown),
        "about": about(shown),
        "sources": citing.of([shown]),
        "is_keeper": keeps(request.user, shown.department),
        **some_pages(request, shown),
    }
    return render(request, "officers/document.html", context)


def facts(shown: Document) -> list[tuple[str, object]]:
    return [
        ("Department", shown.department.name),
        ("Pages", shown.pages),
        ("In the record since", f"{shown.created_at:%-d %B %Y}"),
    ]


def some_pages(request: HttpRequest, shown: Document) -> dict[str, Any]:
    """Pages of the text, from the one that the address says."""
    texts = shown.texts
    start = min(max(1, _number(request.GET.get("from", "")) or 1), max(1, len(texts)))
    until = start + PAGES_AT_ONCE
    return {
        "has_text": any(texts),
        "texts": list(enumerate(texts[start - 1 : until - 1], start)),
        "earlier_from": max(1, start - PAGES_AT_ONCE) if start > 1 else None,
        "later_from": until if until <= len(texts) else None,
    }


def about(shown: Document) -> list[tuple[str, list[tuple[str, str]]]]:
    """The records that it is about, as far as everybody may see them, by kind: four queries."""
    kinds: list[tuple[str, str, QuerySet[Any], str]] = [
        ("Officers", "officer", Officer.objects.public(), "full_name"),
        ("Incidents", "incident", Incident.objects.public().select_related("department", "location"), ""),
        ("Complaints", "complaint", Complaint.objects.public().select_related("department"), ""),
        ("Lawsuits", "lawsuit", Lawsuit.objects.public().select_related("department"), ""),
    ]
    found = []
    for label, name, public, words in kinds:
        rows = public.filter(documents=shown)[:PAGE]
        named = [(getattr(row, words) if words else str(row), reverse(name, args=[row.pk])) for row in rows]
        found.append((label, named))
    return [(label, rows) for label, rows in found if rows]


@require_safe
def public_file(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """The pages as a PDF, made anew: without anything else that was in the file."""
    return _download(get_object_or_404(Document.objects.public().filter(copy_size__gt=0), pk=pk), "copy")


@require_safe
@login_required
def private_file(request: HttpRequest, pk: int, which: str) -> HttpResponse:
    """A link to what only those who keep the department may have: it dies within a minute, and is this person's."""
    found = get_object_or_404(Document.objects.kept_by(account(request)).defer("text"), pk=pk)
    if which not in KEYS or (which == "copy" and not found.copy_size):
        raise Http404
    token = signing.dumps([found.pk, which, account(request).pk], salt=_SALT)
    return redirect("document-opened", token=token)


@require_safe
@login_required
def opened_file(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    try:
        pk, which, person = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature as odd:
        raise Http404 from odd
    if person != account(request).pk:
        raise Http404
    return _download(
        get_object_or_404(Document.objects.kept_by(account(request)).defer("text"), pk=pk), which
    )


def _download(found: Document, which: str) -> StreamingHttpResponse:
    """A file to keep, never to look at here: it is a stranger's, whatever was taken out of it."""
    key = getattr(found, KEYS[which])
    if not storage.is_there(key):
        raise Http404
    name = f"{slugify(found.title)[:80] or 'document'}-{found.pk}.pdf"
    response = StreamingHttpResponse(storage.pieces(key), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
