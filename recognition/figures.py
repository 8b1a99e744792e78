"""The plugin's figures: questions by how they ended, alerts that nobody has ended, and templates where none may be."""

from collections.abc import Iterator

from django.db.models import Count

from oversight.figures import Figure
from recognition import guard_audit
from recognition.models import FaceTemplate, GuardAlert, Identification


def figures() -> Iterator[Figure]:
    ended = (
        Identification.objects.values_list("state", "reason")
        .annotate(count=Count("pk"))
        .order_by("state", "reason")
    )
    rows = tuple((f"{state} {reason}".strip(), count) for state, reason, count in ended)
    yield Figure("oversight_searches", "Questions of the last day, by how they ended", rows, "state")
    alerts = GuardAlert.objects.filter(ended_at=None).count()
    yield Figure("oversight_guard_alerts_open", "Alerts of the guard that are not ended", (("", alerts),))
    yield Figure("oversight_templates", "Templates of faces", (("", FaceTemplate.objects.count()),))
    holes = len(guard_audit.findings())
    yield Figure(
        "oversight_guard_findings", "What the audit of the guard finds wrong (0, or stop)", (("", holes),)
    )
