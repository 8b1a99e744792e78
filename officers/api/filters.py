"""What lists can be narrowed by. Assignment filters ask for one assignment that fits them all, and only public ones."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from officers.models import Assignment, Department, Face, Officer


@extend_schema_field(OpenApiTypes.INT)
class IdFilter(django_filters.NumberFilter):  # type: ignore[misc]  # untyped library
    """A whole number that fits a database id; anything else is a form error, not a database error."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)


class DepartmentFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of the name")
    state = django_filters.CharFilter(
        field_name="state", lookup_expr="exact", max_length=2, label="Two-letter state code, such as OH"
    )

    class Meta:
        model = Department
        fields: list[str] = []


class OfficerFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    q = django_filters.CharFilter(
        method="by_words", max_length=200, label="Words of the name, or a whole badge number or internal id"
    )
    department = IdFilter(method="later", label="Id of a department")
    rank = IdFilter(method="later", label="Id of a rank")
    unit = IdFilter(method="later", label="Id of a unit")
    badge = django_filters.CharFilter(method="later", max_length=120, label="A whole badge number")
    with_photo = django_filters.BooleanFilter(
        method="by_photo", label="Only officers with (or without) a photo"
    )

    class Meta:
        model = Officer
        fields: list[str] = []

    def by_words(self, officers: Any, _name: str, words: str) -> QuerySet[Officer]:
        found: QuerySet[Officer] = officers.named_like(words)
        return found

    def later(self, officers: QuerySet[Officer], _name: str, _value: Any) -> QuerySet[Officer]:
        """Left to `filter_queryset`, which asks for all of an assignment at once."""
        return officers

    def by_photo(self, officers: QuerySet[Officer], _name: str, wanted: bool) -> QuerySet[Officer]:
        has_photo = Exists(Face.objects.public().filter(officer=OuterRef("pk")))
        return officers.filter(has_photo if wanted else ~has_photo)

    def filter_queryset(self, officers: QuerySet[Officer]) -> QuerySet[Officer]:
        """A sergeant of the fifth precinct is one assignment, not a sergeant here who was in the fifth there."""
        found: QuerySet[Officer] = super().filter_queryset(officers)
        asked = {
            "department": self.form.cleaned_data.get("department"),
            "rank": self.form.cleaned_data.get("rank"),
            "unit": self.form.cleaned_data.get("unit"),
            "badge_number__iexact": self.form.cleaned_data.get("badge"),
        }
        conditions = Q(**{name: value for name, value in asked.items() if value not in (None, "")})
        if not conditions:
            return found
        stint = Assignment.objects.filter(conditions, officer=OuterRef("pk"), department__is_published=True)
        return found.filter(Exists(stint))
