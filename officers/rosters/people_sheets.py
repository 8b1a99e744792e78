"""Sheets about officers: who they are, where they worked, what they were paid."""

from officers.models import Assignment, CareerLink, Officer, OfficerAlias
from officers.rosters.fields import Field
from officers.rosters.sheet import DEPARTMENT, IN_DEPARTMENT, OFFICER, OFFICERS, Sheet, choices, topics

PEOPLE = (
    Sheet(
        "ranks",
        "Rank",
        (
            Field("name", is_required=True),
            Field("rank_order", "whole", "order"),
            Field("is_sworn_officer", "flag"),
        ),
        natural=(("name",),),
        fixed=IN_DEPARTMENT,
    ),
    Sheet("units", "Unit", (Field("name", is_required=True),), natural=(("name",),), fixed=IN_DEPARTMENT),
    Sheet(
        "officers",
        "Officer",
        (
            *DEPARTMENT,
            Field("last_name", also=("surname", "lastname", "last", "family_name")),
            Field("first_name", also=("given_name", "firstname", "first")),
            Field("middle_initial", "text", "middle_name", also=("middle_name", "middle", "mi")),
            Field("suffix", "suffix", also=("name_suffix", "generation")),
            Field("race", choices(Officer, "race"), also=("ethnicity", "race_ethnicity")),
            Field("gender", choices(Officer, "gender"), also=("sex",)),
            Field(
                "employment_date", "date", also=("hire_date", "date_hired", "hired", "doh", "appointed_date")
            ),
            Field("birth_year", "year", also=("year_of_birth", "yob", "born")),
            Field(
                "unique_internal_identifier",
                "text",
                "internal_id",
                also=(
                    *("unique_identifier", "officer_unique_identifier", "internal_id", "employee_id"),
                    *("employee_number", "emp_id", "serial", "serial_number", "employee_no"),
                ),
            ),
            topics("officers"),
        ),
        scope=OFFICERS.format("t.id"),
        fixed={"is_published": "true", "ever_prohibited": "false"},
    ),
    Sheet(
        "aliases",
        "OfficerAlias",
        (
            OFFICER,
            Field("name", is_required=True),
            Field("kind", choices(OfficerAlias, "kind"), is_required=True),
        ),
        scope=OFFICERS.format("t.officer_id"),
        natural=(("officer_id", "name"),),
    ),
    Sheet(
        "certifications",
        "Certification",
        (
            OFFICER,
            Field("state", "state", "state_id", is_required=True),
            Field("name", is_required=True),
            Field("value", is_required=True),
        ),
        scope=OFFICERS.format("t.officer_id"),
        natural=(("officer_id", "state", "name", "value"),),
    ),
    Sheet(
        "assignments",
        "Assignment",
        (
            OFFICER,
            Field(
                "star_no",
                "text",
                "badge_number",
                also=("badge_number", "badge", "badge_no", "star", "star_number", "shield", "badge_num"),
            ),
            Field("job_title", "rank", "rank_id", also=("rank", "rank_title", "title", "position")),
            Field(
                "unit_name",
                "unit",
                "unit_id",
                also=("unit_description", "unit", "precinct", "district", "division", "assignment"),
            ),
            Field("start_date", "date", also=("star_date", "assignment_date")),
            Field("resign_date", "date", "end_date", also=("end_date", "separation_date", "left_date")),
            Field("status", choices(Assignment, "status")),
            Field("separation", choices(Assignment, "separation"), also=("separation_reason",)),
            Field("separation_note"),
        ),
        natural=(("officer_id",),),
        loosely=("star_no", "job_title", "unit_name", "start_date"),
        fixed=IN_DEPARTMENT,
    ),
    Sheet(
        "salaries",
        "Salary",
        (
            OFFICER,
            Field(
                "salary", "money", is_required=True, also=("base_salary", "base_pay", "pay", "annual_salary")
            ),
            Field("overtime_pay", "money", also=("overtime", "salary_overtime", "ot_pay")),
            Field(
                "year", "year", is_required=True, also=("salary_year", "pay_year", "fiscal_year", "cal_year")
            ),
            Field("is_fiscal_year", "flag", also=("salary_is_fiscal_year", "salary_is_fy")),
        ),
        natural=(("officer_id", "year", "is_fiscal_year"),),
        fixed=IN_DEPARTMENT,
    ),
    Sheet(
        "descriptions",
        "Description",
        (OFFICER, Field("text_contents", "text", "text", is_required=True)),
        natural=(("officer_id", "text_contents"),),
        fixed=IN_DEPARTMENT,
    ),
    # Two rows of one person, both in this department: they left and came back under another number.
    Sheet(
        "career_links",
        "CareerLink",
        (
            Field("officer_id", "reference", "first_id", "officers", is_required=True),
            Field("other_officer_id", "reference", "second_id", "officers", is_required=True),
            Field("confidence", choices(CareerLink, "confidence"), is_required=True),
            Field("why"),
        ),
        scope=f"{OFFICERS.format('t.first_id')} AND {OFFICERS.format('t.second_id')}",
        natural=(("officer_id", "other_officer_id"),),
        lower_first=("officer_id", "other_officer_id"),
    ),
)
