"""What whom may be shown: every list and every object look-up starts from one of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from officers.models import Department, Face, Flag, Hold, Officer, Photo, Publication, SearchRow  # noqa: F401 - named in the bases below
    from oversight.models import User

    Viewer: TypeAlias = User | AnonymousUser


def _model(name: str) -> Any:
    """A model by its name: the models import this module, so it cannot import them."""
    return apps.get_model("officers", name)


def is_admin(user: Viewer) -> bool:
    return bool(getattr(user, "is_admin", False))


def keeps(user: Viewer, department: Department) -> bool:
    """May this user change the record of this department?"""
    return is_admin(user) or _model("Department").objects.kept_by(user).filter(pk=department.pk).exists()


def _is_held(subject: str) -> Exists:
    """Does a hold stand on this officer or photo right now? Asked inside the query: it closes the door at commit."""
    return Exists(_model("Hold").objects.standing().filter(**{subject: OuterRef("pk")}))


def _has_held_photo() -> Exists:
    """As `_is_held`, for rows that hang on a photo."""
    return Exists(_model("Hold").objects.standing().filter(photo=OuterRef("photo")))


class DepartmentQuerySet(QuerySet["Department"]):
    def public(self) -> DepartmentQuerySet:
        return self.filter(is_published=True)

    def of_words(self, words: str) -> DepartmentQuerySet:
        """Departments whose name, city, county or state has every word."""
        found = self
        for word in words.replace(",", " ").split()[:6]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(short_name__icontains=word)
                | Q(city__icontains=word)
                | Q(county__icontains=word)
                | Q(state__name__icontains=word)
            )
        return found

    def kept_by(self, user: Viewer) -> DepartmentQuerySet:
        if is_admin(user):
            return self
        if not user.is_active or user.pk is None:
            return self.none()
        limits = getattr(user, "limited_to", None)
        if limits is None:
            return self.filter(coordinations__user_id=user.pk)
        mine = self if user.role == "admin" else self.filter(coordinations__user_id=user.pk)
        return mine.filter(pk__in=limits)


class OfficerQuerySet(QuerySet["Officer"]):
    def public(self) -> OfficerQuerySet:
        """Published officers of published departments on whom no hold stands."""
        somewhere = _model("Assignment").objects.filter(officer=OuterRef("pk"), department__is_published=True)
        return self.filter(~_is_held("officer"), Exists(somewhere), is_published=True)

    def kept_by(self, user: Viewer) -> OfficerQuerySet:
        """Whose own facts (name, race, ...) this user may change: see docs/decisions/0015-rules.md.

        Officers who work in a department of theirs, or worked there if they work nowhere any more.
        """
        if is_admin(user):
            return self
        stints = _model("Assignment").objects.filter(officer=OuterRef("pk"))
        going_on = stints.filter(Q(end_date=None) | Q(end_date__gte=Now()))
        return self.filter(
            Exists(going_on.kept_by(user)) | (Exists(stints.kept_by(user)) & ~Exists(going_on))
        )

    def in_department(self, department_id: int) -> OfficerQuerySet:
        return self.filter(
            Exists(_model("Assignment").objects.filter(officer=OuterRef("pk"), department=department_id))
        )

    def after_name(self, last_name: str, first_name: str, pk: int) -> OfficerQuerySet:
        """Those that come after a name and id, in the order of lists."""
        return self.filter(
            Q(last_name__gt=last_name)
            | Q(last_name=last_name, first_name__gt=first_name)
            | Q(last_name=last_name, first_name=first_name, pk__gt=pk)
        )

    def for_cards(self) -> OfficerQuerySet:
        """With what an officer's card shows, in two more queries for the whole page."""
        return self.prefetch_related(*parts_of_cards())


def parts_of_cards() -> list[Any]:
    """Stints in published departments, and faces that everybody may see: to be fetched with officers."""
    stints = _model("Assignment").objects.filter(department__is_published=True)
    return [
        Prefetch("assignments", stints.select_related("department", "rank", "unit")),
        Prefetch("faces", _model("Face").objects.public_with_pictures(), to_attr="public_faces"),
    ]


class SearchRowQuerySet(QuerySet["SearchRow"]):
    def listed(self) -> SearchRowQuerySet:
        """Rows of officers who are public: what the database noted when they changed, and no hold stands on them."""
        return self.filter(~_is_held("officer"), is_listed=True)


