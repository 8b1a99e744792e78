"""Is every lock in place, and is nothing stored that the law forbids? Asked at worker start, by /readyz and on demand.

Looks at the database's own catalogue and counts with SQL of its own, so that it does not trust the functions it audits.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

OF_EVERY_DOOR = frozenset({"gate_lock", "gate_ratchet", "gate_purge", "gate_new_epoch"})
# Triggers that are given all rows of a statement are one for each kind of statement, and one for replayed rows.
OF_EACH_CHANGE = frozenset(
    f"{name}_{change}" for name in ("gate_ratchet", "gate_purge") for change in ("moved", "gone", "replayed")
)
GUARDED: dict[str, frozenset[str]] = {
    "officers_department": OF_EVERY_DOOR | {"gate_moves"},
    "officers_departmentstate": OF_EVERY_DOOR | {"gate_moves"},
    "officers_prohibitedplace": OF_EVERY_DOOR,
    "officers_assignment": OF_EVERY_DOOR | OF_EACH_CHANGE,
    "officers_officer": OF_EVERY_DOOR | {"gate_photos_of_officer", "gate_remember", "gate_purge_deleted"},
    "officers_photo": OF_EVERY_DOOR
    | {"gate_remember", "gate_purge_deleted", "gate_ratchet_look", "gate_ratchet_look_later"},
    "officers_photofiling": frozenset({"gate_lock", "gate_ratchet"}),
    "officers_face": frozenset({"gate_lock", "gate_ratchet", "gate_purge", "gate_purge_deleted"}),
    "recognition_facetemplate": frozenset({"gate_guard", "gate_lock", "gate_wipe_is_due"}),
    "recognition_candidate": frozenset({"gate_guard", "gate_lock"}),
    "recognition_identification": frozenset({"gate_lock", "gate_purge", "gate_purge_deleted"}),
}
"""The triggers that must be there, on which table, and set to ALWAYS. A test holds the list complete."""

READ_ONLY = (
    "officers_state",
    "officers_prohibitedplace",
    "gate_epoch",
    "gate_memory",
    "gate_looks",
    "gate_wipe_due",
)
UNLOGGED = ("recognition_facetemplate", "recognition_candidate")

# The law once more, in plain joins: which departments permit matching today.
ALLOWED = """
    SELECT d.id FROM officers_department d
    WHERE d.is_facial_recognition_allowed AND d.recognition_review_due >= (now() AT TIME ZONE 'UTC')::date
      AND d.state_id <> 'IL'
      AND NOT EXISTS (SELECT FROM officers_departmentstate s WHERE s.department_id = d.id AND s.state_id = 'IL')
      AND NOT EXISTS (
        SELECT FROM officers_prohibitedplace p
        WHERE p.valid_from <= (now() AT TIME ZONE 'UTC')::date
          AND (p.valid_to IS NULL OR p.valid_to > (now() AT TIME ZONE 'UTC')::date)
          AND ((p.state_id = d.state_id AND (d.county = '' OR p.county IN ('', d.county))
                AND (d.city = '' OR p.city IN ('', d.city)))
            OR p.state_id IN (SELECT s.state_id FROM officers_departmentstate s WHERE s.department_id = d.id)))
"""
FORBIDDEN_TEMPLATES = f"""
    WITH allowed AS ({ALLOWED})
    SELECT count(*) FROM recognition_facetemplate t
    JOIN officers_officer o ON o.id = t.officer_id JOIN officers_photo p ON p.id = t.photo_id
    WHERE o.ever_prohibited OR p.ever_prohibited OR p.department_id NOT IN (SELECT id FROM allowed)
       OR NOT EXISTS (SELECT FROM officers_assignment a WHERE a.officer_id = o.id)
       OR EXISTS (SELECT FROM officers_assignment a
                  WHERE a.officer_id = o.id AND a.department_id NOT IN (SELECT id FROM allowed))
"""  # noqa: S608 - our own constants
FORBIDDEN_CANDIDATES = f"""
    WITH allowed AS ({ALLOWED})
    SELECT count(*) FROM recognition_candidate c
    JOIN recognition_identification i ON i.id = c.identification_id
    JOIN officers_officer o ON o.id = c.officer_id JOIN officers_photo p ON p.id = i.photo_id
    WHERE o.ever_prohibited OR p.ever_prohibited OR i.department_id NOT IN (SELECT id FROM allowed)
       OR EXISTS (SELECT FROM officers_assignment a
                  WHERE a.officer_id = o.id AND a.department_id NOT IN (SELECT id FROM allowed))
