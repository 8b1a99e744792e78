"""The forms of the record (officers/kinds.py) as the API reads and writes them. Every rule stays the form's own.

A field takes what the page's field takes: an officer or a rank by its name, lists as lists of lines. What a program
leaves out stays as it is.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from officers.kinds import KINDS, Kind, record_above
from officers.models.base import Recorded
from officers.record_forms import RecordForm
from oversight.models import User

LINES = {"officer_names", "plates"}
NOT_FIELDS = {"version", "why"}
MOST_LINES = 200
WHY = 300


def api_field(name: str, field: forms.Field) -> Any:
    """The shape of a form's field. Whether it may be empty, only the form knows."""
    words: dict[str, Any] = {"required": False, "label": field.label, "help_text": str(field.help_text)}
    if name in LINES:
        return serializers.ListField(child=serializers.CharField(), max_length=MOST_LINES, **words)
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(**words)
    words["allow_null"] = True
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        is_code = field.queryset.model._meta.pk.get_internal_type() == "CharField"
        return serializers.CharField(max_length=2, allow_blank=True, **words) if is_code else _whole(words)
    if isinstance(field, forms.ChoiceField):
        return serializers.ChoiceField(choices=list(field.choices), allow_blank=True, **words)
    if isinstance(field, forms.DecimalField):
        return serializers.DecimalField(max_digits=None, decimal_places=None, **words)
    if isinstance(field, forms.IntegerField):
        return _whole(words)
    if isinstance(field, forms.DateField):
        return serializers.DateField(**words)
    if isinstance(field, forms.TimeField):
        return serializers.TimeField(**words)
    longest = getattr(field, "max_length", None)
    return serializers.CharField(max_length=longest, allow_blank=True, trim_whitespace=False, **words)


def _whole(words: dict[str, Any]) -> Any:
    return serializers.IntegerField(min_value=0, max_value=2**63 - 1, **words)


class FormFields(serializers.Serializer[Any]):
    """The fields that a form has at the moment: some are only of new records."""

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value for name, value in super().to_representation(instance).items() if name in instance
        }


@cache
def fields_of(kind: Kind) -> Any:
    """The serializer of a kind's fields."""
    named = {name: api_field(name, f) for name, f in _form_fields(kind).items() if name not in NOT_FIELDS}
    doc = {"__doc__": f"The fields of {kind.one}, as on its page."}
    return type(f"{kind.model.__name__}Fields", (FormFields,), {**named, **doc})


def _form_fields(kind: Kind) -> Mapping[str, forms.Field]:
    form: Any = kind.form
    fields: Mapping[str, forms.Field] = form.base_fields
    return fields


class AboveSerializer(serializers.Serializer[Any]):
    """What a record hangs on."""

    kind = serializers.ChoiceField(choices=list(KINDS))
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


@cache
def change_of(kind: Kind) -> Any:
    """The body of a change, for the document."""
    named = {"fields": fields_of(kind)(), "why": _why()}
    return type(f"{kind.model.__name__}Change", (serializers.Serializer,), named)


@cache
def addition_of(kind: Kind) -> Any:
    """The body that adds a record, for the document."""
    named = {"fields": fields_of(kind)(), "why": _why(), **_above(kind)}
    return type(f"{kind.model.__name__}Addition", (serializers.Serializer,), named)


@cache
def change_body() -> Any:
    """The body as it is read: what is in `fields` is looked at by `checked`."""
    return type("ChangeBody", (serializers.Serializer,), {"fields": serializers.DictField(), "why": _why()})


@cache
def addition_body(kind: Kind) -> Any:
    named = {"fields": serializers.DictField(), "why": _why(), **_above(kind)}
    return type("AdditionBody", (serializers.Serializer,), named)


def _above(kind: Kind) -> dict[str, Any]:
    words = f"What it hangs on: {' or '.join(kind.above)}."
    return {"above": AboveSerializer(help_text=words)} if kind.above else {}


def _why() -> Any:
    words = "Why, or from which source? Kept in the history."
    return serializers.CharField(required=False, allow_blank=True, max_length=WHY, help_text=words)


@cache
def kept_of(kind: Kind) -> Any:
    """A record as those who keep it see it."""
    named = {
        "kind": serializers.CharField(),
        "id": serializers.IntegerField(),
        "version": serializers.IntegerField(help_text="Grows with every change."),
        "name": serializers.CharField(),
        "is_published": serializers.BooleanField(
            allow_null=True, help_text="Null: as public as what it hangs on."
        ),
        "above": AboveSerializer(allow_null=True),
        "created_at": serializers.DateTimeField(),
        "updated_at": serializers.DateTimeField(),
        "fields": fields_of(kind)(),
        "act": serializers.CharField(
            required=False, help_text="After a change: what to name to undo it, with all that it changed."
        ),
    }
    return type(f"Kept{kind.model.__name__}", (serializers.Serializer,), named)


def shown(kind: Kind, record: Any, user: User, act: str = "") -> dict[str, Any]:
    """The form as its page would open it now."""
    above = record_above(record)
    form = kind.form(instance=record, user=user, above=above)
    values = {name: _value(form, name) for name in form.fields if name not in NOT_FIELDS}
    return {
        "kind": kind.name,
        "id": record.pk,
        "version": record.version,
        "name": str(record),
        "is_published": getattr(record, "is_published", None),
        "above": {"kind": above._meta.model_name, "id": above.pk} if above else None,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "fields": values,
        **({"act": act} if act else {}),
    }


def _value(form: RecordForm, name: str) -> Any:
    value = form[name].value()
    if name in LINES:
        return (value or "").splitlines()
    if isinstance(form.fields[name], forms.BooleanField):
        return bool(value)
    return value


def checked(kind: Kind, said: dict[str, Any]) -> dict[str, Any]:
    """What a program sent for fields, in their right shapes. Raises ValidationError, also for fields there are not."""
    shape = fields_of(kind)(data=said)
    shape.is_valid(raise_exception=True)
    if unknown := sorted(set(said) - set(shape.fields)):
        raise ValidationError({unknown[0]: [f"There is no such field of {kind.one}."]})
    return dict(shape.validated_data)


def filled(
    kind: Kind,
    said: dict[str, Any],
    *,
    user: User,
    why: str,
    above: Any = None,
    record: Recorded | None = None,
) -> RecordForm:
    """The form with what was sent over what there is. `record` is the one that is changed; without it, it is new."""
    blank = (
        kind.form(instance=record, user=user, above=above) if record else kind.form(user=user, above=above)
    )
    values = {name: blank[name].value() for name in blank.fields}
    if misplaced := sorted(set(said) - set(values)):
        raise ValidationError({misplaced[0]: ["It cannot be said here."]})
    values |= {name: "\n".join(value) if name in LINES else value for name, value in said.items()}
    values |= {"why": why, "version": record.version if record else None}
    data = {name: value for name, value in values.items() if value is not None}
    if record is None:
        return kind.form(data, user=user, above=above)
    return kind.form(data, instance=record, user=user, above=above)
