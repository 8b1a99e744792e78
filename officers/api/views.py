"""Photos sent to the record over HTTP. Rules lie below; here is only their form."""

from django.apps import apps
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from officers import pressure, submissions
from officers.api import examples
from officers.api.errors import PHOTO_INVALID, READING, TOO_LARGE, TOO_MANY, photo_refusal
from officers.api.serializers import (
    PhotoSerializer,
    PhotoUploadSerializer,
    ReceiptSerializer,
)
from officers.models import Photo
from oversight import throttles
from oversight.api_refusals import Refused, error
from oversight.proof import UNPROVEN
from privacy.photos import PhotoRefused


def photos_at_hand() -> QuerySet[Photo]:
    """Photos whose time is not over. The sweeper deletes the others; until it comes they are gone for a
    caller, and so is what is held back."""
    return Photo.objects.not_held().filter(Q(expires_at=None) | Q(expires_at__gt=Now()))


@extend_schema_view(
    create=extend_schema(
        summary="Send a photo",
        description="The photo is rebuilt from its pixels, without metadata; what was sent is not stored. Some moments "
        "later its heads are found, and a model says whether police are in it: ask its `url`.",
        request={"multipart/form-data": PhotoUploadSerializer},
        responses={
            202: ReceiptSerializer,
            400: PHOTO_INVALID,
            413: TOO_LARGE,
            429: TOO_MANY,
            503: error("Very many photos wait.", "too_many_photos", pressure.SENTENCE),
        },
        examples=[examples.PHOTO_RECEIPT],
    ),
    retrieve=extend_schema(
        summary="How far is a photo?",
        description="The id is only known to whoever sent the photo. The picture itself cannot be read here.",
        responses={200: PhotoSerializer, **READING},
        examples=[examples.PHOTO],
    ),
)
@extend_schema(tags=["photos"])
class PhotoViewSet(mixins.RetrieveModelMixin, GenericViewSet[Photo]):
    """Photos for the record, from anybody, without an account."""

    queryset = Photo.objects.none()  # says of what; get_queryset says which
    serializer_class = PhotoSerializer
    permission_classes = [AllowAny]
    parser_classes = [MultiPartParser, FormParser]
    throttle_scope = "photos"
    filter_backends = []

    def get_queryset(self) -> QuerySet[Photo]:
        photos = photos_at_hand().prefetch_related("heads")
        return photos.select_related("presence") if apps.is_installed("recognition") else photos

    def create(self, request: Request) -> Response:
        form = PhotoUploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        if pressure.is_on(request) and not throttles.allows(request, UNPROVEN):
            raise Refused(
                "too_many_photos", pressure.SENTENCE, http_status=status.HTTP_503_SERVICE_UNAVAILABLE
            )
        upload, department = form.validated_data["photo"], form.validated_data["department"]
        try:
            photo = submissions.receive(data=upload.read(), department=department).photo
        except PhotoRefused as refused:
            raise photo_refusal(refused) from refused
        return accepted(request, photo.pk, "received", "api-photo-detail")


def accepted(request: Request, pk: object, state: str, route: str) -> Response:
    """202: taken in, not done yet. Says where to ask how far it is, in the body and in Location."""
    url = reverse(route, args=[pk], request=request)
    body = ReceiptSerializer({"id": pk, "state": state, "url": url}).data
    return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": url})
