"""What of the record whom may be shown, and who keeps it. Every look-up of a record by its number starts here.

`kept_by(user)` is the rule against changing another department's record by typing its number: a coordinator's look-up
does not find it. `public()` is what a stranger sees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from officers.querysets import _model, is_admin

if TYPE_CHECKING:
    from officers.querysets import Viewer

M = TypeVar("M", bound=Model)


def _kept(user: Viewer) -> QuerySet[Any]:
    departments: QuerySet[Any] = _model("Department").objects.kept_by(user)
    return departments


class RecordQuerySet(QuerySet[M]):
    """Records of one department, which a path of look-ups leads to."""

    to_department = "department"
    has_drafts = False

    def kept_by(self, user: Viewer) -> Self:
        return self if is_admin(user) else self.filter(**{f"{self.to_department}__in": _kept(user)})

    def public(self) -> Self:
        shown = self.filter(**{f"{self.to_department}__is_published": True})
        return shown.filter(is_published=True) if self.has_drafts else shown


class DraftQuerySet(RecordQuerySet[M]):
    """Records that are drafts until somebody publishes them."""

    has_drafts = True

    def drafts(self) -> Self:
        return self.filter(is_published=False)


class OfficersFactQuerySet(RecordQuerySet[M]):
    """Facts about an officer: public with the officer, kept by whoever keeps a department of theirs."""

    def public(self) -> Self:
        return self.filter(officer__in=_model("Officer").objects.public())

    def kept_by(self, user: Viewer) -> Self:
        if is_admin(user):
            return self
        return self.filter(officer__in=_model("Officer").objects.kept_by(user))


class StintQuerySet(RecordQuerySet[M]):
    """Facts about an officer in one department: public when both are, kept by that department alone."""

    def public(self) -> Self:
        officers = _model("Officer").objects.public()
        return self.filter(department__is_published=True, officer__in=officers)


class OfComplaintQuerySet(DraftQuerySet[M]):
    """What hangs on a complaint: as public as it, and kept by the same people."""

    to_complaint = "complaint"

    def public(self) -> Self:
        return self.filter(**{f"{self.to_complaint}__in": _model("Complaint").objects.public()})

    def kept_by(self, user: Viewer) -> Self:
        if is_admin(user):
            return self
        return self.filter(**{f"{self.to_complaint}__in": _model("Complaint").objects.kept_by(user)})


class OfAllegationQuerySet(OfComplaintQuerySet[M]):
    to_complaint = "allegation__complaint"


class OfFindingQuerySet(OfComplaintQuerySet[M]):
    to_complaint = "finding__allegation__complaint"


class OfLawsuitQuerySet(RecordQuerySet[M]):
    to_department = "lawsuit__department"

    def public(self) -> Self:
        return self.filter(lawsuit__in=_model("Lawsuit").objects.public())


class DocumentQuerySet(RecordQuerySet[M]):
    """Documents are private until somebody has reviewed them."""

    def public(self) -> Self:
        return self.filter(review_state="approved", department__is_published=True)

    def waiting(self) -> Self:
        return self.filter(review_state="waiting")


class LinkQuerySet(QuerySet[M]):
    """Links belong to whatever they are attached to."""

    def public(self) -> Self:
        """Attached to something public. A link to a hidden officer alone is hidden with them."""
        shown = Q()
        for attached in self._attached():
            shown |= Q(Exists(attached.public().filter(links=OuterRef("pk"))))
        return self.filter(shown)

    def kept_by(self, user: Viewer) -> Self:
        """Attached to something that this user keeps."""
        if is_admin(user):
            return self
        kept = Q()
        for attached in self._attached():
            kept |= Q(Exists(attached.kept_by(user).filter(links=OuterRef("pk"))))
        return self.filter(kept)

    def _attached(self) -> list[Any]:
        names = ("Officer", "Incident", "Department", "Complaint", "Lawsuit")
        return [_model(name).objects.all() for name in names]


class TopicQuerySet(QuerySet[M]):
    """Topics have no side of their own: they are as public as what is gathered under them."""

    def public(self) -> Self:
        shown = Q()
        for name in ("Officer", "Incident", "Department", "Complaint", "Lawsuit", "Document"):
            shown |= Q(Exists(_model(name).objects.public().filter(topics=OuterRef("pk"))))
        return self.filter(shown)


class CareerLinkQuerySet(QuerySet[M]):
    """Kept by whoever keeps one of the two officers."""

    def public(self) -> Self:
        officers = _model("Officer").objects.public()
        return self.filter(first__in=officers, second__in=officers)

    def kept_by(self, user: Viewer) -> Self:
        if is_admin(user):
            return self
        officers = _model("Officer").objects.kept_by(user)
        return self.filter(Q(first__in=officers) | Q(second__in=officers))


class CitationQuerySet(QuerySet[M]):
    """Kept, and public, like the records that they cite."""

    CITED = [
        "Department",
        "Officer",
        "Assignment",
        "Salary",
        "OfficerAlias",
        "Certification",
        "Description",
        "Incident",
        "Complaint",
        "Allegation",
        "Finding",
        "Penalty",
        "Lawsuit",
        "LawsuitParty",
        "Document",
        "Link",
    ]

    def public(self) -> Self:
        return self._where(lambda records: records.public())

    def kept_by(self, user: Viewer) -> Self:
        return self if is_admin(user) else self._where(lambda records: records.kept_by(user))

    def _where(self, shown: Callable[[Any], Any]) -> Self:
        wanted = Q()
        for name in self.CITED:
            records = shown(_model(name).objects.all()).values("pk")
            wanted |= Q(record=name.lower(), record_id__in=records)
        return self.filter(wanted)
