"""What a load would change: every row beside its record, field by field; and who of the department is in no row."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from officers.rosters import outer_matching
from officers.rosters.fields import Field
from officers.rosters.matching import sheets_in
from officers.rosters.sheets import BY_NAME, Sheet
from officers.rosters.statements import OF_SHEET, ROWS, Statements

# OFFSET 0, or what is known would be put together anew for every field.
_COMPARE = f"""
    UPDATE {ROWS} r SET changes = d.changes, verdict = CASE WHEN d.changes = '{{{{}}}}' THEN 'same' ELSE 'changed' END
    FROM (SELECT r.id, coalesce((
              SELECT jsonb_object_agg(said.key, jsonb_build_array(known.now->said.key, said.value))
              FROM jsonb_each(r.resolved) said
              WHERE known.now ? said.key AND known.now->said.key <> said.value), '{{{{}}}}') AS changes
          FROM {ROWS} r CROSS JOIN LATERAL (
              SELECT jsonb_build_object({{now}}) AS now FROM {{table}} t WHERE t.id = r.record_id OFFSET 0) known
          WHERE {OF_SHEET} AND r.verdict = '') d
    WHERE r.id = d.id
"""
# Name, race and the rest are kept by the department where somebody works now (docs/decisions/0015-rules.md).
_KEPT_ELSEWHERE = f"""
    UPDATE {ROWS} r SET changes = '{{}}', verdict = 'same' WHERE {OF_SHEET} AND r.verdict = 'changed'
      AND EXISTS (SELECT FROM officers_assignment a WHERE a.officer_id = r.record_id
                  AND (a.end_date IS NULL OR a.end_date >= now()))
      AND NOT EXISTS (SELECT FROM officers_assignment a WHERE a.officer_id = r.record_id
                      AND a.department_id = %(department)s AND (a.end_date IS NULL OR a.end_date >= now()))
"""
_IN_ORDER = f"""
    UPDATE {ROWS} r SET errors = r.errors || jsonb_build_array(
        jsonb_build_object('column', %(last)s::text, 'says',
            'That is before ' || f.first || ', in ' || %(first)s || '.'))
    FROM (SELECT r.id,
            nullif(coalesce(r.resolved->>%(first)s, t.{{first}}::text, ''), '') AS first,
            nullif(coalesce(r.resolved->>%(last)s, t.{{last}}::text, ''), '') AS last
          FROM {ROWS} r LEFT JOIN {{table}} t ON t.id = r.record_id WHERE {OF_SHEET}) f
    WHERE r.id = f.id AND f.last < f.first
"""
ORDERS = {
    "assignments": ("start_date", "resign_date"),
    "complaints": ("received_on", "closed_on"),
    "lawsuits": ("filed_on", "closed_on"),
}
_NO_DAY = f"""
    UPDATE {ROWS} r SET errors = r.errors
        || jsonb_build_array(jsonb_build_object('column', 'time', 'says', 'Give the day too, or leave the time out.'))
    FROM (SELECT r.id, coalesce(r.resolved->>'date', t.date::text, '') AS day,
            coalesce(r.resolved->>'time', t.time::text, '') AS time
          FROM {ROWS} r LEFT JOIN officers_incident t ON t.id = r.record_id WHERE {OF_SHEET}) f
    WHERE r.id = f.id AND f.day = '' AND f.time <> ''
"""
_WRONG = f"UPDATE {ROWS} SET verdict = 'wrong' WHERE roster_id = %(roster)s AND errors <> '[]'"
MISSING = f"""
    FROM officers_assignment t JOIN officers_officer o ON o.id = t.officer_id
    WHERE t.department_id = %(department)s AND (t.end_date IS NULL OR t.end_date > %(day)s)
      AND (t.start_date IS NULL OR t.start_date <= %(day)s)
      AND NOT EXISTS (SELECT FROM {ROWS} s WHERE s.roster_id = %(roster)s AND s.sheet = 'officers'
                      AND s.record_id = t.officer_id)
"""
_END_THEM = f"""
    INSERT INTO {ROWS} (roster_id, sheet, "table", line, key, cells, resolved, cell_errors, errors, record_id,
                        verdict, matched_by, fingerprint, changes, candidates)
    SELECT %(roster)s, 'assignments', 999, 0, '', '{{}}', '{{}}', '[]', '[]', t.id, 'changed', 'missing', '',
        jsonb_build_object('resign_date', jsonb_build_array(coalesce(t.end_date::text, ''), %(day)s::text)), '[]'
    {MISSING} ORDER BY t.id
"""


def compare(say: Statements) -> None:
    """Fill in what changes, and the errors that need the record to be seen. In a transaction, after matching."""
    for sheet in sheets_in(say):
        stored = [f for f in sheet.stored if f.name not in {"id"}]
        now = ", ".join(f"'{f.name}', {as_json(say, sheet, f)}" for f in stored)
        say.run(_COMPARE.format(now=now, table=sheet.table), sheet)
        if sheet.name == "officers":
            say.run(_KEPT_ELSEWHERE, sheet)
        if sheet.name in ORDERS:
            first, last = ORDERS[sheet.name]
            columns = {"first": sheet.get(first).db_column, "last": sheet.get(last).db_column}
            say.run(_IN_ORDER.format(table=sheet.table, **columns), sheet, first=first, last=last)
        if sheet.name == "incidents":
            say.run(_NO_DAY, sheet)
    say.run(_WRONG)
    if has_officers(say) and say.held.options.get("missing") == "end":
        say.run(_END_THEM, day=ended_on(say))


def as_json(say: Statements, sheet: Sheet, field: Field) -> str:
    """What the record `t` has in a field, as JSON."""
    if not field.is_list:
        return f"to_jsonb({outer_matching.as_told(say, field)})"
    target = BY_NAME[field.target].table if field.target else ""
    shown = say.shown_officers() if field.target == "officers" else "true"
    return field.list_now(sheet.model, target, shown)


def has_officers(say: Statements) -> bool:
    return bool(say.ask(f"SELECT 1 FROM {ROWS} WHERE roster_id = %(roster)s AND sheet = 'officers' LIMIT 1"))


def ended_on(say: Statements) -> str:
    return str(say.held.options.get("ended_on") or date.today().isoformat())  # noqa: DTZ011 - a day, as the clerk has it


def summary(say: Statements) -> dict[str, Any]:
    """How many rows of each sheet are what; `missing`: officers at work who are in no row."""
    counts: dict[str, dict[str, int]] = {}
    for sheet, verdict, count in say.ask(
        f"SELECT sheet, verdict, count(*) FROM {ROWS} WHERE roster_id = %(roster)s GROUP BY 1, 2"
    ):
        counts.setdefault(sheet, {})[verdict] = count
    [(mark,)] = say.ask(
        f"SELECT md5(coalesce(string_agg(md5(sheet || verdict || changes::text), '' ORDER BY id), ''))"
        f" FROM {ROWS} WHERE roster_id = %(roster)s"
    )
    missing = 0
    if has_officers(say):
        [(missing,)] = say.ask(f"SELECT count(DISTINCT t.officer_id) {MISSING}", day=ended_on(say))
    return {"sheets": counts, "missing": missing, "mark": mark}


def missing_officers(say: Statements, most: int) -> Iterator[tuple[int, str]]:
    """Some of those at work who are in no row: number and name."""
    found = say.ask(
        "SELECT DISTINCT o.id, concat_ws(' ', nullif(o.first_name, ''), nullif(o.last_name, ''))"
        f" {MISSING} ORDER BY o.id LIMIT %(most)s",
        day=ended_on(say),
        most=most,
    )
    yield from found
