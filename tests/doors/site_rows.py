"""Who gets what of the rest of the site: the API, accounts, the administration, the office, health, protecting a photo.

With tests/officers/access_table.py this is the whole matrix: tests/doors/test_matrix.py walks every address there is.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model

from oversight.models import User
from tests.officers import document_rows as files
from tests.officers.access_table import ADMINS_ONLY, LOGIN, PEOPLE_ONLY, Row, page
from tests.officers.world import HAS_PLUGIN, World

NONE = 10**9  # the number of nobody and nothing
GONE = (302, 302, 302, 302)  # for who is signed in already
NOTHING_TO_SHOW = (LOGIN, 403, 403, 403, 403)  # these accounts have neither a password nor a second factor
BY_KEY = (401,)
NO_FACTOR = (LOGIN, 404, 404, 404, 404)
HEALTH = [
    page("healthz"),
    page("healthz", lambda _: [], 405, method="post"),
    page("readyz"),
    page("metrics", lambda _: [], 404),  # without the token there is no such page, for admins neither
]
OFFICE = [
    page("figures", lambda _: [], *ADMINS_ONLY, 200),
    page("audit-log", lambda _: [], *ADMINS_ONLY, 200),
    page("audit-log", lambda _: [], *ADMINS_ONLY, 200, query="check=1"),
    page("audit-download", lambda _: [], *ADMINS_ONLY, 200, method="post"),
    page("audit-download", lambda _: [], *ADMINS_ONLY[:1], 405, 405, 405, 405),
]
PROTECT = [
    page("protect"),
    page("protect", lambda _: [], 400, method="post"),
    page("who-is-it"),
    page("who-is-it", lambda _: [], 400, query="round=made-up"),
    page("who-is-it", lambda _: [], 405, method="post"),
    page("api-protect", lambda _: [], 405),
    page("api-protect", lambda _: [], 400, method="post"),
]
API = [
    page("api-start", lambda _: [], 302),
    page("api-schema"),
    page("api-docs"),
    page("api-department-list"),
    page("api-department-detail", lambda w: [w.a.pk]),
    page("api-department-detail", lambda _: [NONE], 404),
    page("api-officer-list"),
    page("api-officer-detail", lambda w: [w.officer.pk]),
    page("api-officer-detail", lambda w: [w.hidden.pk], 404),
    page("api-photo-list", lambda _: [], 405),
    page("api-photo-list", lambda _: [], 400, method="post"),
    page("api-photo-detail", lambda w: [w.kept.pk]),
    page("api-photo-detail", lambda _: ["0b5f0c9e-7f5c-4a52-8a39-5c4bde9e1d6a"], 404),
]
PUBLIC = [
    "assignments",
    "ranks",
    "units",
    "salaries",
    "aliases",
    "certifications",
    "descriptions",
    "careers",
    "incidents",
    "plates",
    "complaints",
    "allegations",
    "findings",
    "penalties",
    "lawsuits",
    "parties",
    "documents",
    "links",
    "topics",
    "faces",
    "published-photos",
]
API += [page(f"api-{name}-list") for name in PUBLIC]
API += [page(f"api-{name}-detail", lambda _: [NONE], 404) for name in PUBLIC]
API += [page("api-officer-facets"), page("api-sources-list", lambda _: [], 400)]  # sources of what?
API += [page("api-sources-detail", lambda _: [NONE], 404)]
API += [
    page("api-documents-text", lambda w: [files.stored_of(w).pk]),
    page("api-documents-text", lambda w: [files.waiting_of(w).pk], 404),
]
# Keeping the record by program asks for a key: a session opens none of these doors.
KEPT = [
    "department",
    "officer",
    "rank",
    "unit",
    "incident",
    "complaint",
    "lawsuit",
    "assignment",
    "salary",
    "officeralias",
    "certification",
    "description",
    "note",
    "careerlink",
    "allegation",
    "finding",
    "penalty",
    "lawsuitparty",
    "link",
    "citation",
]
DRAFTS = ["department", "officer", "incident", "complaint", "lawsuit"]
for _name in KEPT:
    API += [
        page(f"api-kept-{_name}-list", lambda _: [], *BY_KEY, method=method) for method in ("get", "post")
    ]
    API += [
        page(f"api-kept-{_name}-detail", lambda _: [1], *BY_KEY, method=method)
        for method in ("get", "patch", "delete")
    ]
API += [page(f"api-kept-{name}-publish", lambda _: [1], *BY_KEY, method="post") for name in DRAFTS]
API += [
    page("api-changes", lambda _: [], *BY_KEY),
    page("api-revert", lambda _: [1], *BY_KEY, method="post"),
    page("api-act", lambda _: ["0" * 32], *BY_KEY),
    page("api-undo", lambda _: ["0" * 32], *BY_KEY, method="post"),
    page("api-record-history", lambda _: ["officer", 1], *BY_KEY),
]
PLUGIN_API = [
    page("api-identification-list", lambda _: [], 405),
    page("api-identification-list", lambda _: [], 400, method="post"),
    page("api-identification-detail", lambda w: [w.search.pk]),
    page("api-identification-confirm", lambda w: [w.search.pk], 400, method="post"),
    page("api-identification-deny", lambda w: [w.search.pk], 400, method="post"),
    page("api-identification-none", lambda w: [w.search.pk], method="post"),
    page("api-identification-new-officer", lambda w: [w.search.pk], 400, method="post"),
]
ACCOUNTS = [
    page("account_login", lambda _: [], 200, *GONE),
    page("account_logout", lambda _: [], 302, 200, 200, 200, 200),
    page("account_inactive"),
    page("account_signup", lambda _: [], 200, *GONE),
    page("account_reauthenticate", lambda _: [], *NOTHING_TO_SHOW),
    page("account_email", lambda _: [], *PEOPLE_ONLY),
    page("account_email_verification_sent"),
    page("account_confirm_email", lambda _: ["no-such-key"]),
    page("account_change_password", lambda _: [], LOGIN, *GONE),
    page("account_set_password", lambda _: [], *PEOPLE_ONLY),
    page("account_reset_password"),
    page("account_reset_password_done"),
    page("account_reset_password_from_key", lambda _: ["1", "no-such-key"]),
    page("account_reset_password_from_key_done"),
    page("account_confirm_login_code", lambda _: [], LOGIN, *GONE),
    page("mfa_index", lambda _: [], *PEOPLE_ONLY),
    page("mfa_authenticate", lambda _: [], LOGIN, *GONE),
    page("mfa_reauthenticate", lambda _: [], *NOTHING_TO_SHOW),
    page("mfa_reauthenticate_webauthn", lambda _: [], *NOTHING_TO_SHOW),
    page("mfa_activate_totp", lambda _: [], *PEOPLE_ONLY),
    page("mfa_deactivate_totp", lambda _: [], *NO_FACTOR),
    page("mfa_view_recovery_codes", lambda _: [], *NO_FACTOR),
    page("mfa_generate_recovery_codes", lambda _: [], *PEOPLE_ONLY),
    page("mfa_download_recovery_codes", lambda _: [], *NO_FACTOR),
    page("mfa_list_webauthn", lambda _: [], *PEOPLE_ONLY),
    page("mfa_add_webauthn", lambda _: [], *PEOPLE_ONLY),
    page("mfa_edit_webauthn", lambda _: [NONE], *NO_FACTOR),
    page("mfa_remove_webauthn", lambda _: [NONE], *NO_FACTOR),
]
# Without `is_staff` the administration is closed to everybody, admins too; `keys` says what those with it get.
CLOSED = (302,) * 5
READ_ONLY = {"oversight.auditevent", "oversight.outboxentry", "mfa.authenticator"}


def administration() -> Iterator[tuple[Row, int]]:
    """A row for each page of each model, and what an admin with the keys gets."""
    fixed = {"index": 200, "login": 302, "password_change": 302, "password_change_done": 200, "jsi18n": 200}
    for name, status in fixed.items():
        yield page(f"admin:{name}", lambda _: [], *CLOSED), status
    yield page("admin:autocomplete", lambda _: [], *CLOSED), 403
    yield page("admin:view_on_site", lambda _: [1, 1], *CLOSED), 404
    yield page("admin:app_list", lambda _: ["oversight"], *CLOSED), 200
    yield page("admin:logout", lambda _: [], *CLOSED, method="post"), 200
    yield page("admin:auth_user_password_change", lambda _: [NONE], *CLOSED), 404
    for model in admin.site._registry:
        yield from _of_model(model)


def _of_model(model: type[Model]) -> Iterator[tuple[Row, int]]:
    label = model._meta.label_lower
    start = f"admin:{label.replace('.', '_')}"
    yield page(f"{start}_changelist", lambda _: [], *CLOSED), 200
    yield page(f"{start}_add", lambda _: [], *CLOSED), 403 if label in READ_ONLY else 200
    for what in ("change", "delete", "history"):  # back to the list, where there is no such row
        is_refused = what == "delete" and label in READ_ONLY - {"mfa.authenticator"}
        yield page(f"{start}_{what}", _nobody, *CLOSED), 403 if is_refused else 302


def _nobody(_world: World) -> list[Any]:
    return [NONE]


TABLE = HEALTH + OFFICE + PROTECT + API + ACCOUNTS + (PLUGIN_API if HAS_PLUGIN else [])


def with_keys() -> User:
    from tests import factories

    return factories.user(User.Role.ADMIN, is_staff=True, is_superuser=True)
