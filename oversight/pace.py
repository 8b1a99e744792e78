"""How long yet? A rate and the time left, in words for a terminal line and for a page."""

import time
from dataclasses import dataclass, field


@dataclass
class Pace:
    """Counts towards `total`, from now on."""

    total: int
    done: int = 0
    _begun: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def in_words(self) -> str:
        rate = self.done / self.seconds if self.seconds > 0 else 0.0
        left = (self.total - self.done) / rate if rate else None
        return f"{self.done:,} of {self.total:,} · {rate_in_words(rate)} · {time_in_words(left)}"


def rate_in_words(rate: float) -> str:
    """Photos a second, or a minute where that says more."""
    if rate >= 1:
        return f"{rate:.1f} a second"
    return f"{rate * 60:.1f} a minute"


def time_in_words(seconds: float | None) -> str:
    """About how long yet; None where nobody can say."""
    if seconds is None:
        return "nobody can say yet how long"
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute left"
    if minutes < 120:
        return f"about {minutes} minute{'s' if minutes != 1 else ''} left"
    return f"about {round(minutes / 60)} hours left"
