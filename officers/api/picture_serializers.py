"""Published photos and the faces in them, as the API shows them: addresses of covered copies."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from officers import pictures
from officers.api.fact_serializers import NumbersField
from officers.models import Face, Publication


class PictureSerializer(serializers.Serializer[Any]):
    """A covered copy: everybody is painted over but tagged officers."""

    url = serializers.URLField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


def picture_of(picture: pictures.Picture, request: Any) -> dict[str, Any]:
    url = request.build_absolute_uri(picture.url) if request else picture.url
    return {"url": url, "width": picture.width, "height": picture.height}


class FaceSerializer(serializers.ModelSerializer[Face]):
    """An officer in a published photo."""

    picture = serializers.SerializerMethodField()

    class Meta:
        model = Face
        fields = ["id", "officer", "photo", "is_featured", "picture"]

    @extend_schema_field(PictureSerializer)
    def get_picture(self, face: Face) -> dict[str, Any]:
        shown, request = pictures.of_face(face), self.context.get("request")
        size = {"width": shown.width, "height": shown.height} if shown else {"width": 0, "height": 0}
        return {"url": reverse("face-crop", args=[face.pk], request=request), **size}


class PublishedPhotoSerializer(serializers.ModelSerializer[Publication]):
    """A photo that people agreed to show. Who sent it is known to nobody."""

    id = serializers.UUIDField(source="photo_id")
    department = serializers.IntegerField(source="photo.department_id")
    taken_on = serializers.DateField(source="photo.taken_on", allow_null=True)
    picture = serializers.SerializerMethodField()
    officers = serializers.SerializerMethodField()

    class Meta:
        model = Publication
        fields = ["id", "department", "taken_on", "picture", "officers"]

    @extend_schema_field(PictureSerializer)
    def get_picture(self, shown: Publication) -> dict[str, Any]:
        return picture_of(pictures.of_photo(shown), self.context.get("request"))

    @extend_schema_field(NumbersField)
    def get_officers(self, shown: Publication) -> list[int]:
        faces: list[Face] = getattr(shown.photo, "public_faces", [])
        return sorted({face.officer_id for face in faces if face.officer_id})
