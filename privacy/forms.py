"""What is asked of a person who protects a photo, and boxes over a photo as both pages that cover heads send them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from django import forms
from django.http import QueryDict

from privacy import choices, options, tools
from privacy.outcomes import Order
from privacy.photos import MAX_BYTES
from privacy.shapes import Share

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
UNAGREED: Final = "This tool needs your agreement. Or cover the heads instead: that measures nothing."
_MOST_TEXT: Final = options.MOST * 40


def _percent(label: str) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, min_value=0, max_value=100)


class BoxForm(forms.Form):
    """Boxes in per cent of the photo: one typed, any number drawn ("left,top,width,height" each)."""

    left = _percent("From the left")
    top = _percent("From the top")
    width = _percent("Width")
    height = _percent("Height")

    def clean(self) -> dict[str, Any]:
        """Adds `shares`: the boxes."""
        data: dict[str, Any] = super().clean() or {}
        typed = [data.get(name) for name in ("left", "top", "width", "height")]
        drawn = _all(self.data, "box")
        data["shares"] = shares = _read(drawn)
        if any(number is not None for number in typed):
            if None in typed:
                raise forms.ValidationError("Fill in all four numbers of the box.")
            shares.append(Share(*(float(number) / 100 for number in typed if number is not None)))
        return data

    def numbers(self) -> list[forms.BoundField]:
        """The four fields of the typed box."""
        return [self[name] for name in ("left", "top", "width", "height")]


def _all(data: Mapping[str, Any], name: str) -> list[str]:
    """Every value of that name that was sent."""
    return data.getlist(name) if isinstance(data, QueryDict) else []


def _read(boxes: Sequence[str]) -> list[Share]:
    try:
        return [options.share(text) for text in boxes]
    except ValueError:
        raise forms.ValidationError("A box could not be read. Draw it again.") from None


class ProtectForm(BoxForm):
    """A photo and what is to be done with it. Sent again, the boxes that were found before come with it.

    `masks` are those boxes, and `of` says of which file: of another one they are forgotten, or they would leave its
    people bare. `lift` are the numbers of boxes to leave out.
    """

    photo = forms.FileField(
        label="Photo",
        help_text="One photo, up to 20 MB. JPEG, PNG, HEIC, WebP, GIF or AVIF.",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        error_messages={"required": "Choose a photo.", "empty": "That file is empty. Choose another one."},
    )
    tool = forms.ChoiceField(label="What to do with the photo", required=False)
    agree = forms.BooleanField(label="That is so, and I agree", required=False)
    masks = forms.CharField(required=False, max_length=_MOST_TEXT)
    of = forms.RegexField(_SHA256, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.offered = choices.offered()
        tool_field = self.fields["tool"]
        assert isinstance(tool_field, forms.ChoiceField)  # noqa: S101 - as declared above
        tool_field.choices = [(each.name, each.title) for each in self.offered]
        for each in self.offered:
            for option in fields(tools.tool(each.name).Options):
                if "choices" in option.metadata:
                    self.fields[f"{each.name}-{option.name}"] = forms.ChoiceField(
                        label=option.metadata["label"],
                        choices=list(option.metadata["choices"].items()),
                        initial=str(option.default),
                        required=False,
                    )

    def mask_options(self) -> list[forms.BoundField]:
        """How the masks look."""
        return [self[field] for field in self.fields if field.startswith("mask-")]

    def other_options(self) -> list[forms.BoundField]:
        """Those of all other tools."""
        return [self[field] for field in self.fields if "-" in field and not field.startswith("mask-")]

    def asks_for_release(self) -> bool:
        """Does any tool that is offered measure a face?"""
        return any(each.needs_release for each in self.offered)

    def clean_photo(self) -> bytes:
        """The bytes themselves; whether they are a photo is found out in the cage."""
        upload = self.cleaned_data["photo"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError("That file is larger than 20 MB. Choose a smaller copy of the photo.")
        return bytes(upload.read())

    def clean(self) -> dict[str, Any]:
        """Adds `order`."""
        data = super().clean()
        name = data.get("tool") or "mask"
        if options.needs_release(tools.tool(name)) and not data.get("agree"):
            self.add_error("agree", UNAGREED)
        if not self.errors:
            words = {
                field.partition("-")[2]: [data[field]]
                for field in self.fields
                if field.startswith(f"{name}-") and data[field]
            }
            words |= self._boxes(data) if name == "mask" else {}
            data["order"] = Order(name, words, agreed=bool(data.get("agree")))
        return data

    def _boxes(self, data: dict[str, Any]) -> dict[str, list[str]]:
        """What was drawn, and, for the same file as before, what was found and not lifted."""
        drawn = data["shares"]
        if data["of"] != hashlib.sha256(data["photo"]).hexdigest():
            return {"drawn": [options.in_words(box) for box in drawn]}
        lifted, before = _all(self.data, "lift"), [text for text in data["masks"].split(";") if text]
        found = [box for number, box in enumerate(_read(before), 1) if str(number) not in lifted]
        return {"find": ["no"], "drawn": [options.in_words(box) for box in [*found, *drawn]]}
