"""Lists of incidents, complaints and lawsuits: what can be asked of them, and who is found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from officers import everything, latest, lines
from officers.models import Allegation, Complaint, Department, Incident, Lawsuit, LawsuitParty, Officer, Topic

BIGGEST = 2**63 - 1
MODELS: dict[str, Any] = {"incident": Incident, "complaint": Complaint, "lawsuit": Lawsuit}


class NumberField(forms.IntegerField):
    """The number of a record."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=1, max_value=BIGGEST)


class CaseForm(forms.Form):
    """What the address of a list may ask. What is odd is left out and said."""

    q = forms.CharField(required=False, max_length=200)
    department = NumberField()
    officer = NumberField()
    topic = NumberField()
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)


def found(kind: str, asked: Mapping[str, Any]) -> QuerySet[Any]:
    """The public records of a kind that fit all that is asked."""
    rows = everything.KINDS[f"{kind}s"].look(asked["q"]) if asked.get("q") else MODELS[kind].objects.public()
    if asked.get("department"):
        rows = rows.filter(department=asked["department"])
    if asked.get("officer"):
        rows = rows.filter(_of_officer(kind, asked["officer"]))
    if asked.get("topic"):
        rows = rows.filter(topics=asked["topic"])
    day = latest.DAYS[kind]
    for name, compare in (("since", "gte"), ("until", "lte")):
        if asked.get(name):
            rows = rows.filter(**{f"{day}__{compare}": asked[name]})
    return rows.select_related(*(("department", "location") if kind == "incident" else ("department",)))


def _of_officer(kind: str, pk: int) -> Q:
    """Nothing of an officer who is hidden: the list must not say more than their page."""
    who = Officer.objects.public().filter(pk=pk)
    if kind == "incident":
        through = Incident.officers.through._default_manager
        return Q(Exists(through.filter(incident=OuterRef("pk"), officer__in=who)))
    part = Allegation if kind == "complaint" else LawsuitParty
    return Q(Exists(part._default_manager.filter(**{kind: OuterRef("pk")}, officer__in=who)))


def words_of(asked: Mapping[str, Any]) -> dict[str, str]:
    """What was asked, in words; what is hidden is named like what does not exist."""
    words = {"q": f"“{asked['q']}”"} if asked.get("q") else {}
    for name, model in (("department", Department), ("officer", Officer), ("topic", Topic)):
        if asked.get(name):
            one = model.objects.public().filter(pk=asked[name]).first()
            words[name] = str(one) if one else f"Another {name}, which we do not show"
    for name in ("since", "until"):
        if asked.get(name):
            words[name] = f"{name.capitalize()} {lines.day(asked[name])}"
    return words
