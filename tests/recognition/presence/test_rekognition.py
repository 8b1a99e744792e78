"""The Rekognition backend against botocore's own stubber and service model: no network, no keys of anyone."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import numpy as np
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, NoRegionError
from botocore.stub import ANY, Stubber
from PIL import Image

from recognition.presence import backend, rekognition
from recognition.presence.base import Box, Decision, PhotoUnsuitable, PresenceUnavailable
from recognition.presence.rekognition import (
    LONGEST_PAUSE,
    MOST_BYTES,
    PAUSE_FOR_AN_ADMIN,
    ForbiddenOperation,
    Rekognition,
    within_limit,
)


def client() -> Any:
    return boto3.client(
        "rekognition",
        region_name="us-west-2",
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def service() -> Iterator[tuple[Rekognition, Stubber]]:
    made = client()
    asked = backend("rekognition", make_client=lambda: made, jitter=lambda: 1.0)
    assert isinstance(asked, Rekognition)
    asked.load()
    with Stubber(made) as stubber:
        yield asked, stubber


def jpeg(width: int = 200, height: int = 100, noise: bool = False, quality: int = 90) -> bytes:
    draw = np.random.default_rng(1)
    shape = (height, width, 3)
    pixels = draw.integers(0, 256, shape) if noise else np.full(shape, 90)
    written = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(written, "JPEG", quality=quality)
    return written.getvalue()


def label(name: str, confidence: float, *boxes: dict[str, float]) -> dict[str, Any]:
    instances = [{"BoundingBox": box, "Confidence": confidence} for box in boxes]
    return {"Name": name, "Confidence": confidence, "Instances": instances}


def answer(stubber: Stubber, *labels: dict[str, Any]) -> None:
    expected = {"Image": {"Bytes": ANY}, "MinConfidence": 55.0, "Features": ["GENERAL_LABELS"]}
    stubber.add_response("detect_labels", {"Labels": list(labels), "LabelModelVersion": "3.0"}, expected)


def test_police_is_likely_with_its_boxes_in_pixels(service: tuple[Rekognition, Stubber]) -> None:
    asked, stubber = service
    answer(
        stubber,
        label("Person", 99.0, {"Left": 0, "Top": 0, "Width": 1, "Height": 1}),
        label("Police", 95.0, {"Left": 0.25, "Top": 0.5, "Width": 0.5, "Height": 0.4}),
    )
    found = asked.classify(jpeg(), [])
    assert found.decision is Decision.LIKELY
    assert found.score == pytest.approx(0.95)
    assert found.boxes == (Box(50, 50, 100, 40),)
    assert (found.backend, found.model_version) == ("rekognition", "3.0")


def test_boxes_stay_inside_the_photo(service: tuple[Rekognition, Stubber]) -> None:
    asked, stubber = service
    answer(stubber, label("Police", 95.0, {"Left": -0.1, "Top": 0.5, "Width": 1.3, "Height": 0.9}))
    assert asked.classify(jpeg(), []).boxes == (Box(0, 50, 200, 50),)


@pytest.mark.parametrize(
    ("labels", "decision", "score"),
    [
        ([("Police", 89.9)], Decision.REVIEW, 0.899),
        ([("Officer", 90.0)], Decision.LIKELY, 0.90),
        ([("Soldier", 99.0)], Decision.REVIEW, 0.594),
        ([("Army", 99.0), ("Military Uniform", 60.0)], Decision.REVIEW, 0.594),
        ([("Soldier", 99.0), ("Police", 92.0)], Decision.LIKELY, 0.92),
        ([("Bicycle", 99.0)], Decision.NONE_FOUND, 0.0),
        ([], Decision.NONE_FOUND, 0.0),
    ],
)
def test_soldiers_only_ask_a_person_to_look(
    service: tuple[Rekognition, Stubber], labels: list[tuple[str, float]], decision: Decision, score: float
) -> None:
    asked, stubber = service
    answer(stubber, *(label(name, confidence) for name, confidence in labels))
    found = asked.classify(jpeg(), [])
    assert found.decision is decision
    assert found.score == pytest.approx(score)


NEVER = {
    "ImageTooLargeException": "too_large",
    "InvalidImageFormatException": "unreadable",
    "InvalidParameterException": "refused_by_service",
    "InvalidS3ObjectException": "refused_by_service",
}
LATER = {
    "ThrottlingException": 2.0,
    "ProvisionedThroughputExceededException": 2.0,
    "InternalServerError": 2.0,
    "AccessDeniedException": PAUSE_FOR_AN_ADMIN,
}


def errors_of_the_service() -> list[tuple[str, int]]:
    """Every error that botocore's description of DetectLabels names, with its HTTP status."""
    shapes = client().meta.service_model.operation_model("DetectLabels").error_shapes
    return sorted(
        (shape.name, shape.metadata.get("error", {}).get("httpStatusCode", 400)) for shape in shapes
    )


def test_every_error_of_the_service_model_has_a_meaning() -> None:
    assert {name for name, _ in errors_of_the_service()} == set(NEVER) | set(LATER)
    ours = set(rekognition.NEVER) | rekognition.THROTTLED | {"AccessDeniedException"}
    assert ours == set(NEVER) | set(LATER), (
        "a meaning for an error that the service does not have, or none for one"
    )


