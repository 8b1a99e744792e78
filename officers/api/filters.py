"""What lists are narrowed by. Officers: officers/filters.py, the same as on the page; words: officers/everything.py."""

from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.db.models import Model, Q, QuerySet
from django_filters import CharFilter, Filter

from officers import everything
from officers.filters import IdFilter
from officers.models import (
    Assignment,
    Complaint,
    Department,
    Finding,
    Incident,
    Lawsuit,
    LawsuitParty,
    Officer,
)
from officers.record_querysets import CitationQuerySet


def date_after(field: str) -> Filter:
    return django_filters.DateFilter(field, lookup_expr="gte", label="On this day or later")


def date_before(field: str) -> Filter:
    return django_filters.DateFilter(field, lookup_expr="lte", label="On this day or earlier")


def topic() -> Filter:
    return IdFilter("topics", label="Id of a topic")


def naming(path: str, model: Any) -> Filter:
    """Those that name a record which is public: by the number of a hidden one nothing is found."""

    def narrow(found: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        rows = found.model._base_manager.filter(**{path: value, f"{path}__in": model.objects.public()})
        return found.filter(pk__in=rows.values("pk"))

    return IdFilter(
        method=narrow,
        label=f"Id of {'an' if model in {Officer, Incident} else 'a'} {model._meta.verbose_name}",
    )


def words(kind: str) -> Filter:
    """The search of the site, for one kind: a number as people copy it, or words by their stem."""

    def narrow(found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return found.filter(pk__in=everything.KINDS[kind].look(value).order_by().values("pk"))

    return CharFilter(method=narrow, max_length=200, label="Words, or a number")


def plate(path: str, label: str) -> Filter:
    def narrow(found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return found.filter(pk__in=everything.plates(value).values(path))

    return CharFilter(method=narrow, max_length=20, label=label)


def choices(model: Any, field: str) -> Filter:
    options = model._meta.get_field(field).flatchoices
    return django_filters.MultipleChoiceFilter(
        field, choices=options, distinct=False, label="Given twice, it means either"
    )


def same(field: str, length: int, label: str = "The whole of it, in capitals or not") -> Filter:
    return CharFilter(field, lookup_expr="iexact", max_length=length, label=label)


def part(field: str, length: int) -> Filter:
    return CharFilter(field, lookup_expr="icontains", max_length=length, label="A part of it")


def department(path: str = "department") -> Filter:
    return IdFilter(path, label="Id of a department")


def officer() -> Filter:
    return IdFilter("officer", label="Id of an officer")


def state() -> Filter:
    return CharFilter("state", max_length=2, label="Two-letter state code, such as OH")


def either(*paths: str) -> Filter:
    def narrow(found: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return found.filter(reduce(or_, (Q(**{path: value}) for path in paths)))

    return IdFilter(method=narrow, label="Id of one of the two officers")


def cited() -> dict[str, Filter]:
    """Which record a source is of. `record` must be named: each kind has a rule of its own."""

    def narrow(found: Any, _name: str, value: str) -> Any:
        return found.filter(record=value)

    named = [(name.lower(), name) for name in CitationQuerySet.CITED]
    return {
        "record": django_filters.ChoiceFilter(
            choices=named, method=narrow, required=True, label="Kind of the record that it is the source of"
        ),
        "record_id": IdFilter("record_id", label="Its id"),
    }


class DepartmentFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of the name")
    state = django_filters.CharFilter(
        field_name="state", lookup_expr="exact", max_length=2, label="Two-letter state code, such as OH"
    )
    kind = choices(Department, "kind")
    topic = topic()

    class Meta:
        model = Department
        fields: list[str] = []


FACT = {"officer": officer(), "department": department()}
FILTERS: dict[str, dict[str, Filter]] = {
    "Rank": {"department": department()},
    "Unit": {"department": department()},
    "Assignment": {
        **FACT,
        "rank": IdFilter("rank", label="Id of a rank"),
        "unit": IdFilter("unit", label="Id of a unit"),
        "badge": same("badge_number", 120),
        "status": choices(Assignment, "status"),
        "separation": choices(Assignment, "separation"),
    },
    "Salary": {
        **FACT,
        "year": IdFilter("year", label="A year"),
        "salary_from": django_filters.NumberFilter(
            "salary", lookup_expr="gte", max_digits=12, decimal_places=2
        ),
        "salary_to": django_filters.NumberFilter(
            "salary", lookup_expr="lte", max_digits=12, decimal_places=2
        ),
    },
    "OfficerAlias": {"officer": officer()},
    "Certification": {
        "officer": officer(),
        "state": state(),
        "value": same("value", 60),
    },
    "Description": FACT,
    "CareerLink": {"officer": either("first", "second")},
    "Incident": {
        "q": words("incidents"),
        "department": department(),
        "officer": naming("officers", Officer),
        "report_number": same("report_number", 50),
        "plate": plate("incidents", "A plate, however it is written"),
        "after": date_after("date"),
        "before": date_before("date"),
        "city": same("location__city", 100),
        "street": part("location__street_name", 100),
        "topic": topic(),
    },
    "Complaint": {
        "q": words("complaints"),
        "department": department(),
        "officer": naming("allegations__officer", Officer),
        "record_number": same("record_number", 60),
        "after": date_after("received_on"),
        "before": date_before("received_on"),
        "topic": topic(),
    },
    "Allegation": {
        "complaint": IdFilter("complaint", label="Id of a complaint"),
        "department": department("complaint__department"),
        "officer": naming("officer", Officer),
    },
    "Finding": {
        "allegation": IdFilter("allegation", label="Id of an allegation"),
        "department": department("allegation__complaint__department"),
        "disposition": choices(Finding, "disposition"),
    },
    "Penalty": {
        "finding": IdFilter("finding", label="Id of a finding"),
        "department": department("finding__allegation__complaint__department"),
    },
    "Lawsuit": {
        "q": words("lawsuits"),
        "department": department(),
        "officer": naming("parties__officer", Officer),
        "docket_number": same("docket_number", 100),
        "outcome": choices(Lawsuit, "outcome"),
        "after": date_after("filed_on"),
        "before": date_before("filed_on"),
        "topic": topic(),
    },
    "LawsuitParty": {
        "lawsuit": IdFilter("lawsuit", label="Id of a lawsuit"),
        "officer": naming("officer", Officer),
        "role": choices(LawsuitParty, "role"),
    },
    "Document": {
        "q": words("documents"),
        "department": department(),
        "officer": naming("officers", Officer),
        "incident": naming("incidents", Incident),
        "complaint": naming("complaints", Complaint),
        "lawsuit": naming("lawsuits", Lawsuit),
        "topic": topic(),
    },
    "LicensePlate": {
        "number": plate("pk", "The number, however it is written"),
        "state": state(),
    },
    "Link": {
        "officer": naming("officers", Officer),
        "incident": naming("incidents", Incident),
        "department": naming("departments", Department),
    },
    "Citation": cited(),
    "Topic": {"q": part("name", 60)},
    "Face": {"officer": officer(), "department": department("photo__department")},
    "Publication": {"department": department("photo__department")},
}


def filter_of(model: type[Model]) -> Any:
    """The filter set of a kind of record."""
    name = model.__name__
    return type(
        f"{name}Filter",
        (django_filters.FilterSet,),
        {**FILTERS[name], "Meta": type("Meta", (), {"model": model, "fields": []})},
    )