"""  # noqa: S608 - our own constants
UNMARKED = """
    SELECT count(*) FROM officers_officer o JOIN officers_assignment a ON a.officer_id = o.id
    JOIN officers_department d ON d.id = a.department_id
    WHERE NOT o.ever_prohibited AND d.state_id = 'IL'
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be. `code` is stable; `detail` names tables, never people."""

    code: str
    detail: str


def findings() -> list[Finding]:
    """Everything that is wrong; an empty list is the proof that was asked for."""
    return [*_triggers(), *_functions(), *_roles(), *_tables(), *_rows()]


def _rows_of(statement: str, *parameters: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall())


def _number(statement: str, *parameters: str) -> int:
    return int(str(_rows_of(statement, *parameters)[0][0]))


def _triggers() -> list[Finding]:
    present = {
        (str(table), str(name)): str(enabled)
        for table, name, enabled in _rows_of(
            "SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgname LIKE 'gate%%'"
        )
    }
    wanted = [(table, name) for table, names in GUARDED.items() for name in sorted(names)]
    missing = [
        Finding("trigger_missing", f"{name} on {table}")
        for table, name in wanted
        if (table, name) not in present
    ]
    weak = [
        Finding("trigger_not_always", f"{name} on {table}")
        for (table, name), enabled in present.items()
        if enabled != "A"
    ]
    return missing + weak


def _functions() -> list[Finding]:
    rows = _rows_of(
        "SELECT p.proname, pg_get_userbyid(p.proowner), array_to_string(p.proconfig, ',') FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'"
        " AND (p.proname LIKE 'gate%%' OR p.proname IN ('seal_audit', 'audit_row_text'))"
    )
    found = [
        Finding("search_path_not_pinned", str(name))
        for name, _, config in rows
        if "search_path=pg_catalog, public, pg_temp" not in str(config)
    ]
    if settings.DATABASE_OWNER_URL:
        found += [
            Finding("function_owned_by_app", str(name))
            for name, owner, _ in rows
            if owner == settings.APP_DATABASE_ROLE
        ]
    return found or ([] if rows else [Finding("functions_missing", "the law is not in the database")])


def _roles() -> list[Finding]:
    """What the app's role must not be able to do. Where one role does everything, that is the finding."""
    role = settings.APP_DATABASE_ROLE
    if not settings.DATABASE_OWNER_URL:
        return [Finding("one_role", "the app's role owns its own locks")] if settings.PRODUCTION else []
    found = []
    strong = "rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication"
    if _number(f"SELECT count(*) FROM pg_roles WHERE rolname = %s AND ({strong})", role):  # noqa: S608
        found.append(Finding("role_too_strong", role))
    if _number("SELECT has_database_privilege(%s, current_database(), 'TEMP')::int", role):
        found.append(Finding("role_may_make_temporary_tables", role))
    found += [
        Finding("table_owned_by_app", str(name))
        for (name,) in _rows_of(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = %s", role
        )
    ]
    found += [
        Finding("app_may_change", table)
        for table in READ_ONLY
        if _number("SELECT has_table_privilege(%s, %s, 'INSERT, UPDATE, DELETE, TRUNCATE')::int", role, table)
    ]
    if _number(
        "SELECT has_table_privilege(%s, 'oversight_auditevent', 'UPDATE, DELETE, TRUNCATE')::int", role
    ):
        found.append(Finding("app_may_change", "oversight_auditevent"))
    return found


def _tables() -> list[Finding]:
    found = [
        Finding("table_is_logged", table)
        for table in UNLOGGED
        if not _number("SELECT count(*) FROM pg_class WHERE relname = %s AND relpersistence = 'u'", table)
    ]
    constraint = (
        "SELECT count(*) FROM pg_constraint WHERE conname = 'no_face_matching_in_illinois' AND convalidated"
    )
    if not _number(constraint):
        found.append(Finding("constraint_missing", "no_face_matching_in_illinois"))
    return found


def _rows() -> list[Finding]:
    counted = {
        "forbidden_templates": _number(FORBIDDEN_TEMPLATES),
        "forbidden_candidates": _number(FORBIDDEN_CANDIDATES),
        "officers_not_marked": _number(UNMARKED),
        "prohibitions_not_reviewed": _number(
            "SELECT count(*) FROM officers_prohibitedplace WHERE reviewed_on < current_date - 366"
        ),
    }
    return [Finding(code, str(number)) for code, number in counted.items() if number]


def purge() -> int:
    """Delete what the law forbids now. Returns how many templates went."""
    return _number("SELECT gate_purge_now()")
