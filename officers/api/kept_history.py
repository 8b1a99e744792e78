"""What became of the record, by program: changes, acts and taking them back, as on the pages of the history."""

from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.db.models import Model, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from officers import history, records
from officers.api.errors import INVALID, READING
from officers.api.keeping import ActSerializer, Keeping, as_api_errors
from officers.api.keeping_schema import KEEPING, NOT_POSSIBLE
from officers.kinds import KINDS
from officers.models import RecordChange
from oversight.api_refusals import Refused
from oversight.pagination import KeysetPages


class LatestFirst(KeysetPages):
    ordering = "-pk"


class LineSerializer(serializers.Serializer[Any]):
    """One field, before and after, in words."""

    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """One row of one table was added, changed or deleted."""

    id = serializers.IntegerField(source="change.pk")
    at = serializers.DateTimeField(source="change.at")
    act = serializers.CharField(source="change.act", help_text="All that was done together has one.")
    what = serializers.CharField()
    record_id = serializers.IntegerField(source="change.row_id")
    name = serializers.CharField()
    did = serializers.ChoiceField(choices=["added", "changed", "deleted"])
    who = serializers.CharField()
    why = serializers.CharField(source="change.why")
    lines = LineSerializer(many=True)


_ACT = OpenApiParameter("act", OpenApiTypes.STR, OpenApiParameter.PATH, pattern="^[-a-zA-Z0-9_]+$")
_CHANGES = {200: ChangeSerializer(many=True), **KEEPING, **READING}
_UNDONE = {200: ActSerializer, 400: INVALID, 409: NOT_POSSIBLE, **KEEPING, **READING}


@extend_schema_view(
    recent=extend_schema(summary="Recent changes", responses=_CHANGES),
    of_record=extend_schema(summary="What became of a record", responses=_CHANGES),
    act=extend_schema(summary="What one act changed", parameters=[_ACT], responses=_CHANGES),
    undo=extend_schema(
        summary="Undo a whole act",
        description="Everything that it changed becomes what it was before, if nobody has changed it since.",
        parameters=[_ACT],
        request=None,
        responses=_UNDONE,
    ),
    revert=extend_schema(summary="Take back one change", request=None, responses=_UNDONE),
)
@extend_schema(tags=["keeping"])
class HistoryViewSet(Keeping):
    """The history of what the caller keeps."""

    queryset = RecordChange.objects.none()
    serializer_class = ChangeSerializer
    pagination_class = LatestFirst

    @action(detail=False)
    def recent(self, _request: Request) -> Response:
        return self._page(history.recent(self.user))

    @action(detail=False)
    def of_record(self, _request: Request, kind: str, pk: int) -> Response:
        if kind not in KINDS:
            raise NotFound
        found = get_object_or_404(KINDS[kind].model.objects.kept_by(self.user).distinct(), pk=pk)
        return self._page(history.of_record(found, seen_by=self.user), about=found)

    @action(detail=False)
    def act(self, _request: Request, act: str) -> Response:
        return self._page(self._of_act(act))

    @action(detail=False, methods=["post"])
    def undo(self, _request: Request, act: str) -> Response:
        self._of_act(act)
        with as_api_errors():
            return Response({"act": records.take_back(act, by=self.user, why=self.why("Taken back"))})

    @action(detail=False, methods=["post"])
    def revert(self, _request: Request, pk: int) -> Response:
        change = get_object_or_404(history.recent(self.user), pk=pk)
        try:
            with as_api_errors():
                return Response({"act": records.revert(change, by=self.user, why=self.why("Taken back"))})
        except Invalid as refused:
            raise Refused("not_possible", " ".join(refused.messages), http_status=409) from refused

    def _of_act(self, act: str) -> QuerySet[RecordChange]:
        changes = history.recent(self.user).filter(act=act)
        if not changes.exists():
            raise NotFound
        return changes

    def _page(self, found: QuerySet[RecordChange], about: Model | None = None) -> Response:
        page = self.paginate_queryset(found) or []
        return self.get_paginated_response(ChangeSerializer(history.readable(page, about), many=True).data)
