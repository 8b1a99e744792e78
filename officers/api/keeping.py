"""Keeping the record by program: for each kind of record what its pages do, by the same forms, rules and acts.

Records are looked up among those that the key's person keeps. A change names what it was made on: the ETag of the
record as it was read, in `If-Match`. Every change answers with its `act`, by which it is undone as a whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from officers import records, rules, saving
from officers.api import kept_forms
from officers.api.tokens import HasToken, TokenAuthentication
from officers.holds import wait_for_the_gate
from officers.kinds import KINDS, Kind, record_above, rows_below
from officers.models import ApiToken
from officers.problems import NotPossible
from officers.record_forms import RecordForm
from oversight.acting import changing
from oversight.api_refusals import Refused
from oversight.models import User

CHANGED = "Somebody changed it since you read it. Read it again, and send your change again."
NEEDED = "Say which version you change: send the ETag of the record, as you read it, in If-Match."


@contextmanager
def as_api_errors() -> Iterator[None]:
    """What the rules and acts of the record raise, as the API says it."""
    try:
        yield
    except records.ChangedMeanwhile as changed:
        raise Refused(
            "changed_meanwhile", CHANGED, http_status=412, changed=sorted(changed.fields)
        ) from changed
    except saving.Twice as twice:
        raise Refused("exists_already", str(twice), http_status=409) from twice
    except NotPossible as refused:
        raise Refused("not_possible", str(refused), http_status=409) from refused


class Keeping(GenericViewSet[Any]):
    """Whoever calls shows a key; their person is `user`."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [HasToken]
    parser_classes = [JSONParser]
    filter_backends = []
    throttle_scope = "record"

    @property
    def user(self) -> User:
        user = self.request.user
        if not isinstance(user, User):
            raise PermissionDenied
        return user

    def why(self, said: Any) -> str:
        """The reason for the history, and by which key."""
        token = self.request.auth
        key = f"by the key “{token.name}”" if isinstance(token, ApiToken) else ""
        return f"{said} ({key})" if said else key


class RowSerializer(serializers.Serializer[Any]):
    """One record of a list: enough to know whether it has changed."""

    id = serializers.IntegerField(source="pk")
    version = serializers.IntegerField()
    is_published = serializers.BooleanField(default=None, allow_null=True)
    updated_at = serializers.DateTimeField()


def etag(record: Any) -> str:
    """Of a record as it is. The moment stands beside the version, which begins anew after a deletion is undone."""
    return f'"{record.version}-{record.updated_at.timestamp():.6f}"'


@method_decorator(conditional_page, name="dispatch")
class KeptViewSet(Keeping):
    """The records of one kind that the caller keeps, drafts among them."""

    kind: ClassVar[Kind]
    serializer_class = RowSerializer

    def get_queryset(self) -> Any:
        return self.kind.model.objects.kept_by(self.user).distinct().order_by("pk")

    def list(self, request: Request) -> Response:
        found = self.get_queryset()
        if "above" in request.query_params:
            name, _, number = request.query_params["above"].partition(":")
            above = self._kept(name, number) if name in self.kind.above and number.isdecimal() else None
            if above is None:
                raise ValidationError(
                    {"above": [f"Write one of {', '.join(self.kind.above)}, a colon, an id."]}
                )
            found = rows_below(above, self.kind, self.user).order_by("pk")
        if "is_published" in request.query_params and self.kind.has_drafts:
            found = found.filter(is_published=request.query_params["is_published"] != "false")
        page = self.paginate_queryset(found) or []
        return self.get_paginated_response(RowSerializer(page, many=True).data)

    def retrieve(self, _request: Request, pk: int) -> Response:
        return self._answer(self._kept(self.kind.name, pk))

    def create(self, request: Request) -> Response:
        body = self._body(request, kept_forms.addition_body(self.kind))
        above = self._above(body)
        if above is not None:
            rules.demand(self.user, "add", above)
        else:
            rules.demand(self.user, "add a department")
        said = kept_forms.checked(self.kind, body["fields"])
        form = kept_forms.filled(self.kind, said, user=self.user, why=self.why(body.get("why")), above=above)
        saved, act = self._save(form)
        response = self._answer(saved, act)
        response.status_code = status.HTTP_201_CREATED
        response["Location"] = reverse(f"api-kept-{self.kind.name}-detail", args=[saved.pk], request=request)
        return response

    def partial_update(self, request: Request, pk: int) -> Response:
        body = self._body(request, kept_forms.change_body())
        record = self._unchanged(pk)
        rules.demand(self.user, "edit", record)
        said = kept_forms.checked(self.kind, body["fields"])
        form = kept_forms.filled(
            self.kind,
            said,
            user=self.user,
            why=self.why(body.get("why")),
            above=record_above(record),
            record=record,
        )
        return self._answer(*self._save(form))

    def destroy(self, request: Request, pk: int) -> Response:
        record = self._unchanged(pk)
        rules.demand(self.user, "delete", record)
        why = self.why(request.query_params.get("why", "")[: kept_forms.WHY])
        with as_api_errors(), changing(by=self.user, why=why):
            wait_for_the_gate()
            records.lock(record, seen=record.version)
            act = records.delete(record, by=self.user, why=why)
        return Response({"act": act})

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: int) -> Response:
        body = self._body(request, PublishSerializer)
        record, why = self._unchanged(pk), self.why(body.get("why"))
        rules.demand(self.user, "publish", record)
        with as_api_errors(), changing(by=self.user, why=why) as act:
            wait_for_the_gate()
            records.lock(record, seen=record.version)
            records.publish(record, is_published=body["is_published"], by=self.user, why=why)
        return self._answer(self._kept(self.kind.name, pk), act)

    def _body(self, request: Request, shape: Any) -> dict[str, Any]:
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _kept(self, kind: str, pk: object) -> Any:
        return get_object_or_404(KINDS[kind].model.objects.kept_by(self.user).distinct(), pk=pk)

    def _above(self, body: dict[str, Any]) -> Any:
        if not self.kind.above:
            return None
        above = body["above"]
        if above["kind"] not in self.kind.above:
            raise ValidationError({"above": [f"It hangs on one of: {', '.join(self.kind.above)}."]})
        return self._kept(above["kind"], above["id"])

    def _unchanged(self, pk: int) -> Any:
        """The record that is asked for, if it is still what the caller read. Raises Refused."""
        seen = self.request.headers.get("If-Match")
        if not seen:
            raise Refused("version_needed", NEEDED, http_status=428)
        record = self._kept(self.kind.name, pk)
        if seen != "*" and etag(record) not in [one.strip() for one in seen.split(",")]:
            raise Refused("changed_meanwhile", CHANGED, http_status=412, changed=[])
        return record

    def _save(self, form: RecordForm) -> tuple[Any, str]:
        if not form.is_valid():
            raise ValidationError(
                {
                    "non_field_errors" if name == "__all__" else name: list(errors)
                    for name, errors in form.errors.items()
                }
            )
        with as_api_errors():
            saved, act = saving.save(form)
        return self.kind.model._base_manager.get(pk=saved.pk), act

    def _answer(self, record: Any, act: str = "") -> Response:
        shown = kept_forms.shown(self.kind, record, self.user, act)
        return Response(kept_forms.kept_of(self.kind)(shown).data, headers={"ETag": etag(record)})


class PublishSerializer(serializers.Serializer[Any]):
    is_published = serializers.BooleanField()
    why = serializers.CharField(required=False, allow_blank=True, max_length=kept_forms.WHY)


class ActSerializer(serializers.Serializer[Any]):
    act = serializers.CharField(help_text="By which this, in turn, is undone.")
