"""Which record every row is: by its number in the source, by what tells records of its kind apart, or none yet.

Officers have rules of their own (people.py). A row that is nobody's gets the number it will have, so that everything
that refers to it can be compared and written at once.
"""

from collections.abc import Callable

from officers.rosters import outer_matching, people
from officers.rosters.fields import Field
from officers.rosters.sheets import BY_NAME, SHEETS, Sheet
from officers.rosters.statements import OF_SHEET, ROWS, Statements

IN_FILES_ONLY = "r.key LIKE '#%%' OR r.key LIKE '~%%'"
UNIQUE = (*("ranks", "units", "aliases", "certifications", "salaries", "career_links", "careers_elsewhere"),)
"""Sheets of which the record holds what they are told apart by only once."""

_RESET = f"""
    UPDATE {ROWS} r SET resolved = cells, errors = cell_errors, record_id = NULL, verdict = '', matched_by = '',
        changes = '{{}}', candidates = '[]', fingerprint = ''
    WHERE roster_id = %(roster)s
"""
_FINGERPRINT = f"""
    UPDATE {ROWS} r SET fingerprint = f.mark FROM (
        SELECT id, md5(resolved::text) || '.'
            || row_number() OVER (PARTITION BY md5(resolved::text) ORDER BY "table", line, id) AS mark
        FROM {ROWS} r WHERE {OF_SHEET} AND ({IN_FILES_ONLY})) f
    WHERE r.id = f.id
"""
"""By which a row is known again that has no number in its source."""
_BY_NUMBER = f"""
    UPDATE {ROWS} r SET record_id = t.id, matched_by = 'number'
    FROM officers_legacyid l JOIN {{table}} t ON t.id = l.record_id::bigint
    WHERE {OF_SHEET} AND r.record_id IS NULL AND l.source = %(source)s AND l."table" = %(sheet)s
      AND l.legacy_id = CASE WHEN {IN_FILES_ONLY} THEN 'row:' || r.fingerprint ELSE r.key END AND {{scope}}
"""
_BY_OUR_NUMBER = f"""
    UPDATE {ROWS} r SET record_id = t.id, matched_by = 'number'
    FROM {{table}} t WHERE {OF_SHEET} AND r.key = t.id::text AND {{scope}}
"""
_BY_NATURE = f"""
    UPDATE {ROWS} r SET record_id = m.id, matched_by = 'facts' FROM (
        SELECT DISTINCT ON (p.id) p.row_id, p.id FROM (
            SELECT r.id AS row_id, t.id, count(*) OVER (PARTITION BY r.id) AS choices,
                row_number() OVER (PARTITION BY r.id ORDER BY t.id DESC) AS choice
            FROM {ROWS} r JOIN {{table}} t ON {{same}}
            WHERE {OF_SHEET} AND r.record_id IS NULL AND {{told}} AND {{scope}} AND {{loosely}}
              AND NOT EXISTS (SELECT FROM {ROWS} s
                              WHERE s.roster_id = %(roster)s AND s.sheet = %(sheet)s AND s.record_id = t.id)
        ) p WHERE {{which}} ORDER BY p.id, p.row_id) m
    WHERE r.id = m.row_id
"""
_NEW_NUMBERS = f"""
    UPDATE {ROWS} r SET record_id = n.number,
        verdict = CASE WHEN r.candidates = '[]' THEN 'new' ELSE 'doubtful' END
    FROM (SELECT id, nextval(pg_get_serial_sequence(%(table)s, 'id')) AS number FROM (
        SELECT id FROM {ROWS} r WHERE {OF_SHEET} AND record_id IS NULL AND verdict = ''
        ORDER BY "table", line, id) o) n
    WHERE r.id = n.id
"""
_TWICE = f"""
    UPDATE {ROWS} r SET errors = r.errors
        || jsonb_build_array(jsonb_build_object('column', 'id', 'says', 'This is the same as row ' || t.first || '.'))
    FROM (SELECT id, line, first_value(line) OVER w AS first, row_number() OVER w AS nth FROM (
            SELECT id, "table", line, {{what}} AS what FROM {ROWS} r WHERE {OF_SHEET}) q
          WHERE what IS NOT NULL WINDOW w AS (PARTITION BY what ORDER BY "table", line, id)) t
    WHERE r.id = t.id AND t.nth > 1
"""
_REFERENCE = f"""
    WITH target AS (
        SELECT DISTINCT ON (key) key, id FROM (
            SELECT s.key, s.record_id::text AS id, 1 AS rank FROM {ROWS} s
            WHERE s.roster_id = %(roster)s AND s.sheet = %(target)s
            UNION ALL {{elsewhere}}) q ORDER BY key, rank
    ), asked AS (
        SELECT r.id, e.key FROM {ROWS} r CROSS JOIN LATERAL jsonb_array_elements_text({{keys}}) e(key)
        WHERE {OF_SHEET} AND e.key <> ''
    ), found AS (
        SELECT a.id, jsonb_agg(t.id ORDER BY t.id COLLATE "C") FILTER (WHERE t.id IS NOT NULL) AS ids,
            string_agg(a.key, ', ') FILTER (WHERE t.id IS NULL) AS lost
        FROM asked a LEFT JOIN target t USING (key) GROUP BY a.id
    )
    UPDATE {ROWS} r SET
        resolved = r.resolved || jsonb_build_object(%(field)s::text, {{value}}),
        errors = r.errors || CASE WHEN f.lost IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object(
            'column', %(field)s::text, 'says', 'There is no ' || f.lost || ' among the ' || %(target)s || '.')) END
    FROM found f WHERE r.id = f.id
"""
_LOWER_FIRST = f"""
    UPDATE {ROWS} r SET resolved = r.resolved || jsonb_build_object(
        %(one)s::text, r.resolved->%(other)s, %(other)s::text, r.resolved->%(one)s)
    WHERE {OF_SHEET} AND nullif(r.resolved->>%(one)s, '')::bigint > nullif(r.resolved->>%(other)s, '')::bigint
"""
_NUMBERED_BEFORE = """
    SELECT l.legacy_id, l.record_id, 2 FROM officers_legacyid l
    JOIN {table} t ON t.id = l.record_id::bigint
    WHERE l.source = %(source)s AND l."table" = %(target)s AND {scope}
"""
_NUMBERED_HERE = "SELECT t.id::text, t.id::text, 3 FROM {table} t WHERE {scope}"