class PhotoQuerySet(QuerySet["Photo"]):
    def not_held(self) -> PhotoQuerySet:
        """On which no hold stands: whatever is shown to more than those who keep the department starts here."""
        return self.filter(~_is_held("photo"))

    def kept(self) -> PhotoQuerySet:
        """Given to the record, rather than somebody's question, and not held back."""
        return self.not_held().filter(expires_at=None)

    def to_sort(self) -> PhotoQuerySet:
        """Nobody has decided yet whether police are in it; the likeliest first, then the oldest."""
        likely_first = F("likely_police").desc(nulls_last=True)
        return self.kept().filter(police="").order_by(likely_first, "received_on", "pk")

    def escalated(self) -> PhotoQuerySet:
        """Volunteers did not agree, or agreed that it cannot be told."""
        return self.kept().filter(police="escalated").order_by("received_on", "pk")

    def to_tag(self) -> PhotoQuerySet:
        """Police are in it and nobody has tagged a face; those with a readable name or badge first."""
        faces = _model("Face").objects.filter(photo=OuterRef("pk"))
        waiting = self.kept().filter(~Exists(faces), police="yes", left_tagging_at=None)
        return waiting.order_by(F("has_readable_name").desc(), "received_on", "pk")

    def nobody_known(self) -> PhotoQuerySet:
        """Taken out of the tagging queue because somebody said that nobody in it can be identified."""
        faces = _model("Face").objects.filter(photo=OuterRef("pk"))
        left = self.kept().filter(~Exists(faces), police="yes", left_tagging_at__isnull=False)
        return left.order_by("-left_tagging_at", "pk")


class FaceQuerySet(QuerySet["Face"]):
    def confirmed(self) -> FaceQuerySet:
        """Faces of public officers that a second person has looked at, in photos not held back.

        What a photo may be published for, and what may be enrolled.
        """
        by_another = Q(tagged_by=None) | Q(reviewed_by=None) | ~Q(tagged_by=F("reviewed_by"))
        of_public = Q(officer__in=_model("Officer").objects.public())
        return self._in_shown_photos().filter(by_another, of_public, reviewed_at__isnull=False)

    def public(self) -> FaceQuerySet:
        """Confirmed faces in published photos: only these have a crop that a stranger may see."""
        return self.confirmed().filter(photo__in=_model("Publication").objects.public().values("photo"))

    def public_with_pictures(self) -> FaceQuerySet:
        """With what officers.pictures needs, the featured face first."""
        return self.public().with_pictures().order_by("-is_featured", "pk")

    def with_pictures(self) -> FaceQuerySet:
        """Those of which covered copies were made, public or not."""
        made = self.filter(photo__publication__version__isnull=False)
        return made.select_related("photo__publication", "photo__department")

    def waiting_for_review(self) -> FaceQuerySet:
        return self._in_shown_photos().filter(reviewed_at=None, officer__isnull=False)

    def _in_shown_photos(self) -> FaceQuerySet:
        return self.filter(~_has_held_photo())

    def of_somebody_else(self, user: User) -> FaceQuerySet:
        """Not tagged by this person, who therefore may confirm them."""
        return self.exclude(tagged_by=user)


class PublicationQuerySet(QuerySet["Publication"]):
    def public(self) -> PublicationQuerySet:
        """Renditions that a stranger may see."""
        return self.filter(
            ~_has_held_photo(),
            state="public",
            photo__expires_at=None,
            photo__department__is_published=True,
            version__isnull=False,
        )

    def kept_by(self, user: Viewer) -> PublicationQuerySet:
        return self.filter(photo__department__in=_model("Department").objects.kept_by(user))


class HoldQuerySet(QuerySet["Hold"]):
    def standing(self) -> HoldQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=Now()), ended_at=None)

    def kept_by(self, user: Viewer) -> HoldQuerySet:
        """Those that this user may end: of a department they keep. What was asked for by law only admins end."""
        if is_admin(user):
            return self
        kept = _model("Department").objects.kept_by(user)
        stint = _model("Assignment").objects.filter(officer=OuterRef("officer"), department__in=kept)
        return self.filter(Q(photo__department__in=kept) | Exists(stint)).exclude(reason="takedown")


class FlagQuerySet(QuerySet["Flag"]):
    def kept_by(self, user: Viewer) -> FlagQuerySet:
        """Those that this user decides."""
        return self.filter(department__in=_model("Department").objects.kept_by(user))
