"""Who is this officer? over HTTP. The gate is asked before a photo is opened; every rule lies in identification.py.

The id of a question is unguessable and is all that opens it. A search that was voided answers, to the byte, like one
that found nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from officers import submissions, tagging
from officers.api.errors import Refused, photo_refusal
from officers.api.views import accepted
from officers.models import Department, Photo
from oversight.gate import MatchingForbidden, Reason
from oversight.models import User
from oversight.refusals import IN_WORDS
from privacy.photos import PhotoRefused
from recognition import answers, api_schema, identification, police, volunteers
from recognition.api_serializers import (
    AnswerSerializer,
    DepartmentChoiceSerializer,
    IdentificationSerializer,
    NewOfficerSerializer,
    OfficerChoiceSerializer,
    QuestionSerializer,
    describe,
)
from recognition.models import Identification
from recognition.refusals import UNUSABLE_IN_WORDS

CONFLICT = status.HTTP_409_CONFLICT
State, Answer = Identification.State, Identification.Answer


def forbidden(reason: Reason) -> Refused:
    return Refused(reason, IN_WORDS[reason])


def not_police() -> Refused:
    return Refused(police.NOT_CONFIRMED, UNUSABLE_IN_WORDS[police.NOT_CONFIRMED], http_status=CONFLICT)


@contextmanager
def _as_api_errors() -> Iterator[None]:
    """What the floors below raise about an answer, as the API says it."""
    try:
        yield
    except MatchingForbidden as refused:
        raise forbidden(refused.reason) from refused
    except answers.NotOffered as not_offered:
        raise ValidationError({"officer": ["This officer is not among the candidates."]}) from not_offered
    except tagging.NotPossible as impossible:
        raise Refused("not_possible", str(impossible), http_status=CONFLICT) from impossible


def _chosen_officer(request: Request) -> int:
    choice = OfficerChoiceSerializer(data=request.data)
    choice.is_valid(raise_exception=True)
    return int(choice.validated_data["officer"])


def asker(request: Request) -> User | None:
    return request.user if isinstance(request.user, User) else None


@extend_schema(tags=["identifications"])
class IdentificationViewSet(GenericViewSet[Identification]):
    """One question each: who is the officer in this box of this photo?"""

    queryset = Identification.objects.none()  # says of what; get_queryset says which
    serializer_class = IdentificationSerializer
    permission_classes = [AllowAny]
    throttle_scope = "identifications"
    filter_backends = []
    pagination_class = None

    def get_queryset(self) -> QuerySet[Identification]:
        open_questions = Identification.objects.filter(
            expires_at__gt=timezone.now(), photo__in=Photo.objects.not_held()
        )
        return open_questions.select_related("photo", "department")

    @extend_schema(**api_schema.CREATE)
    def create(self, request: Request) -> Response:
        department = self._permitted_department(request)
        form = QuestionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        photo, is_new = self._photo(form, department)
        try:
            box = form.box_within(photo)
            asked = identification.request(photo=photo, department=department, box=box, by=asker(request))
            if form.validated_data["volunteer_may_look"]:
                volunteers.allow(asked)
        except (ValidationError, MatchingForbidden, police.NotConfirmed) as refused:
            if is_new:  # nothing came of it: nothing of it stays
                submissions.forget(photo)
            if isinstance(refused, MatchingForbidden):
                raise forbidden(refused.reason) from refused
            if isinstance(refused, police.NotConfirmed):
                raise not_police() from refused
            raise
        return accepted(request, asked.pk, asked.state, "api-identification-detail")

    def _permitted_department(self, request: Request) -> Department:
        """The department asked about, if the gate lets faces be compared there. Before anything else is looked at."""
        choice = DepartmentChoiceSerializer(data=request.data)
        choice.is_valid(raise_exception=True)
        department: Department = choice.validated_data["department"]
        if reason := identification.refusal_for(department):
            raise forbidden(reason)
        return department

    def _photo(self, form: QuestionSerializer, department: Department) -> tuple[Photo, bool]:
        """The photo asked about, and whether this request brought it."""
        if "photo_id" in form.validated_data:
            return form.validated_data["photo_id"], False
        expires_at = timezone.now() + timedelta(hours=settings.PROBE_HOURS)
        try:
            received = submissions.receive(
                data=form.validated_data["photo"].read(), department=department, expires_at=expires_at
            )
        except PhotoRefused as refused:
            raise photo_refusal(refused) from refused
        return received.photo, received.is_new

    @extend_schema(**api_schema.RETRIEVE)
    def retrieve(self, request: Request, pk: str) -> Response:
        asked = self._asked(pk)
        return Response(describe(asked, self._shown(asked), request))

    def _asked(self, pk: str) -> Identification:
        found: Identification = get_object_or_404(self.get_queryset(), pk=pk)
        identification.refresh(found)
        return found

    def _shown(self, asked: Identification) -> identification.Shown:
        with _as_api_errors():
            return identification.show(asked)

    @extend_schema(**api_schema.CONFIRM)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        asked = self._answerable(pk, State.DONE)
        with _as_api_errors():
            answers.confirm(identification=asked, officer_id=_chosen_officer(request), by=asker(request))
        return self._answered(asked)

    @extend_schema(**api_schema.DENY)
    @action(detail=True, methods=["post"])
    def deny(self, request: Request, pk: str) -> Response:
        asked = self._answerable(pk, State.DONE)
        with _as_api_errors():
            answers.deny(identification=asked, officer_id=_chosen_officer(request))
        return self._answered(asked)

    @extend_schema(**api_schema.NONE)
    @action(detail=True, methods=["post"])
    def none(self, _request: Request, pk: str) -> Response:
        asked = self._answerable(pk, State.DONE, State.UNUSABLE)
        answers.none_of_these(identification=asked)
        return self._answered(asked)

    @extend_schema(**api_schema.NEW_OFFICER)
    @action(detail=True, methods=["post"], url_path="new-officer")
    def new_officer(self, request: Request, pk: str) -> Response:
        form = NewOfficerSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = self._answerable(pk, State.DONE, State.UNUSABLE)
        answers.new_officer(identification=asked, by=asker(request), **form.validated_data)
        return self._answered(asked)

    def _answerable(self, pk: str, *states: str) -> Identification:
        """The question, if it can be answered now. Two answers at once are told apart in answers.py, under a lock."""
        asked = self._asked(pk)
        if asked.state not in states:
            raise Refused("not_ready", "This question has no result to answer.", http_status=CONFLICT)
        if asked.answer in {Answer.CONFIRMED, Answer.NEW_OFFICER}:
            raise Refused("answered", "You have answered this question already.", http_status=CONFLICT)
        return asked

    @staticmethod
    def _answered(asked: Identification) -> Response:
        asked.refresh_from_db(fields=["answer"])
        return Response(AnswerSerializer({"id": asked.pk, "answer": asked.answer or None}).data)

    @extend_schema(**api_schema.DESTROY)
    def destroy(self, _request: Request, pk: str) -> Response:
        with transaction.atomic():
            asked: Identification = get_object_or_404(
                self.get_queryset().select_for_update(of=("self",)), pk=pk
            )
            photo = Photo.objects.select_for_update().get(pk=asked.photo_id)
            asked.delete()
            if photo.expires_at is not None:  # it was only ever a question
                submissions.forget(photo)
        return Response(status=status.HTTP_204_NO_CONTENT)
