"""Police presence by Amazon Rekognition: photos leave this computer, so it is off unless a site asks for it.

This file decides what is asked of the service (labels and nothing else), how its labels become an answer,
and what each of its errors means for the photo. Faces are never sent to be found, compared or stored: a
hook refuses every operation but DetectLabels before it leaves, whatever code holds the client. The least
permission that works is an IAM policy that allows `rekognition:DetectLabels` and nothing more.

The label list is OpenOversight's; its military labels accept soldiers as police, so here they only ever
ask a person to look. Request, limits and errors: API of 2016-06-27.
"""

import io
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from PIL import Image

from recognition.presence.base import (
    NEVER_SURE,
    Box,
    Decision,
    Label,
    PhotoUnsuitable,
    Presence,
    PresenceUnavailable,
)
from recognition.presence.opening import open_jpeg

OPERATION = "DetectLabels"
MOST_BYTES = 5 * 1024 * 1024
POLICE = frozenset({"Police", "Officer"})
MILITARY = frozenset({"Military", "Military Uniform", "Army", "Soldier"})

LEAST_CONFIDENCE = 55.0
LIKELY_CONFIDENCE = 90.0
MILITARY_WEIGHT = 0.6
"""A certain soldier scores 0.6: above most doubt, below every likely officer."""

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
PAUSE_FOR_AN_ADMIN = 3600.0
"""Wrong keys or permissions do not mend themselves: try again in an hour, not at once."""

SMALLER = ((4096, 90), (3072, 85), (2048, 85), (1600, 80), (1024, 70))
"""Longest side and JPEG quality, tried in turn until the photo is within the limit."""

THROTTLED = frozenset(
    {"ThrottlingException", "ProvisionedThroughputExceededException", "InternalServerError"}
)
NEVER = {
    "ImageTooLargeException": "too_large",
    "InvalidImageFormatException": "unreadable",
    "InvalidParameterException": "refused_by_service",
    "InvalidS3ObjectException": "refused_by_service",
}


class ForbiddenOperation(Exception):
    """Something asked the service for more than labels; nothing was sent."""


class Rekognition:
    """Labels from the service. `make_client` returns a boto3 Rekognition client and is called once.

    `calls` counts the requests sent, by operation, since this object was made: each one may be charged.
    """

    name = "rekognition"
    sure_from = NEVER_SURE

    def __init__(self, make_client: Callable[[], Any], jitter: Callable[[], float] = random.random) -> None:
        self.calls: Counter[str] = Counter()
        self._make_client = make_client
        self._jitter = jitter
        self._client: Any = None
        self._throttled_in_a_row = 0

    @property
    def calls_made(self) -> int:
        """Requests sent so far."""
        return self.calls.total()

    def load(self) -> None:
        """Make the client. Raises `PresenceUnavailable` when region or keys are missing."""
        if self._client is not None:
            return
        try:
            client = self._make_client()
        except (BotoCoreError, ValueError) as error:
            raise PresenceUnavailable(f"Rekognition is not set up: {error}", PAUSE_FOR_AN_ADMIN) from error
        client.meta.events.register_first("provide-client-params.rekognition", self._only_labels)
        self._client = client

    def classify(self, jpeg: bytes, heads: Sequence[Box]) -> Presence:  # noqa: ARG002 - the service finds people itself
        """Judge one photo; see `PresenceBackend.classify`. Costs one request."""
        self.load()
        photo = open_jpeg(jpeg)
        answer = self._ask(within_limit(jpeg, photo))
        return presence(answer, photo.width, photo.height)

    def _ask(self, jpeg: bytes) -> Mapping[str, Any]:
        try:
            answer: Mapping[str, Any] = self._client.detect_labels(
                Image={"Bytes": jpeg}, MinConfidence=LEAST_CONFIDENCE, Features=["GENERAL_LABELS"]
            )
        except ClientError as error:
            raise self._meaning(error) from error
        except BotoCoreError as error:
            raise PresenceUnavailable(f"Rekognition cannot be reached: {error}", self._pause()) from error
        self._throttled_in_a_row = 0
        return answer

    def _only_labels(self, model: Any, **_: object) -> None:
        if model.name != OPERATION:
            raise ForbiddenOperation(f"{model.name} was refused: only {OPERATION} may be called.")
        self.calls[model.name] += 1

    def _meaning(self, error: ClientError) -> PhotoUnsuitable | PresenceUnavailable:
        """What an error of the service says about the photo or about the next try."""
        code = error.response.get("Error", {}).get("Code", "")
        if code in NEVER:
            return PhotoUnsuitable(NEVER[code])
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in THROTTLED or status == 429 or status >= 500:
            return PresenceUnavailable(f"Rekognition is busy ({code}).", self._pause())
        return PresenceUnavailable(
            f"Rekognition refused: {code}. Check keys and permission.", PAUSE_FOR_AN_ADMIN
        )

    def _pause(self) -> float:
        """Seconds to wait: twice as long after each failure in a row, with jitter so that workers spread."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**self._throttled_in_a_row)
        self._throttled_in_a_row = min(self._throttled_in_a_row + 1, 10)
        return longest * (0.5 + self._jitter() / 2)


def create(*, region: str = "", make_client: Callable[[], Any] | None = None, **options: Any) -> Rekognition:
    """The backend. Without `make_client`, keys come from the usual AWS places (environment, file, role)."""
    return Rekognition(make_client or partial(_client, region), **options)


def _client(region: str) -> Any:
    """A client that tries once: waiting is the queue's business, and each try may be charged."""
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=30)
    return boto3.client("rekognition", region_name=region or None, config=config)


