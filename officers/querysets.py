"""What whom may be shown: every list and every object look-up starts from one of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from django.apps import apps
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from officers.models import Department, Face, Officer, Photo  # noqa: F401 - named in the bases below
    from oversight.models import User

    Viewer: TypeAlias = User | AnonymousUser


def _model(name: str) -> Any:
    """A model by its name: the models import this module, so it cannot import them."""
    return apps.get_model("officers", name)


def is_admin(user: Viewer) -> bool:
    return bool(getattr(user, "is_admin", False))


def keeps(user: Viewer, department: Department) -> bool:
    """May this user change the record of this department?"""
    if is_admin(user):
        return True
    if user.pk is None or not user.is_active:
        return False
    return department.coordinations.filter(user_id=user.pk).exists()


class DepartmentQuerySet(QuerySet["Department"]):
    def public(self) -> DepartmentQuerySet:
        return self.filter(is_published=True)

    def kept_by(self, user: Viewer) -> DepartmentQuerySet:
        if is_admin(user):
            return self
        return self.filter(coordinations__user_id=user.pk) if user.is_active and user.pk else self.none()


class OfficerQuerySet(QuerySet["Officer"]):
    def public(self) -> OfficerQuerySet:
        """Published officers of published departments."""
        somewhere = _model("Assignment").objects.filter(officer=OuterRef("pk"), department__is_published=True)
        return self.filter(Exists(somewhere), is_published=True)

    def in_department(self, department_id: int) -> OfficerQuerySet:
        return self.filter(
            Exists(_model("Assignment").objects.filter(officer=OuterRef("pk"), department=department_id))
        )

    def named_like(self, words: str) -> OfficerQuerySet:
        """Every word is in the name, a badge number or the internal id."""
        found = self
        for word in words.split()[:6]:
            found = found.filter(
                Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(internal_id__iexact=word)
                | Q(assignments__badge_number__iexact=word, assignments__department__is_published=True)
            )
        return found.distinct()

    def after_name(self, last_name: str, first_name: str, pk: int) -> OfficerQuerySet:
        """Those that come after a name and id, in the order of lists."""
        return self.filter(
            Q(last_name__gt=last_name)
            | Q(last_name=last_name, first_name__gt=first_name)
            | Q(last_name=last_name, first_name=first_name, pk__gt=pk)
        )

    def for_cards(self) -> OfficerQuerySet:
        """With what an officer's card shows, in two more queries for the whole page."""
        return self.prefetch_related(
            Prefetch(
                "assignments",
                _model("Assignment")
                .objects.filter(department__is_published=True)
                .select_related("department", "rank", "unit"),
            ),
            Prefetch(
                "faces",
                _model("Face").objects.public().order_by("-is_featured", "pk"),
                to_attr="public_faces",
            ),
        )


class PhotoQuerySet(QuerySet["Photo"]):
    def kept(self) -> PhotoQuerySet:
        """Given to the record, rather than somebody's question."""
        return self.filter(expires_at=None)


class FaceQuerySet(QuerySet["Face"]):
    def public(self) -> FaceQuerySet:
        """Reviewed faces of public officers: only these have a crop that a stranger may see."""
        return self.filter(reviewed_at__isnull=False, officer__in=_model("Officer").objects.public())

    def waiting_for_review(self) -> FaceQuerySet:
        return self.filter(reviewed_at=None, officer__isnull=False)
