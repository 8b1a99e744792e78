"""Examples for the OpenAPI document. Officers who do not exist, in departments that do not exist."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

PHOTO_ID = "0f1e9b1c-54f7-4a56-9a53-2d6c8a3f7e10"
QUESTION_ID = "7c9d2b1e-8b4e-4c3f-9a44-1b5f7f0f2a77"

ASSIGNMENT: dict[str, Any] = {
    "department": {"id": 1, "name": "Example City Police Department"},
    "rank": {"id": 4, "name": "Sergeant"},
    "unit": {"id": 2, "name": "Fifth Precinct"},
    "badge_number": "4411",
    "start_date": "2019-05-01",
    "end_date": None,
}
BRIEF_OFFICER: dict[str, Any] = {"id": 12, "name": "Alex Example", "assignments": [ASSIGNMENT]}


def answer(name: str, value: dict[str, Any], status: str = "200") -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[status])


DEPARTMENT = answer(
    "Matching is not allowed here",
    {
        "id": 1,
        "name": "Example City Police Department",
        "short_name": "Example City PD",
        "kind": "police",
        "state": {"code": "OH", "name": "Ohio"},
        "county": "",
        "city": "example city",
        "internal_id_label": "Star number",
        "complaint_office": "",
        "website": "https://police.example/",
        "office_phone": "",
        "office_email": "",
        "ori": "",
        "founded_year": 1871,
        "time_zone": "",
        "about": "",
        "updated_at": "2026-03-04T12:00:00Z",
        "matching": {
            "allowed": False,
            "reason": "department_not_allowed",
            "detail": "Face matching has not been allowed for this department.",
        },
    },
)
OFFICER = answer(
    "An officer",
    {
        **BRIEF_OFFICER,
        "first_name": "Alex",
        "middle_name": "",
        "last_name": "Example",
        "suffix": "",
        "race": "",
        "gender": "",
        "birth_year": 1985,
        "internal_id": "E-1007",
        "employment_date": "2011-03-14",
        "updated_at": "2026-03-04T12:00:00Z",
        "photo_url": "http://localhost:8000/faces/31.jpg",
    },
)
PHOTO_RECEIPT = answer(
    "Taken in",
    {"id": PHOTO_ID, "state": "received", "url": f"http://localhost:8000/api/v1/photos/{PHOTO_ID}/"},
    "202",
)
PHOTO = answer(
    "Classified",
    {
        "id": PHOTO_ID,
        "state": "classified",
        "width": 1600,
        "height": 1200,
        "heads": [{"number": 1, "x": 412, "y": 188, "width": 96, "height": 120}],
        "presence": {
            "decision": "likely",
            "score": 0.93,
            "labels": [{"name": "uniform", "score": 0.91}],
            "backend": "local",
            "model_version": "1",
        },
    },
)
