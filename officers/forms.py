"""What people send us, and what is wrong with it in plain words."""

import math
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet

from officers.models import Department, Photo
from oversight.proof import ProofField
from privacy.forms import BoxForm
from privacy.shapes import Rectangle, Share


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyPhotosField(forms.FileField):
    """One or more photos. Whether each is one is found out by opening it, not here."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", ManyFilesInput(attrs={"accept": "image/*"}))
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > settings.MAX_PHOTOS_PER_UPLOAD:
            raise forms.ValidationError(
                f"Send at most {settings.MAX_PHOTOS_PER_UPLOAD} photos at once. You chose {len(files)}."
            )
        if not files:
            raise forms.ValidationError("Choose at least one photo.")
        return [super(ManyPhotosField, self).clean(file, initial) for file in files]


class DepartmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the published departments, named with its state."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.state.name}"


def published_departments() -> QuerySet[Department]:
    return Department.objects.public().select_related("state").order_by("state__name", "name")


class SubmitPhotosForm(forms.Form):
    department = DepartmentField(
        queryset=published_departments(),
        label="Which department are the officers from?",
        empty_label="Choose a department",
        error_messages={"required": "Choose the department the officers are from."},
    )
    photos = ManyPhotosField(
        label="Photos",
        help_text="Up to 10 at once, 20 MB each and 80 MB together. JPEG, PNG, HEIC, WebP, GIF or AVIF.",
        error_messages={"required": "Choose at least one photo."},
    )

    def __init__(self, *args: Any, wants_proof: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if wants_proof:
            self.fields["altcha"] = ProofField()


class NewOfficerForm(forms.Form):
    """An officer who is not in the record. Anything that is known helps; a badge number helps most."""

    badge_number = forms.CharField(label="Badge number", required=False, max_length=50)
    last_name = forms.CharField(label="Last name", required=False, max_length=120)
    first_name = forms.CharField(label="First name", required=False, max_length=120)


class CoverForm(BoxForm):
    """What else to cover of a photo: at least one box."""

    def __init__(self, *args: Any, photo: Photo, **options: Any) -> None:
        super().__init__(*args, **options)
        self.photo = photo

    def clean(self) -> dict[str, Any]:
        """Adds `boxes`: rectangles in whole pixels of the photo, outward."""
        data = super().clean()
        if not data["shares"] and not self.errors:
            raise forms.ValidationError(
                "Draw a box over what is to be covered, or say where it is in numbers."
            )
        data["boxes"] = [self._pixels(share) for share in data["shares"]]
        return data

    def _pixels(self, share: Share) -> Rectangle:
        across, down = self.photo.width, self.photo.height
        x, y = math.floor(share.left * across), math.floor(share.top * down)
        right, bottom = (share.left + share.width) * across, (share.top + share.height) * down
        return Rectangle(x, y, math.ceil(right) - x, math.ceil(bottom) - y)