def within_limit(jpeg: bytes, photo: Image.Image) -> bytes:
    """`jpeg` itself, or the same photo encoded smaller until it is within the service's 5 MiB.

    Raises `PhotoUnsuitable("too_large")` if even the smallest is not.
    """
    if len(jpeg) <= MOST_BYTES:
        return jpeg
    for longest_side, quality in SMALLER:
        smaller = photo.copy()
        smaller.thumbnail((longest_side, longest_side))
        encoded = io.BytesIO()
        smaller.save(encoded, "JPEG", quality=quality)
        if encoded.tell() <= MOST_BYTES:
            return encoded.getvalue()
    raise PhotoUnsuitable("too_large")


def presence(answer: Mapping[str, Any], width: int, height: int) -> Presence:
    """The service's labels as an answer about a photo of `width` x `height` pixels."""
    seen = [label for label in answer.get("Labels", []) if label.get("Name") in POLICE | MILITARY]
    police = _best(seen, POLICE)
    military = _best(seen, MILITARY)
    labels = [Label("police", police)] if police else []
    labels += [Label("military", military)] if military else []
    likely = police * 100 >= LIKELY_CONFIDENCE
    doubtful = Decision.REVIEW if labels else Decision.NONE_FOUND
    return Presence(
        score=max(police, military * MILITARY_WEIGHT),
        decision=Decision.LIKELY if likely else doubtful,
        labels=tuple(labels),
        boxes=tuple(_boxes(seen, width, height)),
        backend=Rekognition.name,
        model_version=str(answer.get("LabelModelVersion", "unknown")),
    )


def _best(seen: list[Mapping[str, Any]], names: frozenset[str]) -> float:
    """The greatest confidence among labels called one of `names`, 0 to 1; 0 when there is none."""
    return max((float(label["Confidence"]) / 100 for label in seen if label["Name"] in names), default=0.0)


def _boxes(seen: list[Mapping[str, Any]], width: int, height: int) -> list[Box]:
    """Where the service saw police, surest first; its boxes are shares of the photo's sides."""
    instances = [one for label in seen if label["Name"] in POLICE for one in label.get("Instances", [])]
    instances.sort(key=lambda one: float(one.get("Confidence", 0)), reverse=True)
    return [_box(one["BoundingBox"], width, height) for one in instances if one.get("BoundingBox")]


def _box(share: Mapping[str, float], width: int, height: int) -> Box:
    """The service may reach over the photo's edges; we do not."""
    left, top = max(0.0, share["Left"]), max(0.0, share["Top"])
    right, bottom = min(1.0, share["Left"] + share["Width"]), min(1.0, share["Top"] + share["Height"])
    return Box(
        round(left * width),
        round(top * height),
        round((right - left) * width),
        round((bottom - top) * height),
    )
