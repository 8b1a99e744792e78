"""What intake says to a photo, as the API says it."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import status

from oversight.api_refusals import INVALID, FormError, Refused, error
from privacy.photos import PhotoRefused


def photo_refusal(refused: PhotoRefused) -> Refused:
    """What intake said, as the API says it: 413 for a file that is too large, 400 for everything else."""
    too_large = refused.code == "too_large"
    http_status = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE if too_large else status.HTTP_400_BAD_REQUEST
    return Refused(refused.code, refused.sentence, http_status=http_status)


TOO_LARGE = error(
    "The photo is larger than 20 MB.",
    "too_large",
    "That file is larger than 20 MB. Send a smaller copy of the photo.",
)
PHOTO_INVALID = OpenApiResponse(
    FormError,
    description="A form error (`invalid`), or intake refused the photo: `empty`, `not_a_photo`, `unsupported_format`, "
    "`too_many_pixels`, `too_small`, `broken`, `too_slow`, `crashed`.",
    examples=[
        *INVALID.examples,
        OpenApiExample(
            "not_a_photo",
            value={
                "code": "not_a_photo",
                "detail": "That file is not a photo. Send a JPEG, PNG, WebP, GIF, HEIC or AVIF picture.",
            },
            response_only=True,
        ),
    ],
)
