"""States, and the places whose law forbids matching faces. The app's database role can only read both."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Trim


class State(models.Model):
    """A US state, district or territory by its USPS code. A code that is not here is no state at all."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="state_code_is_two_capitals", condition=Q(code__regex="^[A-Z]{2}$"))
        ]

    def __str__(self) -> str:
        return self.name


class ProhibitedPlace(models.Model):
    """A dated prohibition of matching in a state, county or city. Rows can only close doors.

    `valid_to` is the first day without it. Illinois does not need its row: it is written into the gate and into
    the database as well.
    """

    state = models.ForeignKey(State, on_delete=models.PROTECT)
    county = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    reviewed_by = models.CharField(max_length=150)
    reviewed_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="prohibited_place_names_are_lower_case",
                condition=Q(county=Lower(Trim("county"))) & Q(city=Lower(Trim("city"))),
            ),
            models.CheckConstraint(
                name="prohibition_ends_after_it_begins",
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.city, self.county, self.state_id) if part)
