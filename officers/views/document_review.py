"""Sending a document, and the look without which nobody else sees it: for those who keep the department."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from officers import documents, private_details, records
from officers.document_forms import SendDocumentForm
from officers.models import Complaint, Document, Incident, Lawsuit, Officer
from officers.problems import NotPossible
from officers.querysets import keeps
from officers.views.documents import about, facts, some_pages
from oversight.people import account
from oversight.throttles import allows
from privacy.pdfs import MOST_BYTES, PdfRefused

PAGE = 24
MOST_PLACES = 60
State = Document.ReviewState
WORDS = {
    State.WAITING: "Waiting for a look",
    State.APPROVED: "Public",
    State.REFUSED: "Not to be published",
}
UNREADABLE = "unreadable"
TOO_MANY = "That is a lot at once. Come back in an hour and send the next one."
ABOUT = {"officer": Officer, "incident": Incident, "complaint": Complaint, "lawsuit": Lawsuit}


@login_required
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """One PDF. Whoever keeps the department goes on to read it; everybody else is thanked."""
    form = SendDocumentForm(
        request.POST or None, request.FILES or None, user=account(request), initial=request.GET
    )
    received = _received(request, form) if request.method == "POST" and form.is_valid() else None
    if received is not None and keeps(request.user, received.document.department):
        if not received.is_new:
            messages.warning(request, "This file is here already.")
        return redirect("document-review", pk=received.document.pk)
    if received is not None:
        return redirect("document-sent")
    context = {"form": form, "most_bytes": MOST_BYTES, "about": list(_asked(request).values())}
    return render(request, "officers/document_send.html", context, status=400 if form.errors else 200)


def _received(request: HttpRequest, form: SendDocumentForm) -> documents.Received | None:
    """What was taken in, or None with the reason in the form."""
    if not allows(request, "photos"):
        form.add_error(None, TOO_MANY)
        return None
    sent_with = form.cleaned_data
    try:
        return documents.receive(
            data=sent_with["file"].read(),
            title=sent_with["title"],
            description=sent_with["description"],
            department=sent_with["department"],
            by=account(request),
            about={f"{name}s": [record] for name, record in _asked(request).items()},
        )
    except PdfRefused as refused:
        form.add_error("file", refused.sentence)
        return None


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The record from whose page somebody came, if they may see it: the document is about that."""
    found: dict[str, Any] = {}
    for name, model in ABOUT.items():
        number = request.GET.get(name, "")
        if number.isascii() and number.isdecimal() and len(number) < 19:
            objects: Any = model._default_manager
            either = objects.public().filter(pk=number), objects.kept_by(account(request)).filter(pk=number)
            record = either[0].first() or either[1].first()
            found |= {name: record} if record else {}
    return found


@require_safe
@login_required
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "officers/document_sent.html")


@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Documents of one's departments that wait for a look; by `?state=` those decided on, or not readable."""
    asked = request.GET.get("state", "")
    mine = Document.objects.kept_by(account(request)).select_related("department").defer("text")
    if asked == UNREADABLE:
        rows = mine.exclude(trouble="")
    else:
        asked = asked if asked in WORDS else State.WAITING
        rows = mine.filter(review_state=asked)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "state": asked,
        "states": [
            *((state.value, words) for state, words in WORDS.items()),
            (UNREADABLE, "Could not be read"),
        ],
        "documents": page[:PAGE],
        "next_before": page[PAGE - 1].pk if len(page) > PAGE else None,
    }
    return render(request, "officers/documents_waiting.html", context)


def _mine(request: HttpRequest, pk: int) -> Document:
    kept = Document.objects.kept_by(account(request)).select_related("department", "reviewed_by")
    found: Document = get_object_or_404(kept, pk=pk)
    return found


@login_required
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is known of a document, its text, what in it may be private, and the decision."""
    found = _mine(request, pk)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, found))
        except (NotPossible, records.ChangedMeanwhile) as refused:
            messages.error(request, str(refused))
            return redirect("document-review", pk=pk)
        if request.POST.get("do") in {"publish", "refuse"}:
            return redirect("documents-waiting")
        return redirect("document-review", pk=pk)
    places, is_more = _places(found)
    context = {
        "document": found,
        "facts": facts(found),
        "about": about(found),
        "places": places,
        "is_more": is_more,
        "is_being_read": found.text_read_at is None and not found.trouble and documents.is_being_read(found),
        **some_pages(request, found),
    }
    return render(request, "officers/document_review.html", context)


def _act(request: HttpRequest, found: Document) -> str:
    """Do what the pressed button says; the sentence for the next page. Raises NotPossible, ChangedMeanwhile."""
    by, why, version = account(request), request.POST.get("why", "")[:300], request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "publish": (
            lambda: documents.publish(document=found, seen=seen, by=by, why=why),
            "Published. Everybody can read and find it now.",
        ),
        "refuse": (
            lambda: documents.refuse(document=found, seen=seen, by=by, why=why),
            "Not published. Only those who keep the department see it.",
        ),
        "again": (
            lambda: documents.reconsider(document=found, seen=seen, by=by, why=why),
            "It waits for a look again.",
        ),
        "read": (lambda: documents.read_again(document=found, by=by), "It is being read once more."),
    }
    if request.POST.get("do") not in acts:
        raise NotPossible("Nothing was done: choose one of the buttons.")
    act, said = acts[request.POST["do"]]
    act()
    return said


def _places(found: Document) -> tuple[list[tuple[int, private_details.Place]], bool]:
    """What in the text may be private, with its page."""
    every = (
        (number, place)
        for number, text in enumerate(found.texts, 1)
        for place in private_details.places_in(text)
    )
    places = list(islice(every, MOST_PLACES + 1))
    return places[:MOST_PLACES], len(places) > MOST_PLACES


@require_safe
@login_required
def status(request: HttpRequest, pk: int) -> JsonResponse:
    """For the page that waits until it is read."""
    found = _mine(request, pk)
    is_over = found.text_read_at is not None or found.trouble or not documents.is_being_read(found)
    return JsonResponse({"state": "done" if is_over else "working"})
