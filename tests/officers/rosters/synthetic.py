"""A made-up department's roster with everything that makes real ones awkward. Nobody in it exists."""

import csv
import io
import random
from collections.abc import Iterator

FIRST = ["Ana", "José", "Li", "Mary Ann", "D'Arcy", "Zoë", "Omar", "Björn", "Ada", "Sam"]
LAST = ["O'Neil", "Nuñez", "van der Berg", "Smith", "Smith-Jones", "MÜLLER", "Li", "Kowalski", "St. John"]
SUFFIXES = ["", "", "", "Jr.", "jr", "SR", "iii", "Junior", "IV", "Esq"]
RACES = [
    "White",
    "black or African American",
    "HISPANIC",
    "",
    "Not Sure",
    "asian",
    "Native American",
    "w",
    "Mixed",
]
GENDERS = ["M", "F", "male", "Woman", "", "not sure", "nonbinary"]
RANKS = ["Police Officer", "Sergeant", "Lieutenant", "Captain, Acting", 'Det. "First Grade"']
UNITS = ["", "1st Precinct", "Ünit – West", "Traffic; Tow"]
OFFICERS = [
    *("id", "Last Name", "first_name", "Middle", "Suffix", "Race/Ethnicity", "SEX", "Hire Date", "YOB"),
    "Employee ID",
]
ASSIGNMENTS = ["id", "officer_id", "Badge No", "Rank", "Precinct", "start date", "end date"]
SALARIES = ["id", "officer_id", "Base Salary", "Overtime", "Year", "is_fiscal_year"]


def _as_csv(header: list[str], rows: Iterator[list[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def roster(size: int, seed: int = 7) -> dict[str, str | bytes]:
    """Files of `size` officers, each with one stint or two and most with pay; many share a name."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    officers = _as_csv(OFFICERS, (_officer(chance, number) for number in range(1, size + 1)))
    stints = _as_csv(ASSIGNMENTS, (_stint(chance, number) for number in range(1, size + 1)))
    pay = _as_csv(SALARIES, (_pay(chance, number) for number in range(1, size + 1)))
    return {
        "people.csv": "\ufeff" + officers,
        "stints.csv": stints,
        "pay.csv": pay,
        "incidents.csv": _INCIDENTS,
        "links.csv": _LINKS,
        "text.csv": _TEXTS,
    }


def _officer(chance: random.Random, number: int) -> list[str]:
    year = str(chance.randint(1950, 2000)) if chance.random() < 0.7 else ""
    hired = f"{chance.randint(1, 12):02}/{chance.randint(1, 28):02}/{chance.randint(1980, 2024)}"
    return [
        str(number + 1000),
        chance.choice(LAST),
        chance.choice(FIRST),
        chance.choice(["", "", "Q", "Marie"]),
        chance.choice(SUFFIXES),
        chance.choice(RACES),
        chance.choice(GENDERS),
        hired if chance.random() < 0.8 else "",
        year,
        f"E{number:06}" if number % 3 else "",
    ]


def _stint(chance: random.Random, number: int) -> list[str]:
    return [
        "",
        str(number + 1000),
        str(number) if number % 5 else "",
        chance.choice(RANKS),
        chance.choice(UNITS),
        f"{chance.randint(1990, 2015)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
        "2021-06-30" if number % 7 == 0 else "",
    ]


def _pay(chance: random.Random, number: int) -> list[str]:
    overtime = f"{chance.uniform(0, 20000):.2f}" if number % 2 else ""
    return [
        "",
        str(number + 1000),
        f"${chance.randint(30, 150)},{chance.randint(100, 999)}.50",
        overtime,
        "2023",
        "no",
    ]


_INCIDENTS = (
    "id,department_name,department_state,date,time,report_number,description,street_name,cross_street1,cross_street2,"
    "city,state,zip_code,officer_ids,license_plates\n"
    '#a,,,2020-07-20,06:30,CR-1,"It began, ""they said""\n\nat the corner; then more",East Ave,Main St,,Town,OH,44101,'
    "1001|1002,ABC123_NY|98UMC\n"
    "#b,,,,,CR-2,,,,,,,,,\n"
)
_LINKS = (
    "id,url,title,link_type,description,author,has_content_warning,officer_ids,incident_ids\n"
    ",https://example.org/a?x=1&y=2,A video,video,,Somebody,yes,1001|1003,#a\n"
    ",https://example.org/b,,link,Only about the incident,,,,#b\n"
)
_TEXTS = 'officer_id,text_contents\n1001,"A text\nof two lines, with a comma"\n'
