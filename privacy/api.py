"""POST /api/v1/protect/: a photo in, the protected photo out, and nothing kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from oversight.api_refusals import TOO_MANY, Refused, error
from privacy import choices, options, protecting, release, tools, uploads, views
from privacy.api_refusals import PHOTO_INVALID, TOO_LARGE, photo_refusal
from privacy.outcomes import Order, Outcome
from privacy.photos import PhotoRefused
from privacy.refusals import SENTENCES
from privacy.tools.mask import CROWD, SYMBOLS
from privacy.turns import COME_BACK, Busy

FACES = "Oversight-Faces"
_BUSY = error(
    "Others are served first. The header `Retry-After` says how many seconds to wait.", "busy", Busy.sentence
)
_RELEASE = error(
    "The tool measures a face, and nobody agreed to that.", "release_missing", "This tool measures a face."
)
_BOXES = "`left,top,width,height` in per cent of the photo. May be given several times."


class ProtectSerializer(serializers.Serializer[Any]):
    """For the document: options are read by `privacy.options`, the same for every way in."""

    photo = serializers.FileField(help_text="JPEG, PNG, GIF, WebP, AVIF or HEIF; at most 20 MB.")
    tool = serializers.ChoiceField(
        choices=tools.NAMES, default="mask", help_text="Those installed on this site."
    )
    agree = serializers.BooleanField(
        default=False, help_text=f"For tools that measure a face. “{release.TEXT}”"
    )
    scale = serializers.FloatField(
        required=False, min_value=1, max_value=4, help_text="mask: times the head."
    )
    colour = serializers.CharField(required=False, help_text="mask: a name or `#rrggbb`.")
    symbol = serializers.ChoiceField(choices=SYMBOLS, required=False, help_text="mask: drawn on the paint.")
    crowd = serializers.ChoiceField(
        choices=CROWD, required=False, help_text="mask: gaps between small heads."
    )
    keep = serializers.ListField(
        child=serializers.CharField(), required=False, help_text=f"mask: faces. {_BOXES}"
    )
    drawn = serializers.ListField(
        child=serializers.CharField(), required=False, help_text=f"mask: more. {_BOXES}"
    )


class PictureRenderer(BaseRenderer):
    """Says to whoever asks for a picture that there is one; refusals are JSON all the same."""

    media_type = "image/jpeg"
    format = "jpg"

    def render(self, data: Any, *args: Any, **names: Any) -> bytes:  # noqa: ARG002 - the base class's shape
        return JSONRenderer().render(data)


class ProtectView(APIView):
    """Protect a photo, from anybody, without an account."""

    permission_classes = [AllowAny]
    parser_classes = [MultiPartParser, FormParser]
    renderer_classes = [JSONRenderer, PictureRenderer]
    throttle_scope = "protections"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if uploads.is_too_large(request._request):
            raise Refused("too_large", SENTENCES["too_large"], http_status=413)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        tags=["photos"],
        summary="Protect a photo",
        description="The answer is the photo with every head covered, without metadata, its longest side at most 4096. "
        "Nothing is stored. A machine misses people: look at the photo before it is shown to anybody.",
        request={"multipart/form-data": ProtectSerializer},
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            400: PHOTO_INVALID,
            403: _RELEASE,
            413: TOO_LARGE,
            429: TOO_MANY,
            503: _BUSY,
        },
        parameters=[
            OpenApiParameter(
                FACES,
                int,
                OpenApiParameter.HEADER,
                response=[200],
                description="How many places were covered.",
            )
        ],
    )
    def post(self, request: Request) -> HttpResponse:
        outcome = _outcome(request._request, request)
        return HttpResponse(outcome.jpeg, content_type="image/jpeg", headers={FACES: str(outcome.faces)})


def _outcome(asked: HttpRequest, request: Request) -> Outcome:
    """The protected photo. Raises what the API says instead."""
    if "photo" not in request.FILES:
        raise ValidationError({"photo": ["Send a photo."]})
    order = _order(request)
    if order.tool not in {each.name for each in choices.offered()}:
        raise ValidationError({"tool": [f"There is no tool {order.tool!r} on this site."]})
    try:
        return protecting.last(views.begin(asked, request.FILES["photo"].read(), order))
    except PhotoRefused as refused:
        raise photo_refusal(refused) from refused
    except Busy as busy:
        refusal = Refused("busy", busy.sentence, http_status=status.HTTP_503_SERVICE_UNAVAILABLE)
        refusal.wait = COME_BACK  # type: ignore[attr-defined]  # becomes Retry-After
        raise refusal from busy
    except release.ReleaseMissing as missing:
        raise Refused("release_missing", f"This tool measures a face. {release.TEXT}") from missing
    except options.OptionRefused as problem:
        raise ValidationError({problem.name or "options": [problem.sentence]}) from problem


def _order(request: Request) -> Order:
    """What is asked for: everything that is not the photo, the tool or the agreement is an option of the tool."""
    words = {name: request.POST.getlist(name) for name in request.POST}
    agreed = words.pop("agree", ["no"])[-1].lower() in {"yes", "true", "on", "1"}
    return Order(words.pop("tool", ["mask"])[-1], words, agreed)
