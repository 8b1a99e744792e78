"""Sheets that lead beyond a department or beside the record: the same people elsewhere, and where facts are from."""

from officers.models import CareerLink, Citation
from officers.record_querysets import CitationQuerySet
from officers.rosters.event_sheets import EVENTS
from officers.rosters.fields import Field
from officers.rosters.people_sheets import PEOPLE
from officers.rosters.sheet import OFFICERS, Sheet, choices

CITED = {
    sheet.model.casefold(): sheet for sheet in (*PEOPLE, *EVENTS) if sheet.model in CitationQuerySet.CITED
}
"""What has sources and stands in a file, by the name that a source has for it. The department itself has them too."""
WHOLE_DEPARTMENT = "department"


def by_cited(of_sheet: dict[str, str], of_department: str, otherwise: str) -> str:
    """SQL about a source `t`: what is said for the kind of record that it is of."""
    cases = " ".join(f"WHEN '{model}' THEN {said}" for model, said in of_sheet.items())
    return f"CASE t.record WHEN '{WHOLE_DEPARTMENT}' THEN {of_department} {cases} ELSE {otherwise} END"


OUTER = (
    # Two rows of one person, one of them elsewhere. The other is told by their number, or name and department.
    Sheet(
        "careers_elsewhere",
        "CareerLink",
        (
            Field("officer_id", "reference", "first_id", "officers", is_required=True),
            Field("other_officer_id", "elsewhere", "second_id", is_required=True),
            Field("other_last_name", "told"),
            Field("other_first_name", "told"),
            Field("other_department_name", "told"),
            Field("other_department_state", "told"),
            Field("confidence", choices(CareerLink, "confidence"), is_required=True),
        ),
        scope=f"({OFFICERS.format('t.first_id')} OR {OFFICERS.format('t.second_id')})",
        natural=(("officer_id", "other_officer_id"),),
        fixed={"why": "''"},
        lower_first=("officer_id", "other_officer_id"),
    ),
    # `record`: a kind, as the API names it. `document_title` stands for the document where that is not at hand.
    Sheet(
        "sources",
        "Citation",
        (
            Field("record", "cited", is_required=True),
            Field("record_id", "cited number"),
            Field("field"),
            Field("kind", choices(Citation, "kind")),
            Field("title"),
            Field("url", "url"),
            Field("document_id", "document"),
            Field("document_title", "told"),
            Field("page", "whole"),
            Field("retrieved_on", "date"),
        ),
        scope=by_cited(
            {
                model: f"t.record_id IN (SELECT t.id FROM {sheet.table} t WHERE {sheet.scope})"
                for model, sheet in CITED.items()
            },
            "t.record_id = %(department)s",
            "false",
        ),
        natural=(("record", "record_id", "field", "url", "title", "page"),),
        cites=tuple(sheet.name for sheet in CITED.values()),
    ),
)
