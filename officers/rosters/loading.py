"""Writing a checked import into the record: a few statements a sheet, whatever its size.

Ranks, units, streets, plates and topics that are not there yet are made first; then rows, then lists, then the numbers
by which the source knows what is new.
"""

from officers.rosters.fields import VALUES, Field
from officers.rosters.matching import IN_FILES_ONLY, sheets_in
from officers.rosters.sheets import BY_NAME, Sheet
from officers.rosters.statements import OF_SHEET, ROWS, Statements

_WANTED = f"""
    SELECT DISTINCT e.name FROM {ROWS} r CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(r.resolved->%(field)s) WHEN 'array' THEN r.resolved->%(field)s
             ELSE jsonb_build_array(coalesce(r.resolved->>%(field)s, '')) END) e(name)
    WHERE {OF_SHEET} AND r.verdict IN ('new', 'changed') AND e.name <> ''
"""
_MAKE = {
    "rank": 'INSERT INTO officers_rank (department_id, name, "order", is_sworn_officer)'
    " SELECT %(department)s, w.name, 0, true FROM ({wanted}) w"
    " WHERE NOT EXISTS (SELECT FROM officers_rank v WHERE v.department_id = %(department)s AND v.name = w.name)"
    " ORDER BY w.name",
    "unit": "INSERT INTO officers_unit (department_id, name)"
    " SELECT %(department)s, w.name FROM ({wanted}) w"
    " WHERE NOT EXISTS (SELECT FROM officers_unit v WHERE v.department_id = %(department)s AND v.name = w.name)"
    " ORDER BY w.name",
    "location": "INSERT INTO officers_location (street_name, cross_street1, cross_street2, city, state_id, zip_code)"
    " SELECT split_part(w.name, '|', 1), split_part(w.name, '|', 2), split_part(w.name, '|', 3),"
    " split_part(w.name, '|', 4), nullif(split_part(w.name, '|', 5), ''), split_part(w.name, '|', 6)"
    " FROM ({wanted}) w ORDER BY w.name ON CONFLICT DO NOTHING",
    "plates": "INSERT INTO officers_licenseplate (number, state_id)"
    " SELECT CASE WHEN strpos(w.name, '_') = 0 THEN w.name ELSE regexp_replace(w.name, '_[^_]*$', '') END,"
    " nullif(substring(w.name FROM '_([^_]*)$'), '') FROM ({wanted}) w ORDER BY w.name ON CONFLICT DO NOTHING",
    "topics": "INSERT INTO officers_topic (name) SELECT w.name FROM ({wanted}) w"
    " ORDER BY w.name ON CONFLICT DO NOTHING",
}
_INSERT = f"""
    INSERT INTO {{table}} (id, {{columns}})
    SELECT r.record_id, {{values}} FROM {ROWS} r WHERE {OF_SHEET} AND r.verdict = 'new' ORDER BY r."table", r.line, r.id
"""
_UPDATE = f"""
    UPDATE {{table}} t SET {{sets}} FROM {ROWS} r
    WHERE {OF_SHEET} AND r.verdict = 'changed' AND t.id = r.record_id AND r.changes ?| %(columns)s
"""
_JOIN = f"""
    INSERT INTO {{between}} ({{mine}}, {{other}})
    SELECT r.record_id, v.id FROM {ROWS} r
    CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE r.verdict WHEN 'new' THEN coalesce(r.resolved->%(field)s, '[]') ELSE r.changes->%(field)s->1 END) e(name)
    JOIN {{where}} v ON {{is_it}}
    WHERE {OF_SHEET} AND (r.verdict = 'new' OR r.verdict = 'changed' AND r.changes ? %(field)s)
    ORDER BY r."table", r.line, r.id, v.id ON CONFLICT DO NOTHING
"""
_PART = f"""
    DELETE FROM {{between}} x USING {ROWS} r, {{where}} v
    WHERE {OF_SHEET} AND r.verdict = 'changed' AND r.changes ? %(field)s AND x.{{mine}} = r.record_id
      AND v.id = x.{{other}} AND r.changes->%(field)s->0 ? ({{name}}) AND NOT r.changes->%(field)s->1 ? ({{name}})
"""
_REMEMBER = f"""
    INSERT INTO officers_legacyid (source, "table", legacy_id, record, record_id)
    SELECT %(source)s, %(sheet)s, CASE WHEN {IN_FILES_ONLY} THEN 'row:' || r.fingerprint ELSE r.key END,
        %(record)s, r.record_id::text
    FROM {ROWS} r WHERE {OF_SHEET} AND r.verdict IN ('new', 'changed', 'same') AND r.matched_by <> 'missing'
      AND NOT (%(here)s AND r.key = r.record_id::text)
    ORDER BY r."table", r.line, r.id
    ON CONFLICT (source, "table", legacy_id) DO UPDATE SET record_id = excluded.record_id
    WHERE officers_legacyid.record_id <> excluded.record_id
"""


# Whoever looks at the record next does so before the server has learnt of its own accord how much is in it.
_LEARN = "SELECT analyse_tables(%(tables)s)"
BESIDES = ("officers_legacyid", "officers_recordchange", "officers_searchrow")


def tell_planner(say: Statements) -> None:
    """What the planner believes of the tables that were written. Worth it after many rows."""
    say.run(_LEARN, tables=[*(sheet.table for sheet in sheets_in(say)), *BESIDES])


def load(say: Statements) -> None:
    """Write everything that is new or changed. In a transaction, after a check without errors or doubts."""
    for sheet in sheets_in(say):
        for field in sheet.stored:
            if field.kind in _MAKE:
                say.run(_MAKE[field.kind].format(wanted=_WANTED), sheet, field=field.name)
        _write_rows(say, sheet)
        for field in sheet.stored:
            if field.is_list:
                _write_list(say, sheet, field)
        say.run(_REMEMBER, sheet, record=sheet.model.casefold(), here=say.is_this_site)


def _write_rows(say: Statements, sheet: Sheet) -> None:
    single = [f for f in sheet.stored if not f.is_list]
    columns = ", ".join([*(f'"{f.db_column}"' for f in single), *sheet.fixed])
    values = ", ".join([*(f.written(f"r.resolved->>'{f.name}'") for f in single), *sheet.fixed.values()])
    say.run(_INSERT.format(table=sheet.table, columns=columns, values=values), sheet)
    sets = ", ".join(
        f"\"{f.db_column}\" = CASE WHEN r.changes ? '{f.name}'"
        f' THEN {f.written(_after(f.name))} ELSE t."{f.db_column}" END'
        for f in single
    )
    say.run(_UPDATE.format(table=sheet.table, sets=sets), sheet, columns=[f.name for f in single])


def _after(name: str) -> str:
    return f"(r.changes->'{name}'->>1)"


def _write_list(say: Statements, sheet: Sheet, field: Field) -> None:
    between, mine, other = field.joined(sheet.model)
    where, name = field.other_table(BY_NAME[field.target].table if field.target else "")
    is_it = f"{name} = e.name" if field.kind in VALUES else "v.id = e.name::bigint"
    if field.kind == "topics":
        is_it = "lower(v.name) = lower(e.name)"  # the record has a topic once, however it is written
    joins = {"between": between, "mine": mine, "other": other, "where": where, "name": name, "is_it": is_it}
    say.run(_PART.format(**joins), sheet, field=field.name)
    say.run(_JOIN.format(**joins), sheet, field=field.name)
