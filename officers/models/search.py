"""What officers are found by: rows that only the database writes (migrations/sql/search.sql)."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from officers.models.officer import Officer
from officers.querysets import SearchRowQuerySet

NO_PAY_OR_RANK = 1
"""Not known: after every number in the order of lists, in which the highest rank and pay are the most negative."""
NO_DATE = "9999-12-31"


class SearchRow(models.Model):
    """One officer in short: made by triggers in the transaction that changes what it is made of.

    `is_listed`: published, and in a published department; facts of hidden departments are not in it. `words`: of the
    name and the other names, without accents. `by_rank`, `by_pay` (dollars) and `by_since` are in the order of lists,
    smaller first: minus the present rank's order, minus the pay of the latest year, the first day in the service.
    """

    officer = models.OneToOneField(
        Officer, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="row"
    )
    is_listed = models.BooleanField()
    words = SearchVectorField()
    sort_name = models.TextField(db_collation="C")
    race = models.CharField(max_length=20)
    gender = models.CharField(max_length=10)
    birth_year = models.PositiveSmallIntegerField(null=True)
    is_active = models.BooleanField(null=True)
    by_rank = models.IntegerField()
    by_pay = models.BigIntegerField()
    by_since = models.DateField()

    objects = SearchRowQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="officers_by_words"),
            models.Index(fields=["officer"], condition=Q(is_listed=True), name="listed_by_number"),
            models.Index(fields=["sort_name", "officer"], condition=Q(is_listed=True), name="listed_by_name"),
            *(
                models.Index(
                    fields=[f"by_{key}", "sort_name", "officer"],
                    condition=Q(is_listed=True),
                    name=f"listed_by_{key}",
                )
                for key in ("rank", "pay", "since")
            ),
        ]

    def __str__(self) -> str:
        return self.sort_name


class FacetCount(models.Model):
    """How many listed officers came to a combination of facts, or (negative) left it; the sum is how many there are.

    Written in the transaction that changes a SearchRow, so never out of date. `by_pay` is cut to steps of $25,000.
    """

    race = models.CharField(max_length=20)
    gender = models.CharField(max_length=10)
    birth_year = models.PositiveSmallIntegerField(null=True)
    is_active = models.BooleanField(null=True)
    by_pay = models.BigIntegerField()
    how_many = models.BigIntegerField()
    is_sum = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.how_many:+}"


class NameWord(models.Model):
    """A word of some officer's name: where words that nobody typed quite right are looked up."""

    word = models.TextField(primary_key=True, db_collation="C")

    class Meta:
        indexes = [GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="name_words_alike")]

    def __str__(self) -> str:
        return self.word
