"""What every record of the house has, and how text, choices and addresses of pages are kept clean in the database too.

There is no `deleted_at`: a deleted record leaves its table, so that no list, count, join or constraint can forget it,
and the history (models/history.py) keeps it whole and puts it back with its number and everything that hung on it.
See docs/decisions/0014-history.md.
"""

from datetime import date
from typing import Any

from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from officers import private_details


class Recorded(models.Model):
    """A record that people edit.

    `version` is raised by the database with every change: whoever saves what they opened earlier must name the
    version that they saw. Imported records keep the `created_at` of where they came from.
    """

    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    updated_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        abstract = True


def by_day(field: str) -> Coalesce:
    """The day by which lists are in order; what has none comes before all others, so last in a list from the latest."""
    return Coalesce(field, Value(date.min, models.DateField()), output_field=models.DateField())


def latest_first(field: str, name: str) -> list[models.Index]:
    """The two indexes of a list of what was published, the latest first: of everything, and of one department."""
    order = (by_day(field).desc(), F("id").desc())
    shown = Q(is_published=True)
    return [
        models.Index(*order, name=f"{name}_by_day", condition=shown),
        models.Index("department", *order, name=f"{name}_here_by_day", condition=shown),
    ]


class FreeText(models.TextField):  # type: ignore[type-arg]
    """Text in a person's own words, in which private details have no place."""

    default_validators = [private_details.refuse]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"blank": True, **options})


class WebAddress(models.URLField):  # type: ignore[type-arg]
    """The address of a page: http or https, nothing that a browser would run."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 2000, **options})

    def formfield(self, **options: Any) -> Any:
        """What people type without a scheme is taken for https."""
        return super().formfield(**{"assume_scheme": "https", **options})


def known(field: str, values: str, name: str) -> models.CheckConstraint:
    """A field holds one of these values. (Words, because a Meta cannot see the choices beside it; a test compares.)"""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": values.split()}))


def known_or_empty(field: str, values: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": ["", *values.split()]}))


def on_the_web(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name, condition=Q(**{field: ""}) | Q(**{f"{field}__iregex": "^https?://[^[:space:]]+$"})
    )


def not_negative(name: str, *fields: str) -> models.CheckConstraint:
    condition = Q()
    for field in fields:
        condition &= Q(**{field: None}) | Q(**{f"{field}__gte": 0})
    return models.CheckConstraint(name=name, condition=condition)


def in_order(first: str, last: str, name: str) -> models.CheckConstraint:
    """A date is not before another, where both are known."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{first: None}) | Q(**{last: None}) | Q(**{f"{last}__gte": models.F(first)}),
    )
