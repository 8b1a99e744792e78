"""Two rows that are one officer: merged into one, and apart again; or linked across agencies, where they stay two.

Merging moves everything that hangs on one officer to the other. It is one act of the history, so that it is undone
exactly. The guard's ratchets are joined by its own triggers, and by hand where nothing moves: who was ever forbidden
to compare stays so under either number. What was measured from moved faces is deleted by the database.
"""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from officers import rules, undo
from officers.holds import wait_for_the_gate
from officers.models import (
    CareerLink,
    Citation,
    Face,
    LegacyId,
    Officer,
    OfficerAlias,
    OfficerMerge,
    SearchRow,
)
from officers.problems import NotPossible
from oversight import audit
from oversight.acting import changing
from oversight.models import User

SAME = "Choose two different officers."
OWN_FIELDS = (
    "first_name",
    "middle_name",
    "last_name",
    "suffix",
    "race",
    "gender",
    "birth_year",
    "employment_date",
    "internal_id",
)


def merge(*, kept: Officer, gone: Officer, chosen: dict[str, Any], by: User, why: str = "") -> OfficerMerge:
    """Move all that is known of `gone` to `kept`, which takes the `chosen` values of its own fields (OWN_FIELDS).

    The other name stays as an alias. Raises NotPossible, and PermissionDenied unless the user keeps every department
    of both.
    """
    if kept.pk == gone.pk:
        raise NotPossible(SAME)
    rules.demand(by, "merge", kept, gone)
    with changing(by=by, why=why) as act:
        wait_for_the_gate()
        pair = Officer.objects.select_for_update().in_bulk(sorted({kept.pk, gone.pk}))
        if len(pair) < 2:
            raise NotPossible("One of them was deleted or merged meanwhile.")
        kept, gone = pair[kept.pk], pair[gone.pk]
        names = {kept.full_name, gone.full_name}
        for field, value in chosen.items():
            setattr(kept, field, value)
        kept.full_clean(exclude=[f.name for f in kept._meta.concrete_fields if f.name not in OWN_FIELDS])
        kept.ever_prohibited = kept.ever_prohibited or gone.ever_prohibited
        kept.save(update_fields=[*OWN_FIELDS, "ever_prohibited"])
        _move_all(gone, kept)
        for name in names - {kept.full_name, "Name not known"}:
            OfficerAlias.objects.get_or_create(officer=kept, name=name)
        Officer.objects.get(pk=gone.pk).delete()
        merged = OfficerMerge.objects.create(
            kept=kept, gone_id=gone.pk, gone_name=gone.full_name, act=act, why=why, merged_by=by
        )
        audit.record(by=by, action="merged officers", subject=kept, gone=gone.pk)
        undo.tell_of_faces(Face.objects.filter(officer=kept))
    return merged


def _move_all(gone: Officer, kept: Officer) -> None:
    """Rows that would say the same thing twice stay behind and go with the old number; the undo brings them back."""
    for model, name in _hanging_on_officers():
        _move(model, name, gone, kept)
    _move_career_links(gone, kept)
    for record in (Citation, LegacyId):
        key: Any = kept.pk if record is Citation else str(kept.pk)
        record._base_manager.filter(record="officer", record_id=gone.pk).update(record_id=key)


def _hanging_on_officers() -> list[tuple[Any, str]]:
    """Every model of the record that names an officer, and by which field. Plugins are not asked: what they measured
    from a face that moves is deleted by the database."""
    found = [
        (model, field.name)
        for model in apps.get_app_config("officers").get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Officer
    ]
    # What officers are found by is the database's own: it writes that anew itself.
    return [(model, name) for model, name in found if model not in {CareerLink, OfficerMerge, SearchRow}]


def _move(model: Any, name: str, gone: Officer, kept: Officer) -> None:
    rows = model._base_manager.filter(**{name: gone})
    for others in _unique_with(model, name):
        same = {other: models.OuterRef(other) for other in others}
        rows = rows.exclude(models.Exists(model._base_manager.filter(**{name: kept}, **same)))
    keys = list(rows.values_list("pk", flat=True))  # the subquery would see what it moves otherwise
    model._base_manager.filter(pk__in=keys).update(**{name: kept})


def _unique_with(model: Any, name: str) -> list[list[str]]:
    """The other fields of each uniqueness that this field takes part in."""
    named = [c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    return [
        [other for other in fields if other != name]
        for fields in [*named, *model._meta.unique_together]
        if name in fields
    ]


def _move_career_links(gone: Officer, kept: Officer) -> None:
    """A link between the two is what the merge says; links to others are kept, the lower number first."""
    links = CareerLink.objects.filter(Q(first=gone) | Q(second=gone))
    for link in list(links):
        other = link.second if link.first_id == gone.pk else link.first
        link.delete()
        if other.pk != kept.pk:
            first, second = sorted((kept, other), key=lambda officer: officer.pk)
            CareerLink.objects.get_or_create(
                first=first,
                second=second,
                defaults={"confidence": link.confidence, "why": link.why, "linked_by": link.linked_by},
            )


def split(*, merged: OfficerMerge, by: User, why: str = "") -> str:
    """Two officers again, each with what they had. Returns the act. Raises NotPossible, PermissionDenied."""
    if merged.kept is None:
        raise NotPossible("The officer whom they were merged into was deleted since.")
    rules.demand(by, "merge", merged.kept)
    with changing(by=by, why=why):
        taken_back = undo.undo(act=merged.act, by=by, why=why)
        audit.record(by=by, action="took officers apart", subject=merged.kept, gone=merged.gone_id)
    return taken_back


def link_careers(*, one: Officer, other: Officer, confidence: str, by: User, why: str = "") -> CareerLink:
    """Say that two officers' rows are one person in two agencies. Raises NotPossible, PermissionDenied.

    Whoever keeps one of the two may say so: that is how a person moves between places.
    """
    if one.pk == other.pk:
        raise NotPossible(SAME)
    if not (rules.may(by, "edit", one) or rules.may(by, "edit", other)):
        rules.demand(by, "edit", one)
    first, second = sorted((one, other), key=lambda officer: officer.pk)
    with changing(by=by, why=why):
        link, _ = CareerLink.objects.update_or_create(
            first=first, second=second, defaults={"confidence": confidence, "why": why, "linked_by": by}
        )
    return link
