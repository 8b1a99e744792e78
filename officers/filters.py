"""What officers can be looked for by: the same on the page and in the API. Rules: officers/finding.py."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from officers.facets import FACETS, UNKNOWN
from officers.finding import SORTS, Search
from officers.models import Officer

MOST_VALUES = 50


@extend_schema_field(OpenApiTypes.INT)
class IdFilter(django_filters.NumberFilter):  # type: ignore[misc]  # untyped library
    """A whole number that fits a database id; anything else is a form error, not a database error."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)


class IdsField(forms.Field):
    """Ids, and "unknown" for officers of whom it is not known."""

    widget = forms.SelectMultiple

    def clean(self, value: Sequence[str] | None) -> list[int | str]:
        ids: list[int | str] = []
        for one in (value or [])[:MOST_VALUES]:
            if one == UNKNOWN:
                ids.append(one)
            elif one.isascii() and one.isdigit() and 0 < int(one[:20]) < 2**63:
                ids.append(int(one))
            elif one:
                raise ValidationError("“%(one)s” is not a number.", params={"one": one[:60]})
        return ids


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class IdsFilter(django_filters.Filter):  # type: ignore[misc]  # untyped library
    field_class = IdsField


class OfficerFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    q = django_filters.CharFilter(
        max_length=200, label="Words of the name, or a whole badge number or internal id; slips are forgiven"
    )
    department = IdFilter(label="Id of a department")
    rank = IdsFilter(label="Ids of ranks, or “unknown”")
    unit = IdsFilter(label="Ids of units, or “unknown”")
    badge = django_filters.CharFilter(max_length=120, label="A whole badge number")
    sort = django_filters.ChoiceFilter(choices=list(SORTS.items()), label="Order of the list on the page")

    class Meta:
        model = Officer
        fields: list[str] = []

    def filter_queryset(self, officers: QuerySet[Officer]) -> QuerySet[Officer]:
        """Everything at once: what is asked of a stint is asked of one stint."""
        asked = {name: value for name, value in self.form.cleaned_data.items() if value}
        return officers.filter(row__in=Search.of(asked).rows()) if asked.keys() - {"sort"} else officers


for _name, (_label, _choices) in FACETS.items():
    OfficerFilter.base_filters[_name] = django_filters.MultipleChoiceFilter(choices=_choices, label=_label)
