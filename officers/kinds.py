"""The kinds of records that people edit: the form of each, and what it hangs on. Pages and routes follow this table."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from officers import case_forms, complaint_forms, document_forms, record_forms, rules, source_forms
from officers.record_forms import RecordForm


@dataclass(frozen=True)
class Kind:
    """`above` are the names of the kinds that it can hang on; empty for departments, which hang on nothing.

    `added_at`: the name of the page on which one is added, where that takes more than a form.
    """

    form: type[RecordForm]
    above: tuple[str, ...]
    many: str
    one: str  # with its article
    added_at: str = ""

    @property
    def model(self) -> Any:
        return self.form._meta.model

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def words(self) -> str:
        return self.one.split(maxsplit=1)[1]

    @property
    def has_drafts(self) -> bool:
        return any(field.name == "is_published" for field in self.model._meta.concrete_fields)


_ATTACHABLE = ("officer", "incident", "department", "complaint", "lawsuit")
_CITED = (*_ATTACHABLE, "document", "assignment", "salary", "allegation", "finding")

_ALL: Iterable[Kind] = (
    Kind(record_forms.DepartmentForm, (), "Departments", "a department"),
    Kind(record_forms.OfficerForm, ("department",), "Officers", "an officer"),
    Kind(record_forms.RankForm, ("department",), "Ranks", "a rank"),
    Kind(record_forms.UnitForm, ("department",), "Units", "a unit"),
    Kind(case_forms.IncidentForm, ("department",), "Incidents", "an incident"),
    Kind(complaint_forms.ComplaintForm, ("department",), "Complaints", "a complaint"),
    Kind(case_forms.LawsuitForm, ("department",), "Lawsuits", "a lawsuit"),
    Kind(record_forms.AssignmentForm, ("officer",), "Assignments", "an assignment"),
    Kind(record_forms.SalaryForm, ("officer",), "Pay", "a year’s pay"),
    Kind(record_forms.AliasForm, ("officer",), "Other names", "a former or other name"),
    Kind(record_forms.CertificationForm, ("officer",), "State certificates", "a state certificate"),
    Kind(record_forms.DescriptionForm, ("officer",), "Descriptions", "a description"),
    Kind(record_forms.NoteForm, ("officer",), "Private notes", "a private note"),
    Kind(case_forms.CareerForm, ("officer",), "The same person elsewhere", "a link to the same person"),
    Kind(complaint_forms.AllegationForm, ("complaint",), "Allegations", "an allegation"),
    Kind(complaint_forms.FindingForm, ("allegation",), "Findings", "a finding"),
    Kind(complaint_forms.PenaltyForm, ("finding",), "Penalties", "a penalty"),
    Kind(case_forms.PartyForm, ("lawsuit",), "Parties", "a party"),
    Kind(document_forms.DocumentForm, _ATTACHABLE, "Documents", "a document", added_at="document-send"),
    Kind(source_forms.LinkForm, _ATTACHABLE, "Links", "a link"),
    Kind(source_forms.CitationForm, _CITED, "Sources", "a source"),
)
KINDS = {kind.name: kind for kind in _ALL}
MOST_BELOW = 50


def kind_of(record: Model) -> Kind:
    return KINDS[str(record._meta.model_name)]


def below(kind: Kind) -> list[Kind]:
    return [one for one in KINDS.values() if kind.name in one.above]


def rows_below(record: Any, kind: Kind, user: Any) -> Any:
    """The records of a kind that hang on this one and that the user keeps."""
    kept = kind.model.objects.kept_by(user)
    name = str(record._meta.model_name)
    if kind.name == "citation":
        return kept.filter(record=name, record_id=record.pk)
    if kind.name == "careerlink":
        return (kept.filter(first=record) | kept.filter(second=record)).select_related("first", "second")
    if kind.name == "document":
        return kept.defer("text").filter(**{name if name == "department" else f"{name}s": record})
    if kind.name == "link":
        return kept.filter(**{f"{name}s": record})
    if name == "department" and kind.name == "officer":
        return kept.in_department(record.pk)
    rows = kept.filter(**{name: record})
    return rows.select_related("department", "rank") if kind.name == "assignment" else rows


def record_above(record: Any) -> Any:
    """What a record hangs on, to go back to; None for departments."""
    name = kind_of(record).name
    if name == "citation":
        return rules.cited_record(record)
    if name == "careerlink":
        return record.first
    if name == "document":
        return record.department
    if name == "link":
        attached = (record.officers, record.incidents, record.complaints, record.lawsuits, record.departments)
        return next((first for first in (one.first() for one in attached) if first), None)
    if name == "officer":
        stint = record.assignments.select_related("department").first()
        return stint.department if stint else None
    return next((getattr(record, one, None) for one in kind_of(record).above), None)
