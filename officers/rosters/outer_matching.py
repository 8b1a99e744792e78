"""What rows say that leads out of the department: officers elsewhere, documents, and the department itself.

An officer elsewhere is one whom everybody may see in the department that is named, by the number that an import from
the same source gave them, or the only one of their name there. Where there is none, the row is left out: its verdict is
`absent`, and nothing is wrong with it.
"""

from typing import Any

from officers.models import Document, Incident, Officer
from officers.rosters.fields import Field
from officers.rosters.sheet import Sheet
from officers.rosters.statements import OF_SHEET, ROWS, Statements, inlined

ABSENT = "absent"
_HERE = "SELECT o.id, 1 AS rank FROM officers_officer o WHERE o.id::text = r.resolved->>'other_officer_id'"
_THERE = """
    officers_assignment a ON a.officer_id = o.id JOIN officers_department d ON d.id = a.department_id AND d.is_published
      AND lower(d.name) = lower(r.resolved->>'other_department_name')
      AND d.state_id = r.resolved->>'other_department_state'
"""
_ELSEWHERE = f"""
    SELECT o.id, 1 AS rank FROM officers_legacyid l JOIN officers_officer o ON o.id::text = l.record_id JOIN {_THERE}
    WHERE l."table" = 'officers' AND l.source = split_part(l.source, '/', 1) || '/' || %(name)s
      AND l.legacy_id = r.resolved->>'other_officer_id'
    UNION ALL SELECT min(o.id), 2 FROM officers_officer o JOIN {_THERE}
    WHERE o.last_name = r.resolved->>'other_last_name' AND o.first_name = r.resolved->>'other_first_name'
    HAVING count(DISTINCT o.id) = 1
"""
_OTHER_OFFICER = f"""
    UPDATE {ROWS} r SET
        resolved = r.resolved || jsonb_build_object('other_officer_id', coalesce(f.number, '')),
        verdict = CASE WHEN f.number = r.resolved->>'officer_id' OR f.number IS NULL THEN '{ABSENT}' ELSE '' END
    FROM (SELECT DISTINCT ON (r.id) r.id, o.id::text AS number FROM {ROWS} r LEFT JOIN LATERAL ({{known}}) k ON true
          LEFT JOIN officers_officer o ON o.id = k.id AND o.id IN ({{public}})
          WHERE {OF_SHEET} ORDER BY r.id, o.id IS NULL, k.rank, o.id) f
    WHERE r.id = f.id AND r.errors = '[]'
"""
_DEPARTMENT = f"""
    UPDATE {ROWS} r SET resolved = r.resolved || jsonb_build_object('record_id', %(department)s::text)
    WHERE {OF_SHEET} AND r.resolved->>'record' = 'department'
"""
_OF_WHAT = f"""
    UPDATE {ROWS} r SET errors = r.errors || '[{{"column": "record_id", "says": "Say what it is a source of."}}]'
    WHERE {OF_SHEET} AND r.errors = '[]' AND coalesce(r.resolved->>'record_id', '') = ''
"""
_NAMED = "coalesce(r.resolved->>'title', '') || coalesce(r.resolved->>'url', '') {0} ''"
# A document that is not at hand is named by its title, or the source would name nothing.
_DOCUMENT = f"""
    UPDATE {ROWS} r SET resolved = r.resolved || jsonb_build_object('document_id', coalesce(f.number, ''))
        || CASE WHEN f.number IS NULL AND {_NAMED.format("=")} AND r.resolved->>'document_title' <> ''
           THEN jsonb_build_object('title', r.resolved->'document_title') ELSE '{{{{}}}}' END
    FROM (SELECT r.id, v.id::text AS number FROM {ROWS} r LEFT JOIN officers_document v
            ON %(here)s AND v.id::text = r.resolved->>'document_id'
           AND (v.department_id = %(department)s OR v.id IN ({{public}}))
          WHERE {OF_SHEET}) f
    WHERE r.id = f.id AND r.resolved ? 'document_id'
"""
_NAMELESS = f"""
    UPDATE {ROWS} r SET errors = r.errors || '[{{"column": "title", "says": "Name the source, or give its address."}}]'
    WHERE {OF_SHEET} AND r.verdict = 'new' AND {_NAMED.format("=")} AND coalesce(r.resolved->>'document_id', '') = ''
"""


def resolve(say: Statements, sheet: Sheet) -> None:
    """Before rows are matched: the numbers of what they name outside."""
    if sheet.name == "careers_elsewhere":
        public = inlined(Officer.objects.public().values("pk"))
        known = _HERE if say.is_this_site else _ELSEWHERE
        say.run(_OTHER_OFFICER.format(known=known, public=public), sheet, name=say.held.source)
    elif sheet.cites:
        say.run(_DEPARTMENT, sheet)
        say.run(_OF_WHAT, sheet)
        public = inlined(Document.objects.public().values("pk"))
        say.run(_DOCUMENT.format(public=public), sheet, here=say.is_this_site)


def check(say: Statements, sheet: Sheet) -> None:
    """After that: errors that only new rows can have."""
    if sheet.cites:
        say.run(_NAMELESS, sheet)


def as_told(say: Statements, field: Field) -> str:
    """What the record `t` has, as far as an export says it: a row `r` that does not know what is hidden, or elsewhere,
    does not take it off the record."""
    shown = _in_exports(say, field)
    if shown is None:
        return field.column_now()
    return (
        f"CASE WHEN coalesce(r.resolved->>'{field.name}', '') = '' AND t.{field.db_column} NOT IN ({shown}) THEN ''"
        f" ELSE {field.column_now()} END"
    )


def _in_exports(say: Statements, field: Field) -> str | None:
    where = say.held.department_id
    found: Any = None
    if field.kind == "document":
        found = Document.objects.public()
    elif field.target == "officers" and not field.is_required:
        found = Officer.objects.public().in_department(where)
    elif field.target == "incidents":
        found = Incident.objects.public().filter(department=where)
    return None if found is None else inlined(found.values("pk"))
