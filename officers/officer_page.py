"""Everything that an officer's page shows, gathered in at most twelve queries however much there is.

Only what a stranger may see, whoever looks: those who keep the record have their own pages for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.shortcuts import get_object_or_404

from officers import allegations, beside, cards, citing, freshness, latest, lines, pay, stints
from officers.citing import Sources
from officers.models import Allegation, CareerLink, Incident, Lawsuit, LawsuitParty, Officer, Salary
from officers.querysets import parts_of_cards
from officers.stints import Elsewhere

SOME = 10
MOST_ALLEGATIONS = 30
MOST_YEARS = 40
MOST_BESIDE = 6


def gathered(pk: int) -> dict[str, Any]:
    """The context of the page. Raises Http404."""
    officer: Any = get_object_or_404(Officer.objects.public().annotate(**beside.of_officer()), pk=pk)
    people = _people_beside(officer)
    prefetch_related_objects([officer, *people], *parts_of_cards())
    own = list(officer.assignments.all())
    salaries = list(Salary.objects.public().filter(officer=pk).select_related("department")[:MOST_YEARS])
    accused = _allegations(pk)
    shown = allegations.shown(accused[:MOST_ALLEGATIONS])
    incidents, lawsuits = _incidents(pk), _lawsuits(pk)
    sources = citing.of([officer, *own, *salaries])
    elsewhere = _elsewhere(officer, people)
    context = {
        "officer": officer,
        "card": cards.card(officer),
        "facts": _facts(officer, salaries, sources),
        "other_names": beside.other_names(officer),
        "events": stints.events(own, elsewhere, sources),
        "elsewhere": elsewhere,
        "pay": pay.chart(salaries),
        "incidents": [lines.of_incident(one) for one in incidents[:SOME]],
        "has_more_incidents": len(incidents) > SOME,
        "allegations": shown,
        "allegations_summary": allegations.summary(shown),
        "has_more_allegations": len(accused) > MOST_ALLEGATIONS,
        "lawsuits": [lines.of_lawsuit(one) for one in lawsuits[:SOME]],
        "has_more_lawsuits": len(lawsuits) > SOME,
        "beside": [(cards.card(one), one.shared) for one in people if one.shared],
        "links": beside.links(officer),
        "documents": officer.document_rows,
        "topics": officer.topic_rows,
        "sources": sources,
        "changed_at": freshness.last_changed(officer, *own, *salaries, at=beside.changes(officer)),
    }
    return context | {"contents": list(_contents(context))}


def _contents(context: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The parts of a long page, to jump to: the part, its heading, and how much of it there is."""
    yield "assignments", "Assignments", ""
    for name in ("pay", "incidents", "complaints", "lawsuits", "documents", "links"):
        key = "allegations" if name == "complaints" else name
        if context[key]:
            more = "+" if context.get(f"has_more_{key}") else ""
            yield name, name.capitalize(), "" if name == "pay" else f"{len(context[key])}{more}"


def _people_beside(officer: Any) -> list[Any]:
    """Those seen at the most incidents with this officer, and the same person's other rows.

    `shared`: at how many public incidents both were.
    """
    public = Officer.objects.public()
    there: QuerySet[Any] = Incident.officers.through._default_manager.filter(
        incident__in=Incident.objects.public().filter(officers=officer.pk)
    )
    counted = there.values("officer").annotate(how_many=Count("pk"))
    others = counted.filter(officer__in=public).exclude(officer=officer.pk)
    most = others.order_by("-how_many", "officer")
    same = {row[side] for row in officer.career_rows for side in ("first", "second")} - {officer.pk}
    ids = Subquery(most.values("officer")[:MOST_BESIDE])
    shared = Subquery(counted.filter(officer=OuterRef("pk")).values("how_many"))
    shown = public.filter(Q(pk__in=ids) | Q(pk__in=same)).annotate(shared=shared)
    return list(shown.order_by(F("shared").desc(nulls_last=True), "pk"))


def _elsewhere(officer: Any, people: Iterable[Any]) -> list[Elsewhere]:
    """The same person's rows in other agencies, as far as we know, those that everybody may see."""
    by_pk = {one.pk: one for one in people}
    words = dict(CareerLink.Confidence.choices)
    return [
        Elsewhere(by_pk[other], words[row["confidence"]])
        for row in officer.career_rows
        for other in (row["first"], row["second"])
        if other in by_pk
    ]


def _incidents(pk: int) -> list[Incident]:
    found = Incident.objects.public().filter(officers=pk).select_related("department", "location")
    return list(latest.in_order(found)[: SOME + 1])


def _lawsuits(pk: int) -> list[Lawsuit]:
    """Each case once, whatever the sides on which the officer stands."""
    parties = LawsuitParty.objects.filter(officer=pk)
    found = Lawsuit.objects.public().filter(pk__in=parties.values("lawsuit")).select_related("department")
    return list(latest.in_order(found)[: SOME + 1])


def _allegations(pk: int) -> list[Allegation]:
    found = Allegation.objects.public().filter(officer=pk).select_related("complaint__department")
    return list(
        found.order_by(F("complaint__received_on").desc(nulls_last=True), "-pk")[: MOST_ALLEGATIONS + 1]
    )


def _facts(officer: Any, salaries: list[Salary], sources: Sources) -> list[tuple[str, str, str]]:
    certificates = [
        (row["name"], f"{row['value']} ({row['state']})", "") for row in officer.certification_rows
    ]
    hired = lines.day(officer.employment_date) if officer.employment_date else ""
    paid = f"{lines.money(salaries[0].total_pay)} in {pay.year(salaries[0])}" if salaries else ""
    known = [
        ("In the service since", hired, sources.named(officer, "employment_date")),
        ("Pay", paid, ""),
        *certificates,
    ]
    return [
        *stints.facts(cards.current_assignment(officer), officer, sources),
        *(fact for fact in known if fact[1]),
        ("Race", officer.get_race_display(), sources.named(officer, "race")),
        ("Gender", officer.get_gender_display(), sources.named(officer, "gender")),
        (
            "Born",
            f"about {officer.birth_year}" if officer.birth_year else "",
            sources.named(officer, "birth_year"),
        ),
    ]
