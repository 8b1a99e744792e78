"""What both commands ask and say: a passphrase, and how far it is."""

import getpass
import os
import sys
import time
from collections.abc import Callable

VARIABLE = "OVERSIGHT_BACKUP_PASSPHRASE"
SAY_EVERY = 2.0


def passphrase(question: str, *, twice: bool) -> str:
    """From the environment, or from the terminal. Raises ValueError where two answers differ or nobody can be asked."""
    if word := os.environ.get(VARIABLE, ""):
        return word
    if not sys.stdin.isatty():
        raise ValueError(f"There is no terminal to ask for the passphrase. Set {VARIABLE}.")
    word = getpass.getpass(f"{question}: ")
    if twice and getpass.getpass("Once more: ") != word:
        raise ValueError("Those were two different passphrases.")
    return word


def now_and_then(write: Callable[[str], None]) -> Callable[[str], None]:
    """Pass a line on when it begins with something new, and otherwise every two seconds."""
    last = ("", 0.0)

    def say(line: str) -> None:
        nonlocal last
        begins, now = line.split(":")[0], time.monotonic()
        if begins != last[0] or now - last[1] >= SAY_EVERY:
            last = (begins, now)
            write(line)

    return say
