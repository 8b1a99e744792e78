"""Departments and officers over HTTP: found as on the page *Find an officer*, with their parts where asked for."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django_filters.utils import translate_validation
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from officers.api import examples
from officers.api.errors import INVALID, TOO_MANY
from officers.api.filters import DepartmentFilter
from officers.api.matching import verdicts
from officers.api.officer_serializers import DepartmentSerializer, OfficerSerializer
from officers.api.reading import NOT_MODIFIED, RecordViewSet, documented
from officers.filters import OfficerFilter
from officers.finding import Search, UnknownPlace
from officers.models import Department, Officer


@documented(
    Department,
    DepartmentSerializer,
    one="One department",
    many="List departments",
    examples=[examples.DEPARTMENT],
)
@extend_schema(tags=["record"])
class DepartmentViewSet(RecordViewSet):
    """Published departments, and whether faces may be compared there right now."""

    model = Department
    queryset = Department.objects.public()
    serializer_class = DepartmentSerializer
    filterset_class = DepartmentFilter

    def rows(self) -> QuerySet[Department]:
        return Department.objects.public().select_related("state")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With what the gate says of all of them, read once."""
        if args:
            departments: Sequence[Department] = args[0] if kwargs.get("many") else [args[0]]
            said = verdicts([department.pk for department in departments])
            kwargs["context"] = {**self.get_serializer_context(), "verdicts": said}
        return super().get_serializer(*args, **kwargs)


class ChoiceSerializer(serializers.Serializer[Any]):
    value = serializers.CharField(help_text="What to write into the filter.")
    words = serializers.CharField()
    how_many = serializers.IntegerField()


class FacetSerializer(serializers.Serializer[Any]):
    """One filter, and how many officers would be found with each of its values."""

    name = serializers.CharField()
    words = serializers.CharField(source="label")
    choices = ChoiceSerializer(many=True)


class FacetsSerializer(serializers.Serializer[Any]):
    found = serializers.IntegerField()
    facets = FacetSerializer(many=True)


@documented(Officer, OfficerSerializer, one="One officer", many="Find officers", examples=[examples.OFFICER])
@extend_schema(tags=["record"])
class OfficerViewSet(RecordViewSet):
    """Published officers of published departments, by number, or in the order of `sort`."""

    model = Officer
    queryset = Officer.objects.public()
    serializer_class = OfficerSerializer
    filterset_class = OfficerFilter

    def rows(self) -> QuerySet[Officer]:
        return Officer.objects.public().for_cards()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        search = self._search()
        return self._in_order(search) if search.asked.get("sort") else super().list(request, *args, **kwargs)

    def _search(self) -> Search:
        """What is asked, read like the page does. Raises ValidationError."""
        asked = OfficerFilter(
            self.request.query_params, queryset=Officer.objects.none(), request=self.request
        )
        if not asked.is_valid():
            raise translate_validation(asked.errors)
        return Search.of({name: value for name, value in asked.form.cleaned_data.items() if value})

    def _in_order(self, search: Search) -> Response:
        """A page in the order that was asked for; `cursor` is where the page before it ended."""
        pages: Any = self.paginator
        size = pages.get_page_size(self.request)
        try:
            page = search.page(self.request.query_params.get("cursor", ""), size)
        except UnknownPlace as odd:
            raise ValidationError({"cursor": ["Nobody here gave you this place in the list."]}) from odd
        prefetch_related_objects(page.officers, *self.parts.fetched(self.parts_asked))
        here = self.request.build_absolute_uri()
        return Response(
            {
                "next": replace_query_param(here, "cursor", page.after) if page.after else None,
                "previous": None,
                "results": self.get_serializer(page.officers, many=True).data,
            }
        )

    @extend_schema(
        summary="Count officers",
        filters=True,
        description="How many are found by the same filters, and how many there would be with each value of each.",
        responses={200: FacetsSerializer, 304: NOT_MODIFIED, 400: INVALID, 429: TOO_MANY},
    )
    @action(detail=False, filterset_class=OfficerFilter, pagination_class=None)
    def facets(self, _request: Request) -> Response:
        found, facets = self._search().counted()
        return Response(FacetsSerializer({"found": found, "facets": facets}).data)
