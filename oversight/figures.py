"""How the site is: figures read from the database and Valkey when somebody asks, for a page and for Prometheus.

No web process keeps a figure to itself, so any number of them and of workers give one answer. No figure has a name, an
address or an id in it. A plugin adds its own to SOURCES; the web server's answers are in oversight/answers.py.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from oversight import answers, outbox, queues
from oversight.models import AuditEvent, OutboxEntry

NO_LABEL = ("", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """`name` as Prometheus calls it, `words` for people, `rows`: (label's value, number). `label` names the value.

    A `total` only grows, until Valkey is emptied; everything else is as it is now.
    """

    name: str
    words: str
    rows: tuple[tuple[str, float], ...]
    label: str = ""
    is_total: bool = False


Source = Callable[[], Iterable[Figure]]


def promises() -> Iterator[Figure]:
    """Promised work: what waits, how long the oldest has been due, what was given up or parked."""
    now, state = timezone.now(), OutboxEntry.State
    due = OutboxEntry.objects.filter(state=state.WAITING, due_at__lte=now).values("queue")
    waiting = {row["queue"]: row for row in due.annotate(count=Count("pk"), oldest=Min("due_at")).order_by()}
    yield Figure(
        "oversight_promises_due",
        "Promises that are due",
        tuple((name, waiting[name]["count"] if name in waiting else 0) for name in queues.IN_ORDER),
        "queue",
    )
    ages = {name: (now - row["oldest"]).total_seconds() for name, row in waiting.items()}
    yield Figure(
        "oversight_promises_oldest_seconds",
        "Seconds that the oldest due promise waits",
        tuple((name, round(ages.get(name, 0.0), 1)) for name in queues.IN_ORDER),
        "queue",
    )
    dead = outbox.given_up().values_list("last_error").annotate(count=Count("pk")).order_by("last_error")
    yield Figure("oversight_dead_letters", "Work given up, by its last error", tuple(dead), "reason")


def audit_log() -> Iterator[Figure]:
    unsealed = AuditEvent.objects.filter(place_in_chain=None).count()
    yield Figure(
        "oversight_audit_unsealed", "Rows of the audit log that are not sealed yet", (("", unsealed),)
    )


def machine() -> Iterator[Figure]:
    free = shutil.disk_usage(settings.DATA).free if settings.DATA.exists() else 0
    yield Figure("oversight_disk_free_bytes", "Bytes free where the data folder lies", (("", free),))


TOTALS = {  # what is counted (queues.count): the name for Prometheus, words, the label
    "photos_rebuilt": ("oversight_photos_rebuilt", "Photos taken in", ""),
    "photos_refused": ("oversight_photos_refused", "Photos refused, by reason", "reason"),
    "slowed": ("oversight_slowed", "Requests over a limit, by what they asked for", "scope"),
    "jobs": ("oversight_jobs", "Jobs that ran", "job"),
    "jobs_given_up": ("oversight_jobs_given_up", "Jobs given up", "job"),
    "job_seconds": ("oversight_job_seconds", "Seconds that jobs ran", "job"),
    "job_wait_seconds": ("oversight_job_wait_seconds", "Seconds from due to begun", "job"),
}


def totals() -> Iterator[Figure]:
    """What Valkey holds: hints, and everything counted since it was last empty."""
    try:
        lengths, counted = queues.lengths(), queues.counted()
    except queues.QueueAway:
        yield Figure("oversight_valkey_up", "Does Valkey answer?", (("", 0),))
        return
    yield Figure("oversight_valkey_up", "Does Valkey answer?", (("", 1),))
    yield Figure("oversight_hints", "Hints that wait for a worker", tuple(lengths.items()), "queue")
    for what, (name, words, label) in TOTALS.items():
        rows = tuple(sorted((value, number) for (found, value), number in counted.items() if found == what))
        yield Figure(name, words, rows or ((("", 0.0),) if not label else ()), label, is_total=True)


SOURCES: list[Source] = [promises, totals, audit_log, machine]


def all_figures() -> list[Figure]:
    return [figure for source in SOURCES for figure in source()]


class _Collector(Collector):
    def collect(self) -> Iterator[Metric]:
        for figure in all_figures():
            family = CounterMetricFamily if figure.is_total else GaugeMetricFamily
            made = family(figure.name, figure.words, labels=[figure.label] if figure.label else None)
            for value, number in figure.rows:
                made.add_metric([value] if figure.label else [], number)
            yield made


def for_prometheus() -> bytes:
    """The exposition format, text version."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector())
    registry.register(answers.ForPrometheus())
    return generate_latest(registry)