def match(say: Statements, *, afresh: bool, done: Callable[[str], None] = lambda _: None) -> None:
    """Give every row its record. `afresh`: forget an earlier match first. In a transaction."""
    if afresh:
        say.run(_RESET)
    for sheet in sheets_in(say):
        done(sheet.name)
        say.run("SET LOCAL enable_nestloop = off")  # the record may be far larger than the planner knows yet
        for field in sheet.fields:
            if field.is_reference:
                _resolve(say, sheet, field)
        for name in sheet.cites:
            _resolve_cited(say, sheet, BY_NAME[name])
        outer_matching.resolve(say, sheet)
        if sheet.lower_first:
            one, other = sheet.lower_first
            say.run(_LOWER_FIRST, sheet, one=one, other=other)
        say.run(_FINGERPRINT, sheet)
        _by_number(say, sheet)
        if sheet.name == "officers":
            people.match(say)
        for names in sheet.natural:
            _by_nature(say, sheet, names)
        say.run(_NEW_NUMBERS, sheet, table=sheet.table)
        outer_matching.check(say, sheet)
        _find_doubles(say, sheet)
        say.run("SET LOCAL enable_nestloop = on")


def sheets_in(say: Statements) -> list[Sheet]:
    found = say.ask(f"SELECT DISTINCT sheet FROM {ROWS} WHERE roster_id = %(roster)s")
    names = {name for (name,) in found}
    return [sheet for sheet in SHEETS if sheet.name in names]


def _resolve(say: Statements, sheet: Sheet, field: Field) -> None:
    keys = (
        f"coalesce(r.resolved->'{field.name}', '[]')"
        if field.is_list
        else f"jsonb_build_array(coalesce(r.resolved->>'{field.name}', ''))"
    )
    value = "coalesce(f.ids, '[]')" if field.is_list else "coalesce(f.ids->0, '\"\"')"
    _refer(say, sheet, BY_NAME[field.target], field.name, keys=keys, value=value)


def _resolve_cited(say: Statements, sheet: Sheet, target: Sheet) -> None:
    """What those rows lead to that say that it is in this sheet."""
    keys = (
        f"CASE r.resolved->>'record' WHEN '{target.model.casefold()}'"
        " THEN jsonb_build_array(coalesce(r.resolved->>'record_id', '')) ELSE '[]' END"
    )
    _refer(say, sheet, target, "record_id", keys=keys, value="coalesce(f.ids->0, '\"\"')")


def _refer(say: Statements, sheet: Sheet, target: Sheet, name: str, *, keys: str, value: str) -> None:
    elsewhere = _NUMBERED_BEFORE
    if say.is_this_site:
        elsewhere += f" UNION ALL {_NUMBERED_HERE}"
    elsewhere = elsewhere.format(table=target.table, scope=target.scope)
    statement = _REFERENCE.format(elsewhere=elsewhere, keys=keys, value=value)
    say.run(statement, sheet, target=target.name, field=name)


def _by_number(say: Statements, sheet: Sheet) -> None:
    if say.is_this_site:
        say.run(_BY_OUR_NUMBER.format(table=sheet.table, scope=sheet.scope), sheet)
    say.run(_BY_NUMBER.format(table=sheet.table, scope=sheet.scope), sheet)


def told(field: Field) -> str:
    """What a row says in a field that tells records apart."""
    return f"coalesce(r.resolved->>'{field.name}', '{'false' if field.kind == 'flag' else ''}')"


def _by_nature(say: Statements, sheet: Sheet, names: tuple[str, ...]) -> None:
    fields = [sheet.get(name) for name in names]
    loose = [sheet.get(name) for name in sheet.loosely]
    statement = _BY_NATURE.format(
        table=sheet.table,
        scope=sheet.scope,
        same=" AND ".join(f"{told(f)} = {f.column_now()}" for f in fields),
        told=f"{told(fields[0])} <> ''",
        loosely=" AND ".join(f"{told(f)} IN ('', {f.column_now()})" for f in loose) or "true",
        which="p.choice = 1" if loose else "p.choices = 1",
    )
    say.run(statement, sheet)


def _find_doubles(say: Statements, sheet: Sheet) -> None:
    say.run(_TWICE.format(what="record_id"), sheet)
    say.run(_TWICE.format(what="CASE WHEN r.key LIKE '~%%' THEN NULL ELSE r.key END"), sheet)
    if sheet.name in UNIQUE:
        parts = ", ".join(told(sheet.get(name)) for name in sheet.natural[0])
        say.run(_TWICE.format(what=f"CASE WHEN verdict = 'new' THEN jsonb_build_array({parts}) END"), sheet)
