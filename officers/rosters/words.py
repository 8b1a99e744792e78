"""The columns of roster files in words that people use; the names themselves are those of the formats we read."""

WORDS = {
    "star_no": "badge number",
    "job_title": "rank",
    "unit_name": "unit",
    "middle_initial": "middle name",
    "employment_date": "hired on",
    "birth_year": "year of birth",
    "unique_internal_identifier": "the department’s number for them",
    "start_date": "first day",
    "resign_date": "last day",
    "separation": "why they left",
    "separation_note": "why they left, in the source’s words",
    "is_fiscal_year": "is it a fiscal year?",
    "text_contents": "text",
    "officer_id": "officer’s number in the source",
    "other_officer_id": "their number elsewhere",
    "other_last_name": "last name elsewhere",
    "other_first_name": "first name elsewhere",
    "other_department_name": "department elsewhere",
    "other_department_state": "state of the department elsewhere",
    "record": "what it is a source of",
    "record_id": "number of what it is a source of",
    "field": "only for this fact",
    "document_id": "document’s number",
    "incident_id": "incident’s number in the source",
    "is_sworn_officer": "are they sworn officers?",
    "rank_order": "place of the rank",
    "has_content_warning": "may it upset people?",
    "cross_street1": "cross street",
    "cross_street2": "another cross street",
    "zip_code": "ZIP code",
}


def words(name: str) -> str:
    return WORDS.get(name, name.replace("_", " "))
