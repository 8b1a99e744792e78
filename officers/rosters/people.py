"""Which officer of the department a row is: by internal id, badge and name, name; and who it could be, for a person.

Two who both have an internal id, and not the same, are never taken for one. What a person once decided about a row of
this source holds for every later file.
"""

from officers.rosters.sheets import BY_NAME
from officers.rosters.statements import OF_SHEET, ROWS, Statements

MOST_CANDIDATES = 5
ALIKE = 0.55
"""Trigram similarity of whole names from which somebody is asked: "Jon Smith" and "John Smith" have 0.64."""

# Full names meet without accents, capitals and stops.
_PLAIN = "lower(unaccent(replace(replace({0}, '.', ''), '''', '')))"
_SAID = "coalesce(r.resolved->>'{0}', '')"


def _plain(text: str) -> str:
    return _PLAIN.format(text)


_SIDES = f"""
    badge_told AS MATERIALIZED (
        SELECT DISTINCT s.cells->>'officer_id' AS key, s.cells->>'star_no' AS badge FROM {ROWS} s
        WHERE s.roster_id = %(roster)s AND s.sheet = 'assignments' AND s.cells->>'star_no' <> ''
    ), told AS MATERIALIZED (
        SELECT r.id, r.key, {_SAID.format("unique_internal_identifier")} AS internal,
            {_plain(_SAID.format("first_name"))} AS first, {_plain(_SAID.format("last_name"))} AS last,
            {_plain(_SAID.format("suffix"))} AS suffix, left({_plain(_SAID.format("middle_initial"))}, 1) AS middle,
            {_SAID.format("birth_year")} AS born
        FROM {ROWS} r WHERE {OF_SHEET} AND r.record_id IS NULL AND r.matched_by = ''
    ), known AS MATERIALIZED (
        SELECT t.id, t.internal_id AS internal, {_plain("t.first_name")} AS first, {_plain("t.last_name")} AS last,
            {_plain("t.suffix")} AS suffix, left({_plain("t.middle_name")}, 1) AS middle,
            coalesce(t.birth_year::text, '') AS born
        FROM officers_officer t
        WHERE EXISTS (SELECT FROM officers_assignment a
                      WHERE a.officer_id = t.id AND a.department_id = %(department)s)
          AND NOT EXISTS (SELECT FROM {ROWS} s
                          WHERE s.roster_id = %(roster)s AND s.sheet = 'officers' AND s.record_id = t.id)
    ), badge_known AS MATERIALIZED (
        SELECT DISTINCT a.officer_id AS id, a.badge_number AS badge FROM officers_assignment a
        WHERE a.department_id = %(department)s AND a.badge_number <> ''
    )
"""
_MAY_BE_ONE = "('' IN (told.internal, known.internal) OR told.internal = known.internal)"
_SAME_NAME = "told.first = known.first AND told.last = known.last AND told.last <> ''"
_NO_DIFFERENCE = (
    "told.suffix = known.suffix AND ('' IN (told.middle, known.middle) OR told.middle = known.middle)"
    " AND ('' IN (told.born, known.born) OR told.born = known.born)"
)
_ONE_AND_ONE = f"""
    WITH {_SIDES}, pairs AS (SELECT DISTINCT told.id AS row_id, known.id FROM {{pairs}}),
    counted AS (SELECT row_id, id, count(*) OVER (PARTITION BY row_id) AS a, count(*) OVER (PARTITION BY id) AS b
                FROM pairs)
    UPDATE {ROWS} r SET record_id = c.id, matched_by = %(how)s FROM counted c
    WHERE r.id = c.row_id AND c.a = 1 AND c.b = 1
"""
_WAYS = (
    ("internal id", "told JOIN known ON told.internal = known.internal WHERE told.internal <> ''"),
    (
        "badge and name",
        "told JOIN badge_told ON badge_told.key = told.key"
        " JOIN badge_known ON badge_known.badge = badge_told.badge"
        f" JOIN known ON known.id = badge_known.id AND {_SAME_NAME} WHERE {_MAY_BE_ONE}",
    ),
    ("name", f"told JOIN known ON {_SAME_NAME} WHERE {_MAY_BE_ONE} AND {_NO_DIFFERENCE}"),
)
_BLOCKS = """
    SELECT told.id AS row_id, known.id FROM told JOIN known ON told.last = known.last AND told.last <> ''
    UNION SELECT told.id, known.id FROM told JOIN known
        ON told.first = known.first AND left(told.last, 1) = left(known.last, 1) AND told.first <> ''
    UNION SELECT told.id, known.id FROM told JOIN known ON told.first = known.last AND told.last = known.first
    UNION SELECT told.id, known.id FROM told JOIN badge_told ON badge_told.key = told.key
        JOIN badge_known ON badge_known.badge = badge_told.badge JOIN known ON known.id = badge_known.id
"""
_CANDIDATES = f"""
    WITH {_SIDES}, pairs AS ({_BLOCKS}), likely AS (
        SELECT p.row_id, p.id, similarity(told.first || ' ' || told.last, known.first || ' ' || known.last) AS alike
        FROM pairs p JOIN told ON told.id = p.row_id JOIN known ON known.id = p.id WHERE {_MAY_BE_ONE}
    ), best AS (
        SELECT row_id, id, row_number() OVER (PARTITION BY row_id ORDER BY alike DESC, id) AS nth
        FROM likely WHERE alike >= %(alike)s
    )
    UPDATE {ROWS} r SET candidates = b.ids FROM (
        SELECT row_id, jsonb_agg(id ORDER BY nth) AS ids FROM best WHERE nth <= %(most)s GROUP BY row_id) b
    WHERE r.id = b.row_id
"""
WHO = f"""
    md5(concat_ws('|', CASE WHEN r.key LIKE '#%%' OR r.key LIKE '~%%' THEN '' ELSE r.key END,
        {_SAID.format("unique_internal_identifier")}, {_plain(_SAID.format("first_name"))},
        {_plain(_SAID.format("middle_initial"))}, {_plain(_SAID.format("last_name"))},
        {_plain(_SAID.format("suffix"))},
        (SELECT min(s.cells->>'star_no') FROM {ROWS} s WHERE s.roster_id = r.roster_id AND s.sheet = 'assignments'
         AND s.key = r.key || '~')))
"""
"""By which a person's decision about a row is remembered."""
_DECIDED = f"""
    UPDATE {ROWS} r SET record_id = d.officer_id, matched_by = 'a person' FROM officers_rosterdecision d
    WHERE {OF_SHEET} AND r.record_id IS NULL AND d.department_id = %(department)s AND d.source = %(name)s
      AND d.who = {WHO}
      AND (d.officer_id IS NULL OR EXISTS (
        SELECT FROM officers_assignment a
        WHERE a.officer_id = d.officer_id AND a.department_id = %(department)s))
"""
_ANY_DECISION = (
    "SELECT 1 FROM officers_rosterdecision WHERE department_id = %(department)s AND source = %(name)s LIMIT 1"
)
_ANYBODY = "SELECT 1 FROM officers_assignment WHERE department_id = %(department)s LIMIT 1"


def match(say: Statements) -> None:
    """Officers' rows that their number did not tell. A decision for "nobody" leaves the row new, without candidates."""
    officers = BY_NAME["officers"]
    if not say.ask(_ANYBODY):
        return
    if say.ask(_ANY_DECISION, name=say.held.source):
        say.run(_DECIDED, officers, name=say.held.source)
    for how, pairs in _WAYS:
        say.run(_ONE_AND_ONE.format(pairs=pairs), officers, how=how)
    say.run(_CANDIDATES, officers, alike=ALIKE, most=MOST_CANDIDATES)
