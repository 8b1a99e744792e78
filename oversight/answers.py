"""What the web server answers: how many answers by route and kind, and how long each took to make.

Each web process adds up in its own memory and tells Valkey every few seconds, from a thread of its own: nobody who asks
for a page waits for it, and all processes on all machines give one answer. A route goes by its name in urls.py, so no
path, address or person is counted; what is at no route has no name.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock, Timer

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from oversight import queues

TELL_EVERY = 5.0
STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, float("inf"))  # seconds
NO_ROUTE, STATIC = "no-route", "static"
ANSWERS, SECONDS, WITHIN = "answers", "answer_seconds", "answers_within"  # as queues.count calls them
GetResponse = Callable[[HttpRequest], HttpResponse]


class Tally:
    """What this process has counted and not told yet."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], float] = {}
        self._lock = Lock()
        self._is_told_soon = False

    def add(self, counts: Iterable[tuple[str, str, float]]) -> None:
        with self._lock:
            for what, label, number in counts:
                self._held[what, label] = self._held.get((what, label), 0.0) + number
            if not self._is_told_soon:
                timer = Timer(TELL_EVERY, self._tell_if_possible)
                timer.daemon = True
                with contextlib.suppress(RuntimeError):  # no thread is to be had: the next answer tries again
                    timer.start()
                    self._is_told_soon = True

    def tell(self) -> None:
        """Add it to what Valkey holds. Raises QueueAway, and keeps it for the next time."""
        with self._lock:
            taken, self._held, self._is_told_soon = self._held, {}, False
        try:
            queues.count_all(taken)
        except queues.QueueAway:
            self.add((what, label, number) for (what, label), number in taken.items())
            raise

    def _tell_if_possible(self) -> None:
        with contextlib.suppress(queues.QueueAway):
            self.tell()


tally = Tally()


def counted(get_response: GetResponse) -> GetResponse:
    """Count each answer, whoever made it. Of one that is streamed, the time until it begins."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = get_response(request)
        seconds, route = time.monotonic() - began, _route(request)
        step = next(step for step in STEPS if seconds <= step)
        tally.add(
            (
                (ANSWERS, f"{route} {response.status_code // 100}xx", 1),
                (SECONDS, route, seconds),
                (WITHIN, f"{route} {step}", 1),
            )
        )
        return response

    return middleware


def _route(request: HttpRequest) -> str:
    if request.resolver_match:
        return request.resolver_match.view_name
    return STATIC if request.path_info.startswith(f"/{settings.STATIC_URL.strip('/')}/") else NO_ROUTE


@dataclass(slots=True)
class Route:
    """Answers of one route, since Valkey was last empty."""

    name: str
    by_status: dict[str, int] = field(default_factory=dict)
    within: dict[float, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.by_status.values())

    @property
    def refused(self) -> int:
        return self.by_status.get("4xx", 0)

    @property
    def failed(self) -> int:
        return self.by_status.get("5xx", 0)

    def up_to(self) -> list[tuple[float, int]]:
        """For each step, how many answers took no longer."""
        return [
            (step, sum(self.within.get(each, 0) for each in STEPS[: number + 1]))
            for number, step in enumerate(STEPS)
        ]

    @property
    def nearly_all(self) -> float:
        """The first step within which 95 of 100 were made."""
        steps = self.up_to()
        return next(step for step, number in steps if number >= 0.95 * steps[-1][1])


def by_route() -> list[Route]:
    """All routes that answered, by name, with what this process has not told yet. Raises QueueAway."""
    tally.tell()
    found: dict[str, Route] = {}
    for (what, label), number in queues.counted().items():
        if what not in {ANSWERS, SECONDS, WITHIN}:
            continue
        name, _, word = label.partition(" ")
        route = found.setdefault(name, Route(name))
        if what == ANSWERS:
            route.by_status[word] = round(number)
        elif what == WITHIN:
            route.within[float(word)] = round(number)
        else:
            route.seconds = number
    return sorted(found.values(), key=lambda route: route.name)


def worst_first(most: int) -> list[Route]:
    """For the page: routes that failed, then those that answered most. None while Valkey is away."""
    try:
        return sorted(by_route(), key=lambda route: (-route.failed, -route.count))[:most]
    except queues.QueueAway:
        return []


class ForPrometheus(Collector):
    """The same as a counter and a histogram."""

    def collect(self) -> Iterator[Metric]:
        words = "Answers of the web server, by route and kind of status"
        answers = CounterMetricFamily("oversight_answers", words, labels=["route", "status"])
        words = "Seconds that the web server took for an answer, by route"
        seconds = HistogramMetricFamily("oversight_answer_seconds", words, labels=["route"])
        with contextlib.suppress(queues.QueueAway):  # which oversight_valkey_up says
            for route in by_route():
                for status, number in sorted(route.by_status.items()):
                    answers.add_metric([route.name, status], number)
                steps = [(_step_name(step), float(number)) for step, number in route.up_to()]
                seconds.add_metric([route.name], steps, route.seconds)
        yield from (answers, seconds)


def _step_name(step: float) -> str:
    return "+Inf" if step == STEPS[-1] else str(step)
