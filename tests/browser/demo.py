"""The demo's photos and names, as the browser tests use them. A number is one officer's in officers/demo/."""

import time
from collections.abc import Callable
from pathlib import Path

from officers import demo_seed
from officers.models import Department, Officer

ALLOWED = "Port Lindell Police Department"
NOT_DECIDED = "Maple Crossing Police Department"
ILLINOIS = "Prairie Junction Police Department"


def other_photo(number: str) -> Path:
    """A photo of the officer that the demo's record does not hold."""
    return demo_seed.DEMO / "officers" / number / "2.jpg"


def scene(number: str) -> Path:
    """A street with several people."""
    return demo_seed.DEMO / "scenes" / f"{number}.jpg"


def officer(number: str) -> Officer:
    row = next(row for row in demo_seed.roster()["officers"] if row["number"] == number)
    found: Officer = Officer.objects.get(first_name=row["first_name"], last_name=row["last_name"])
    return found


def department(name: str) -> Department:
    found: Department = Department.objects.get(name=name)
    return found


def soon(is_so: Callable[[], bool], *, seconds: float = 60) -> bool:
    """Wait for what the worker does."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
