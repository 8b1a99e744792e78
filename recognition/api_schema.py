"""The words of the OpenAPI document about identifications."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from officers.api import examples
from officers.api.errors import INVALID, NOT_FOUND, PHOTO_INVALID, READING, TOO_LARGE, TOO_MANY, error
from officers.api.serializers import ReceiptSerializer
from recognition.api_serializers import (
    AnswerSerializer,
    HeldPhotoQuestionSerializer,
    IdentificationSerializer,
    NewOfficerSerializer,
    OfficerChoiceSerializer,
    QuestionSerializer,
)
from recognition.police import NOT_CONFIRMED
from recognition.refusals import UNUSABLE_IN_WORDS

FORBIDDEN = error(
    "The legal gate refuses. `code` is its reason: `site_off`, `operator_place`, `compute_place`, `place_unknown`, "
    "`place_prohibited`, `department_not_allowed`, `review_expired` or `photo_prohibited`. Nothing was measured, and "
    "nothing of a new photo was kept.",
    "department_not_allowed",
    "Face matching has not been allowed for this department.",
)
NOT_NOW = error(
    "There is nothing to answer yet (`not_ready`), it is answered already (`answered`), or the officer is not in the "
    "department that the photo is filed under (`not_possible`).",
    "answered",
    "You have answered this question already.",
)
NOT_POLICE = error(
    "A volunteer has said that this is no officer. Nothing was measured.",
    NOT_CONFIRMED,
    UNUSABLE_IN_WORDS[NOT_CONFIRMED],
)
_RECEIPT = examples.answer(
    "Asked",
    {
        "id": examples.QUESTION_ID,
        "state": "waiting",
        "url": f"http://localhost:8000/api/v1/identifications/{examples.QUESTION_ID}/",
    },
    "202",
)
_QUESTION = OpenApiExample(
    "About a photo that was sent before",
    value={
        "department": 1,
        "photo_id": examples.PHOTO_ID,
        "x": 412,
        "y": 188,
        "width": 96,
        "height": 120,
    },
    request_only=True,
    media_type="application/json",
)
_RESULT = examples.answer(
    "One candidate",
    {
        "id": examples.QUESTION_ID,
        "state": "done",
        "reason": None,
        "detail": None,
        "answer": None,
        "officers_searched": 60,
        "candidates": [
            {
                "number": 1,
                "officer": examples.BRIEF_OFFICER,
                "photo_url": "http://localhost:8000/faces/31.jpg",
                "words": "Strong match",
                "percent": 99,
                "chance": 0.9971,
                "denied": False,
            }
        ],
    },
)
_CONFIRMED = examples.answer("Confirmed", {"id": examples.QUESTION_ID, "answer": "confirmed"})
_ANSWERED = {200: AnswerSerializer, 400: INVALID, 404: NOT_FOUND, 409: NOT_NOW, 429: TOO_MANY}

CREATE: dict[str, Any] = {
    "summary": "Ask who an officer is",
    "description": "Compares the one face in the box with the officers of the department, where the law allows it. The "
    "gate is asked about the department before the photo is opened. A photo sent here is kept for 24 hours, unless you "
    "confirm an officer or propose a new one. By asking you say that this is a police officer on duty. Unless the site "
    "takes your word for it, a face is measured only after a volunteer, or a model that is sure, has seen an officer.",
    "request": {"multipart/form-data": QuestionSerializer, "application/json": HeldPhotoQuestionSerializer},
    "responses": {
        202: ReceiptSerializer,
        400: PHOTO_INVALID,
        403: FORBIDDEN,
        409: NOT_POLICE,
        413: TOO_LARGE,
        429: TOO_MANY,
    },
    "examples": [_QUESTION, _RECEIPT],
}
RETRIEVE: dict[str, Any] = {
    "summary": "Who may it be?",
    "description": "Ask again while `state` is `waiting`, and now and then while it is `asking`: then a volunteer is "
    "asked whether this is an officer. `unusable` with the reason `police_not_confirmed`: nobody could confirm it, and "
    "no face was measured; ask again with `volunteer_may_look`. The gate is asked each time.",
    "responses": {200: IdentificationSerializer, 403: FORBIDDEN, **READING},
    "examples": [_RESULT],
}
CONFIRM: dict[str, Any] = {
    "summary": "This is the officer",
    "description": "The photo joins the record, tagged with the officer, and waits for a second look.",
    "request": OfficerChoiceSerializer,
    "responses": {**_ANSWERED, 403: FORBIDDEN},
    "examples": [_CONFIRMED],
}
DENY: dict[str, Any] = {
    "summary": "Not them",
    "description": "When every candidate is denied, the answer is `none`.",
    "request": OfficerChoiceSerializer,
    "responses": {**_ANSWERED, 403: FORBIDDEN},
}
NONE: dict[str, Any] = {"summary": "None of these", "request": None, "responses": _ANSWERED}
NEW_OFFICER: dict[str, Any] = {
    "summary": "Somebody who is not in the record",
    "description": "Proposes an officer, tagged in this photo, who stays unpublished until somebody looks.",
    "request": NewOfficerSerializer,
    "responses": _ANSWERED,
}
DESTROY: dict[str, Any] = {
    "summary": "Forget the question",
    "description": "Deletes the question, what was found, and the photo with every other question about it, unless the "
    "photo was given to the record.",
    "responses": {204: None, **READING},
}
