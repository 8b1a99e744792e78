"""The questions on the way to a search, and what is wrong with an answer in plain words."""

from typing import Any

from django import forms
from django.conf import settings

from officers.models import Photo
from privacy.shapes import Rectangle

SMALLEST_BOX = 8


class ProbeForm(forms.Form):
    photo = forms.FileField(
        label="Your photo",
        help_text="Up to 20 MB. JPEG, PNG, HEIC, WebP, GIF or AVIF.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
        error_messages={"required": "Choose a photo.", "empty": "This file is empty. Choose another photo."},
    )


def own_box_field(name: str, label: str, *, least: int) -> forms.IntegerField:
    """One side of a box given by hand, with the id that it has in the face picker: errors link to it."""
    widget = forms.NumberInput(attrs={"id": f"face-own-{name}"})
    return forms.IntegerField(required=False, min_value=least, label=label, widget=widget)


class FaceForm(forms.Form):
    """One numbered head, or an own box in pixels of the photo."""

    face = forms.CharField(error_messages={"required": "Choose the officer's face, or draw a box round it."})
    x = own_box_field("x", "From the left", least=0)
    y = own_box_field("y", "From the top", least=0)
    w = own_box_field("w", "Width", least=SMALLEST_BOX)
    h = own_box_field("h", "Height", least=SMALLEST_BOX)

    def __init__(self, *args: Any, photo: Photo, **options: Any) -> None:
        super().__init__(*args, **options)
        self.photo = photo

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        choice = cleaned.get("face")
        if choice == "own":
            cleaned["box"] = self._own_box(cleaned)
        elif choice:
            head = self.photo.heads.filter(number=int(choice)).first() if choice.isdecimal() else None
            if head is None:
                raise forms.ValidationError("That face is not in this photo. Choose one of those shown.")
            cleaned["box"] = head.box
        return cleaned

    def _own_box(self, cleaned: dict[str, Any]) -> Rectangle:
        numbers = tuple(cleaned.get(name) for name in ("x", "y", "w", "h"))
        if any(number is None for number in numbers):
            raise forms.ValidationError("Draw a box around the face, or fill in all four numbers.")
        x, y, width, height = (int(number or 0) for number in numbers)
        if x + width > self.photo.width or y + height > self.photo.height:
            raise forms.ValidationError("The box reaches over the edge of the photo. Draw it inside.")
        return Rectangle(x, y, width, height)


class DutyForm(forms.Form):
    on_duty = forms.BooleanField(
        label="Yes, this is a police officer on duty, in uniform or with a badge",
        error_messages={
            "required": "We compare only officers on duty. Say so, or go back and choose another face."
        },
    )

    may_show = forms.BooleanField(
        required=False,
        label="A volunteer may look at this person in my photo, to confirm that it is an officer",
        help_text="Only if our program is not sure. They see this person, not the rest of the photo.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if settings.ATTESTATION_IS_ENOUGH:
            del self.fields["may_show"]


class TellForm(forms.Form):
    send_to = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Write an e-mail address, or go back: your search goes on without one.",
            "invalid": "Write an e-mail address such as name@example.org.",
        },
    )


class BoxForm(forms.Form):
    """The chosen box, carried from the face page to the duty page in the address."""

    x = forms.IntegerField(min_value=0)
    y = forms.IntegerField(min_value=0)
    w = forms.IntegerField(min_value=SMALLEST_BOX)
    h = forms.IntegerField(min_value=SMALLEST_BOX)

    def box(self) -> Rectangle:
        """The box of a valid form."""
        return Rectangle(*(self.cleaned_data[name] for name in ("x", "y", "w", "h")))