@pytest.mark.parametrize(("code", "status"), errors_of_the_service())
def test_each_error_as_the_service_sends_it(
    service: tuple[Rekognition, Stubber], code: str, status: int
) -> None:
    """A new one of a later botocore fails here until somebody has decided what it means for the photo."""
    asked, stubber = service
    stubber.add_client_error("detect_labels", code, http_status_code=status)
    with pytest.raises((PhotoUnsuitable, PresenceUnavailable)) as raised:
        asked.classify(jpeg(), [])
    if code in NEVER:
        assert isinstance(raised.value, PhotoUnsuitable)
        assert raised.value.code == NEVER[code]
    else:
        assert isinstance(raised.value, PresenceUnavailable)
        assert raised.value.retry_after == pytest.approx(LATER[code])
    assert asked.calls == {"DetectLabels": 1}


@pytest.mark.parametrize(("code", "meaning"), NEVER.items())
def test_photos_that_never_will(service: tuple[Rekognition, Stubber], code: str, meaning: str) -> None:
    asked, stubber = service
    stubber.add_client_error("detect_labels", code, http_status_code=400)
    with pytest.raises(PhotoUnsuitable) as refused:
        asked.classify(jpeg(), [])
    assert refused.value.code == meaning


@pytest.mark.parametrize(
    ("code", "pause"), [*LATER.items(), ("UnrecognizedClientException", PAUSE_FOR_AN_ADMIN)]
)
def test_errors_that_may_pass(service: tuple[Rekognition, Stubber], code: str, pause: float) -> None:
    asked, stubber = service
    stubber.add_client_error("detect_labels", code, http_status_code=400)
    with pytest.raises(PresenceUnavailable) as later:
        asked.classify(jpeg(), [])
    assert later.value.retry_after == pytest.approx(pause)


def test_pauses_double_up_to_a_limit_and_begin_anew(service: tuple[Rekognition, Stubber]) -> None:
    asked, stubber = service
    pauses = []
    for _ in range(12):
        stubber.add_client_error("detect_labels", "ThrottlingException", http_status_code=400)
        with pytest.raises(PresenceUnavailable) as later:
            asked.classify(jpeg(), [])
        pauses.append(later.value.retry_after)
    assert pauses[:4] == [2.0, 4.0, 8.0, 16.0]
    assert pauses[-1] == LONGEST_PAUSE
    answer(stubber)
    asked.classify(jpeg(), [])
    stubber.add_client_error("detect_labels", "ThrottlingException", http_status_code=400)
    with pytest.raises(PresenceUnavailable) as later:
        asked.classify(jpeg(), [])
    assert later.value.retry_after == 2.0


def test_jitter_spreads_pauses_between_half_and_whole() -> None:
    made = client()
    asked = Rekognition(make_client=lambda: made, jitter=lambda: 0.0)
    asked.load()
    with Stubber(made) as stubber:
        stubber.add_client_error("detect_labels", "ThrottlingException", http_status_code=400)
        with pytest.raises(PresenceUnavailable) as later:
            asked.classify(jpeg(), [])
    assert later.value.retry_after == pytest.approx(1.0)


def test_a_service_that_cannot_be_reached_is_tried_later() -> None:
    made = client()

    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="none")

    made.meta.events.register("before-send.rekognition.DetectLabels", unreachable)
    asked = Rekognition(make_client=lambda: made)
    with pytest.raises(PresenceUnavailable, match="cannot be reached"):
        asked.classify(jpeg(), [])


def test_missing_settings_are_said_when_loading() -> None:
    def without_region() -> Any:
        raise NoRegionError

    with pytest.raises(PresenceUnavailable, match="not set up"):
        Rekognition(make_client=without_region).load()


def test_a_region_alone_makes_a_client_that_tries_once() -> None:
    asked = backend("rekognition", region="us-west-2")
    asked.load()
    assert isinstance(asked, Rekognition)
    settings = asked._client.meta.config
    assert settings.region_name == "us-west-2"
    assert settings.retries["total_max_attempts"] == 1


def test_only_labels_are_ever_asked_for_and_each_request_is_counted(
    service: tuple[Rekognition, Stubber],
) -> None:
    asked, stubber = service
    for _ in range(3):
        answer(stubber, label("Police", 95.0))
        asked.classify(jpeg(), [])
    stubber.add_client_error("detect_labels", "ThrottlingException", http_status_code=400)
    with pytest.raises(PresenceUnavailable):
        asked.classify(jpeg(), [])
    assert set(asked.calls) == {"DetectLabels"}
    assert asked.calls_made == 4
    stubber.assert_no_pending_responses()


def test_the_client_refuses_every_other_operation_before_it_leaves(
    service: tuple[Rekognition, Stubber],
) -> None:
    asked, _ = service
    made = asked._client
    operations = set(made.meta.service_model.operation_names) - {"DetectLabels"}
    assert {"DetectFaces", "CompareFaces", "SearchFacesByImage", "IndexFaces"} <= operations
    for operation in sorted(operations):
        with pytest.raises(ForbiddenOperation):
            made._make_api_call(operation, {})
    assert asked.calls_made == 0


def test_photos_over_the_limit_are_sent_smaller() -> None:
    large = jpeg(3000, 2500, noise=True, quality=95)
    assert len(large) > MOST_BYTES
    smaller = within_limit(large, Image.open(io.BytesIO(large)))
    assert len(smaller) <= MOST_BYTES
    shrunk = Image.open(io.BytesIO(smaller))
    assert shrunk.width / shrunk.height == pytest.approx(3000 / 2500, abs=0.01)


def test_photos_within_the_limit_are_sent_as_they_are() -> None:
    small = jpeg()
    assert within_limit(small, Image.open(io.BytesIO(small))) is small


def test_broken_photos_are_never_sent(service: tuple[Rekognition, Stubber]) -> None:
    asked, _ = service
    with pytest.raises(PhotoUnsuitable):
        asked.classify(b"not a photo", [])
    assert asked.calls_made == 0
