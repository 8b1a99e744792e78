"""The page "Protect a photo". The photo comes with the request, is worked on in the cage and goes back with the answer.

Our script asks for lines of JSON, so that it can show how far the work is; without it the browser waits for the page.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods
from rest_framework.throttling import BaseThrottle

from oversight.throttles import allows
from privacy import choices, options, protecting, release, uploads
from privacy.forms import ProtectForm
from privacy.outcomes import Order, Outcome
from privacy.photos import MAX_BYTES, PhotoRefused
from privacy.protecting import Events, Step
from privacy.shapes import Share
from privacy.tools.mask import LOOK_AGAIN
from privacy.turns import COME_BACK, Busy, Turns

TURNS = Turns(settings.PROTECT_AT_ONCE, settings.PROTECT_WAITING)
OFTEN = "That was a lot of photos for one hour. Come back later, or use the program on your own computer."


@uploads.bounded
@require_http_methods(["GET", "POST"])
def protect(request: HttpRequest) -> HttpResponseBase:
    """The form, and the protected photo after it."""
    if request.method != "POST":
        return _page(request, ProtectForm(initial={"tool": "mask"}), 200)
    form = ProtectForm(request.POST, request.FILES)
    if not allows(request, "protections"):
        return _refused(request, form, OFTEN, 429)
    if not form.is_valid():
        return _refused(request, form, "", 400)
    try:
        events = begin(request, form.cleaned_data["photo"], form.cleaned_data["order"])
        if uploads.wants_stream(request):
            return StreamingHttpResponse(_lines(request, form, events), content_type=uploads.STREAM)
        return render(
            request, "privacy/protect.html", _context(form) | _result(form, protecting.last(events))
        )
    except PhotoRefused as refusal:
        return _refused(request, form, refusal.sentence, 400)
    except Busy as busy:
        return _refused(request, form, busy.sentence, 503)
    except options.OptionRefused as problem:
        return _refused(request, form, problem.sentence, 400)


def begin(request: HttpRequest, photo: bytes, order: Order) -> Events:
    """What happens to a photo from now on; its first event has happened, so most refusals are raised here."""
    protecting.check(order)
    events = protecting.protect(
        photo,
        Order(order.tool, order.words, order.agreed, settings.PROTECT_THREADS),
        turns=TURNS,
        visitor=BaseThrottle().get_ident(request),  # type: ignore[arg-type]  # it reads nothing but META
        seconds=settings.PROTECT_SECONDS,
    )
    first = next(events)
    return _rest(first, events)


def _rest(first: Step | Outcome, events: Events) -> Events:
    """All events. Closing this closes them, which stops the work."""
    yield first
    yield from events


def _lines(request: HttpRequest, form: ProtectForm, events: Events) -> Iterator[str]:
    """One JSON object a line: how far the work is; last, the part of the page to show, or why there is none."""
    try:
        for event in events:
            if isinstance(event, Step):
                yield json.dumps({"share": event.share}) + "\n"
            else:
                shown = render_to_string(
                    "privacy/protected.html", _context(form) | _result(form, event), request
                )
                yield json.dumps({"page": shown}) + "\n"
    except PhotoRefused as refusal:
        yield json.dumps({"error": refusal.sentence}) + "\n"
    except Busy as busy:
        yield json.dumps({"error": busy.sentence}) + "\n"


def _refused(request: HttpRequest, form: ProtectForm, sentence: str, status: int) -> HttpResponse:
    if sentence:
        form.add_error("photo", sentence)
    if uploads.wants_stream(request):
        every = " ".join(str(words) for errors in form.errors.values() for words in errors)
        answer: HttpResponse = JsonResponse({"error": every}, status=status)
    else:
        answer = _page(request, form, status)
    if status == 503:
        answer.headers["Retry-After"] = str(COME_BACK)
    return answer


def _page(request: HttpRequest, form: ProtectForm, status: int) -> HttpResponse:
    context = _context(form) | {"fear": _fear(request.POST or request.GET)}
    return render(request, "privacy/protect.html", context, status=status)


def _fear(asked: Mapping[str, Any]) -> str:
    return "me" if asked.get("for") == "me" else "everybody"


def _context(form: ProtectForm) -> dict[str, object]:
    return {
        "form": form,
        "section": "protect",
        "release": release.TEXT,
        "most_bytes": MAX_BYTES,
        "at_home": choices.at_home(),
    }


def _result(form: ProtectForm, outcome: Outcome) -> dict[str, object]:
    """What the page shows of a protected photo, with a fresh form: boxes that were sent are among those covered now."""
    photo: bytes = form.cleaned_data["photo"]
    return {
        "form": ProtectForm(initial={name: form.data[name] for name in form.data}, auto_id="again_%s"),
        "outcome": outcome,
        "fear": _fear(form.data),
        "is_masked": form.cleaned_data["order"].tool == "mask",
        "is_replaced": form.cleaned_data["order"].tool == "replace",
        "photo_url": _data_url(outcome.jpeg),
        "picture": {"url": _data_url(outcome.preview), "width": outcome.width, "height": outcome.height},
        "said": outcome.said,
        "look_again": LOOK_AGAIN,
        "boxes": [_percents(number, box) for number, box in enumerate(outcome.boxes, 1)],
        "masks": ";".join(options.in_words(box) for box in outcome.boxes),
        "of": hashlib.sha256(photo).hexdigest(),
    }


def _percents(number: int, box: Share) -> dict[str, object]:
    left, top, width, height = (round(100 * side, 3) for side in box)
    return {
        "number": number,
        "x_percent": left,
        "y_percent": top,
        "width_percent": width,
        "height_percent": height,
    }


def _data_url(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
