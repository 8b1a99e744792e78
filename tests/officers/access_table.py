"""Who gets what: a row for every page of the record and of the plugin. tests/officers/test_access.py tries them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from officers import submissions
from tests.officers import case_rows as cases
from tests.officers import moderation_rows as moderation
from tests.officers import record_rows as record
from tests.officers import roster_rows as rosters
from tests.officers.world import HAS_PLUGIN, ROLES, World

LOGIN = "login"
Arguments = Callable[[World], list[Any]]


@dataclass(frozen=True)
class Row:
    """What each role gets, in the order of ROLES; LOGIN is a redirect to the sign-in page."""

    name: str
    arguments: Arguments
    expected: tuple[object, ...]
    method: str = "get"
    query: str = ""


def page(name: str, arguments: Arguments = lambda _: [], *expected: object, **more: str) -> Row:
    """One status is everybody's."""
    statuses = expected or (200,)
    return Row(name, arguments, statuses * len(ROLES) if len(statuses) == 1 else statuses, **more)


PEOPLE_ONLY = (LOGIN, 200, 200, 200, 200)
KEEPERS_ONLY = (404, 404, 200, 404, 200)
ADMINS_ONLY = (LOGIN, 403, 403, 403)
RECORD = [
    page("home"),
    page("about-protection"),
    page("department-list"),
    page("department", lambda w: [w.a.pk]),
    page("matching-allow", lambda w: [w.b.pk], *ADMINS_ONLY, 403),  # the admin has no second factor yet
    page("matching-approve", lambda w: [w.b.pk], *ADMINS_ONLY, 403, method="post"),
    page("matching-forbid", lambda w: [w.a.pk], *ADMINS_ONLY, 302, method="post"),
    page("officer-find"),
    page("officer-suggest"),
    page("search"),
    page("officer", lambda w: [w.officer.pk]),
    page("officer", lambda w: [w.hidden.pk], 404),
    page("face-crop", lambda w: [w.face.pk]),
    page("face-crop", lambda w: [w.waiting.pk], 404),
    page("face-crop", lambda w: [w.hidden_face.pk], 404),
    page("face-crop", lambda w: [w.looked_at.faces.get().pk], *KEEPERS_ONLY),
    page("face-matching", lambda w: [w.face.pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("rendition", lambda w: [w.shown.version, "photo-320.webp"]),
    page("rendition", lambda w: [w.shown.version, "photo-9.webp"], 404),
    page("rendition", lambda w: [w.shown.version, "..%2fphoto.jpg"], 404),
    page("rendition", lambda w: [w.looked_at.publication.version, "photo-320.webp"], *KEEPERS_ONLY),
    page("photo", lambda w: [w.kept.pk]),
    page("photo", lambda w: [w.looked_at.pk], 404),
    page("publishing", lambda _: [], *PEOPLE_ONLY),
    page("publishing-look", lambda w: [w.looked_at.pk], LOGIN, *KEEPERS_ONLY[1:]),
    page("publishing-look", lambda w: [w.kept.pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("publishing-status", lambda w: [w.looked_at.pk], LOGIN, *KEEPERS_ONLY[1:]),
    page("photo-submit"),
    page("photo-thanks"),
    page("identify-start"),
    page("identify-department", lambda w: [w.a.pk]),
    page("identify-suggest"),
    page("roster-line-up", lambda w: [w.a.pk]),
    page("photo-queue", lambda _: [], *PEOPLE_ONLY),
    page("photo-sort", lambda w: [w.kept.pk], LOGIN, 302, 302, 302, 302, method="post"),
    page("photo-image", lambda w: [w.kept.pk], 404, 200, 200, 200, 200),
    page("photo-image", lambda w: [w.question.pk], 404),  # somebody's open question is nobody else's
    page("sort-break", lambda _: [], *PEOPLE_ONLY),
    page("sort-progress", lambda _: [], *PEOPLE_ONLY),
    page("photos-escalated", lambda _: [], *PEOPLE_ONLY),
    page("photo-decide", lambda w: [w.kept.pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("photo-decide", lambda w: [w.question.pk], LOGIN, 404, 404, 404, 404, method="post"),
    page("photo-known", lambda w: [w.kept.pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("photo-ask-again", lambda w: [w.kept.pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("volunteers", lambda _: [], LOGIN, 403, 200, 200, 200),
    page("tag-queue", lambda _: [], *PEOPLE_ONLY),
    page("photo-tag", lambda w: [w.kept.pk], *PEOPLE_ONLY),
    page("photo-tag", lambda w: [w.question.pk], LOGIN, 404, 404, 404, 404),
    page("photo-tag", lambda w: [w.kept.pk], LOGIN, 302, 302, 302, 302, method="post"),
    page("tag-officers", lambda w: [w.kept.pk], *PEOPLE_ONLY),
    page("tag-officers", lambda w: [w.question.pk], LOGIN, 404, 404, 404, 404),
    page("photo-nobody", lambda w: [w.kept.pk], LOGIN, 302, 302, 302, 302, method="post"),
    page("photo-nobody", lambda w: [w.question.pk], LOGIN, 404, 404, 404, 404, method="post"),
    page("photo-sort", lambda w: [w.question.pk], LOGIN, 404, 404, 404, 404, method="post"),
    page("tag-withdraw", lambda w: [w.waiting.pk], LOGIN, 404, 404, 404, 404, method="post"),  # another's
    page("tokens", lambda _: [], *PEOPLE_ONLY),
    page("token-new", lambda _: [], LOGIN, 200, 403, 403, 403),  # who keeps something needs a second factor
    page("token-revoke", lambda w: [record.token_of(w).pk], LOGIN, 404, 404, 404, 404, method="post"),
    page("jobs", lambda _: [], *ADMINS_ONLY, 200),
    page("dead-letters", lambda _: [], *ADMINS_ONLY, 200, query=f"job={submissions.ERASE}&error="),
    page("dead-letters", lambda _: [], *ADMINS_ONLY, 404),
    page("dead-letters-again", lambda _: [], *ADMINS_ONLY, 302, method="post"),
    page("job-again", lambda w: [w.given_up.pk], *ADMINS_ONLY, 302, method="post"),
    page("review", lambda _: [], *PEOPLE_ONLY),
    page("review-decide", lambda w: [w.waiting.pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("review-decide", lambda w: [w.face.pk], LOGIN, 404, 404, 404, 404, method="post"),
]
CASES = [
    page("incident-list"),
    page("incident-list", lambda _: [], query="officer=1&department=x&since=never"),
    page("incident", lambda w: [cases.incident_of(w).pk]),
    page("incident", lambda w: [record.draft_of(w).pk], 404),
    page("complaint-list"),
    page("complaint", lambda w: [cases.complaint_of(w).pk]),
    page("lawsuit-list"),
    page("lawsuit", lambda w: [cases.lawsuit_of(w).pk]),
    page("topic-list"),
    page("topic", lambda w: [cases.topic_of(w).pk]),
    page("topic", lambda w: [cases.secret_topic_of(w).pk], 404),
    page("plates", lambda _: [], query=f"number={cases.PLATE}"),
]
MODERATION = [
    page("flag-officer", lambda w: [w.officer.pk]),
    page("flag-officer", lambda w: [w.hidden.pk], 404),
    page("flag-face", lambda w: [w.face.pk]),
    page("flag-face", lambda w: [w.waiting.pk], 404),
    page("flag-photo", lambda w: [w.kept.pk]),
    page("flag-photo", lambda w: [w.question.pk], 404),
    page("takedown"),
    page("enter-code"),
    page("ticket", lambda w: [moderation.code_of(w)]),
    page("ticket", lambda _: ["k7pq-22xm-9rta-hc4w"], 404),
    page("flags", lambda _: [], *moderation.KEEPERS),
    page("flag-decide", lambda w: [moderation.flag_of(w).pk], LOGIN, 403, 400, 404, 400, method="post"),
    page("held", lambda _: [], *moderation.KEEPERS),
    page("hold-officer", lambda w: [w.officer.pk], *moderation.KEEPERS_OF_A),
    page("hold-photo", lambda w: [w.kept.pk], *moderation.KEEPERS_OF_A),
    page("hold-photo", lambda w: [w.question.pk], LOGIN, 404, 404, 404, 404),
    page("hold-end", lambda w: [moderation.hold_of(w).pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("takedowns", lambda _: [], *ADMINS_ONLY, 200),
    page("takedown-request", lambda w: [moderation.request_of(w).pk], *ADMINS_ONLY, 200),
]
KEEPING = [
    page("recent-changes", lambda _: [], *record.KEEPERS),
    page("record-drafts", lambda _: [], *record.KEEPERS),
    page("record-act", lambda w: [record.change_of(w).act], *record.OF_A),
    page("record-undo", lambda w: [record.change_of(w).act], *record.OF_A_ONLY_POST, method="post"),
    page("record-revert", lambda w: [record.change_of(w).pk], *record.OF_A_ONLY_POST, method="post"),
    page("record-add", lambda _: ["department"], *ADMINS_ONLY, 200),
    page("record-add", lambda _: ["officer"], LOGIN, 404, 404, 404, 404),  # not without a department
    page("record-add-below", lambda w: ["department", w.a.pk, "officer"], *record.OF_A),
    page("record-add-below", lambda w: ["department", w.a.pk, "incident"], *record.OF_A),
    page("record-add-below", lambda w: ["officer", w.officer.pk, "note"], *record.OF_A),
    page("record-add-below", lambda w: ["officer", w.officer.pk, "rank"], LOGIN, 404, 404, 404, 404),
    page("record", lambda w: ["department", w.a.pk], *record.OF_A),
    page("record", lambda w: ["officer", w.hidden.pk], *record.OF_A),
    page("record", lambda w: ["note", record.note_of(w).pk], *record.OF_A),
    page("record", lambda w: ["photo", w.officer.pk], LOGIN, 404, 404, 404, 404),
    page("record-edit", lambda w: ["officer", w.officer.pk], *record.OF_A),
    page("record-edit", lambda w: ["incident", record.draft_of(w).pk], *record.OF_A),
    page("record-delete", lambda w: ["officer", w.officer.pk], *record.OF_A),
    page("record-delete", lambda w: ["officer", w.officer.pk], *record.OF_A_ONLY_POST, method="post"),
    page("record-publish", lambda w: ["officer", w.hidden.pk], *record.OF_A_ONLY_POST, method="post"),
    page(
        "record-publish", lambda w: ["note", record.note_of(w).pk], LOGIN, 404, 404, 404, 404, method="post"
    ),
    page("record-history", lambda w: ["officer", w.officer.pk], *record.OF_A),
    page("officer-merge", lambda w: [w.officer.pk], *record.OF_A),
    page("officer-split", lambda w: [record.merge_of(w).pk], *record.OF_A_ONLY_POST, method="post"),
]
BOX = "x=10&y=10&w=40&h=50"
PLUGIN = [  # whoever holds the link may look; the role is of no matter
    page("transparency"),
    page("guard-alerts", lambda _: [], *ADMINS_ONLY, 200),
    page("guard-alert", lambda w: [w.alert.pk], *ADMINS_ONLY, 302, method="post"),
    page("bulk-runs", lambda _: [], *ADMINS_ONLY, 200),
    page("bulk-runs", lambda _: [], *ADMINS_ONLY, 200, query="count=1"),
    page("bulk-runs", lambda _: [], *ADMINS_ONLY, 400, method="post"),  # nothing waits to be judged
    page("bulk-run", lambda w: [w.bulk_run.pk], *ADMINS_ONLY, 200),
    page("bulk-run-status", lambda w: [w.bulk_run.pk], *ADMINS_ONLY, 200),
    page("bulk-run-act", lambda w: [w.bulk_run.pk], *ADMINS_ONLY, 302, method="post"),
    page("identify-department", lambda w: [w.b.pk], 403),  # has not allowed it
    page("identify-face", lambda w: [w.token]),
    page("identify-face", lambda _: ["no-such-token"], 404),
    page("identify-face-status", lambda w: [w.token]),
    page("identify-photo-image", lambda w: [w.token]),
    page("identify-duty", lambda w: [w.token], query=BOX),
    page("identify-duty", lambda w: [w.token], 302),
    page("identification", lambda w: [w.search.pk]),
    page("identification-status", lambda w: [w.search.pk]),
    page("identification-compare", lambda w: [w.search.pk, w.officer.pk]),
    page("identification-compare", lambda w: [w.search.pk, w.hidden.pk], 404),
    page("identification-answer", lambda w: [w.search.pk, w.officer.pk], 302, method="post"),
    page("identification-answer", lambda w: [w.search.pk, w.hidden.pk], 404, method="post"),
    page("identification-none", lambda w: [w.search.pk]),
    page("identification-new-officer", lambda w: [w.search.pk]),
    page("identification-thanks", lambda w: [w.search.pk], 302),  # nothing was given to the record yet
    page("identification-delete", lambda w: [w.search.pk]),
    page("identify-near"),
    page("identification-tell", lambda w: [w.search.pk]),
    page("identification-elsewhere", lambda w: [w.search.pk]),
    page("identification-roster", lambda w: [w.search.pk]),
    page("identification-roster-officer", lambda w: [w.search.pk, w.officer.pk]),
    page("identification-roster-officer", lambda w: [w.search.pk, w.hidden.pk], 404),
    page("identification-ask-volunteers", lambda w: [w.search.pk], 302, method="post"),
    page("identification-volunteers", lambda _: [], *PEOPLE_ONLY),
    page("likely-officers", lambda w: [w.kept.pk], LOGIN, 404, 404, 404, 404),  # no face is pointed at
    page("unnamed-faces", lambda w: [w.a.pk], LOGIN, *KEEPERS_ONLY[1:]),
    page("unnamed-faces", lambda w: [w.a.pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("identification-volunteer-answer", lambda w: [w.look.pk], LOGIN, 302, 302, 302, 302, method="post"),
    page("identification-person", lambda w: [w.look.pk], *PEOPLE_ONLY),
    page("identification-person", lambda _: [10**6], LOGIN, 404, 404, 404, 404),
]
ROSTERS = [
    page("roster-send", lambda w: [w.a.pk], LOGIN, *KEEPERS_ONLY[1:]),
    page("roster-columns", lambda w: [rosters.sent(w).pk], LOGIN, *KEEPERS_ONLY[1:]),
    page("roster", lambda w: [rosters.checked(w).pk], LOGIN, *KEEPERS_ONLY[1:]),
    page("roster-status", lambda w: [rosters.checked(w).pk], LOGIN, *KEEPERS_ONLY[1:]),
    page("roster-decide", lambda w: [rosters.checked(w).pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("roster-act", lambda w: [rosters.checked(w).pk], LOGIN, 404, 302, 404, 302, method="post"),
    page("exports"),
    page("export-department", lambda w: [w.a.pk, "csv"], method="post"),
    page("export-department", lambda w: [w.a.pk, "pdf"], 404, method="post"),
    page("export-everything", lambda _: ["csv"], method="post"),
    page("export-everything", lambda _: ["xlsx"], 404, method="post"),
]
TABLE = RECORD + CASES + MODERATION + KEEPING + ROSTERS + (PLUGIN if HAS_PLUGIN else [])
ONLY_POST = {
    "matching-approve",
    "matching-forbid",
    "photo-sort",
    "photo-decide",
    "photo-known",
    "photo-ask-again",
    "face-matching",
    "photo-nobody",
    "tag-withdraw",
    "job-again",
    "token-revoke",
    "dead-letters-again",
    "bulk-run-act",
    "review-decide",
    "identification-answer",
    "identification-ask-volunteers",
    "identification-volunteer-answer",
    "guard-alert",
    "flag-decide",
    "hold-end",
    "record-undo",
    "record-revert",
    "record-publish",
    "officer-split",
    "roster-decide",
    "roster-act",
    "export-department",
    "export-everything",
}


def address(row: Row, world: World) -> str:
    return reverse(row.name, args=row.arguments(world)) + (f"?{row.query}" if row.query else "")
