"""What lists of departments can be narrowed by. Officers: officers/filters.py, the same as on the page."""

import django_filters

from officers.models import Department


class DepartmentFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of the name")
    state = django_filters.CharFilter(
        field_name="state", lookup_expr="exact", max_length=2, label="Two-letter state code, such as OH"
    )

    class Meta:
        model = Department
        fields: list[str] = []
