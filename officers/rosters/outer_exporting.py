"""What an export says of sheets that lead beyond the department: which rows are public, and their columns, as SQL.

Another department's officer is named by number and department, and only where everybody may see both.
"""

from collections.abc import Callable

from officers.models import Document, Officer
from officers.rosters.fields import Field
from officers.rosters.outer_sheets import CITED, by_cited
from officers.rosters.sheet import Sheet
from officers.rosters.statements import inlined

Number = Callable[[str, str], str]
"""The number of a record in a sheet, as the reader knows it."""

_SIDES = (("first_id", "second_id"), ("second_id", "first_id"))
_OWN = "CASE WHEN t.first_id IN (SELECT id FROM shown_officers) THEN t.first_id ELSE t.second_id END"
_OTHER = "CASE WHEN t.first_id IN (SELECT id FROM shown_officers) THEN t.second_id ELSE t.first_id END"
_THEIRS = f"""
    coalesce((SELECT {{0}} FROM officers_assignment a JOIN officers_department d ON d.id = a.department_id
     WHERE a.officer_id = {_OTHER} AND d.is_published
     ORDER BY a.end_date DESC NULLS FIRST, a.start_date DESC NULLS LAST, a.id LIMIT 1), '')
"""
_NAME = f"(SELECT o.{{0}} FROM officers_officer o WHERE o.id = {_OTHER})"
_THEIR_NUMBER = f"""
    coalesce((SELECT min(l.legacy_id) FROM officers_assignment a
        JOIN officers_legacyid l ON l.source = a.department_id || '/' || %(name)s
        WHERE a.officer_id = {_OTHER} AND l."table" = 'officers' AND l.record = 'officer'
          AND l.record_id = a.officer_id::text AND l.legacy_id NOT LIKE 'row:%%'), ({_OTHER})::text)
"""


def careers() -> str:
    """Links of which one side is shown here, and the other elsewhere."""
    public = inlined(Officer.objects.public().values("pk"))
    return " UNION ALL ".join(
        f"SELECT t.id FROM officers_careerlink t JOIN shown_officers s ON s.id = t.{own}"
        f" WHERE t.{other} NOT IN (SELECT id FROM shown_officers) AND t.{other} IN ({public})"
        for own, other in _SIDES
    )


def sources() -> str:
    """Sources of what is shown, if they name anything that is."""
    named = f"(t.url <> '' OR t.title <> '' OR t.document_id IN ({_documents()}))"
    of_sheets = [
        f"SELECT t.id FROM officers_citation t JOIN shown_{sheet.name} s ON s.id = t.record_id"
        f" WHERE t.record = '{model}' AND {named}"
        for model, sheet in CITED.items()
    ]
    here = f"t.record = 'department' AND t.record_id = %(department)s AND {named}"
    return " UNION ALL ".join([*of_sheets, f"SELECT t.id FROM officers_citation t WHERE {here}"])


def column(sheet: Sheet, field: Field, ids_of: str, number: Number) -> str | None:
    """None for columns that are like those of any sheet."""
    if field.is_reference and sheet.name == "careers_elsewhere":
        return number(_OWN, "officers")
    if field.kind == "elsewhere":
        return _THEIR_NUMBER if ids_of else f"({_OTHER})::text"
    if field.kind == "cited number":
        numbers = {model: number("t.record_id", sheet.name) for model, sheet in CITED.items()}
        return by_cited(numbers, "''", "''")
    if field.kind == "document":
        return f"CASE WHEN t.document_id IN ({_documents()}) THEN t.document_id::text ELSE '' END"
    return _TOLD[field.name]() if field.kind == "told" else None


def _documents() -> str:
    return inlined(Document.objects.public().values("pk"))


def _document_title() -> str:
    return (
        "coalesce((SELECT v.title FROM officers_document v"
        f" WHERE v.id = t.document_id AND v.id IN ({_documents()})), '')"
    )


_TOLD: dict[str, Callable[[], str]] = {
    "other_department_name": lambda: _THEIRS.format("d.name"),
    "other_department_state": lambda: _THEIRS.format("d.state_id"),
    "other_last_name": lambda: _NAME.format("last_name"),
    "other_first_name": lambda: _NAME.format("first_name"),
    "document_title": _document_title,
}
