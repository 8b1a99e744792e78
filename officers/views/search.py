"""One box for everything in the record."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from officers import everything

LONGEST = 200


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything with these words, by kind; with `kind` a page of that kind alone. At most twelve queries."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    kind = request.GET.get("kind", "")
    if words and kind in everything.KINDS:
        return _one_kind(request, kind, words)
    groups = [everything.group(name, words) for name in everything.KINDS] if words else []
    officers = everything.officers(words) if words else None
    context = {
        "words": words,
        "unknown_kind": kind[:40],
        "officers": officers,
        "groups": [group for group in groups if group.found],
        "is_empty": not (officers and officers.cards) and not any(group.found for group in groups),
        "section": "find",
    }
    return render(request, "officers/search.html", context)


def _one_kind(request: HttpRequest, kind: str, words: str) -> HttpResponse:
    before = request.GET.get("before", "")
    is_place = before.isascii() and before.isdigit() and len(before) < 19
    group = everything.group(kind, words, before=int(before) if is_place else None, size=everything.PAGE)
    context = {
        "words": words,
        "group": group,
        "before": before,
        "is_odd": bool(before) and not is_place,
        "section": "find",
    }
    return render(request, "officers/search_kind.html", context)
