"""Saving what a form of the record let through: one act, by the rules, never over somebody else's later work.

The pages (officers/views/edit.py) and the API (officers/api/keeping.py) save nothing but through here.
"""

from django.db import IntegrityError, transaction

from officers import records, rules
from officers.models import Department
from officers.models.base import Recorded
from officers.problems import NotPossible
from officers.record_forms import RecordForm
from oversight.acting import changing


class Twice(NotPossible):
    """The database has one like this, and no place for a second."""


def save(form: RecordForm) -> tuple[Recorded, str]:
    """What was saved, and the act by which it is undone. The form must be valid.

    Raises records.ChangedMeanwhile when it is no longer what the form's `version` saw, NotPossible when it is gone or
    there twice, and PermissionDenied when the form's user may not have it as it would be.
    """
    try:
        with transaction.atomic():
            with changing(by=form.user, why=form.cleaned_data["why"]) as act:
                if form.instance.pk is not None:
                    records.lock(form.instance, seen=form.cleaned_data["version"] or 0)
                saved = form.save_all()
                if not isinstance(saved, Department):
                    rules.demand(form.user, "edit", saved)
            if form.has_new_topics:
                with changing(by=form.user, why=form.cleaned_data["why"]):
                    form.save_topics(saved)
            return saved, act
    except IntegrityError as refused:
        raise Twice("There is one like this already.") from refused
