"""Log lines that say what happened and never to whom: for people, or as JSON for a program (OVERSIGHT_LOG_FORMAT).

Addresses, e-mail addresses and the secret parts of links are taken out of every message. Of an error its kind and the
places in the code are written, not its words: those quote what somebody sent.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

GONE = "…"
HIDDEN_PART = r"(?=[^/\s]*\d)[\w:.=-]{12,}"  # of a path: a ticket's code, a token, the id of a question
RULES = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), GONE),
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b"), GONE),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}(?![\w:])"), GONE),
    (re.compile(rf"(?<=/){HIDDEN_PART}"), GONE),
    (re.compile(r"(?<=[?&])([\w-]+)=[^\s&]*"), rf"\1={GONE}"),
)


def careful(words: str) -> str:
    """The same words without anything that says who."""
    for rule, instead in RULES:
        words = rule.sub(instead, words)
    return words


def kind_and_places(error: BaseException | None) -> str:
    """An error and those that led to it: kinds, files, lines. No message, no values."""
    told: list[str] = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        places = "".join(f"\n  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
        told.append(f"{type(error).__module__}.{type(error).__qualname__}{places}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nafter ".join(told)


class Line(logging.Formatter):
    """One line for people, and an error's places below it."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line = f"{moment:%Y-%m-%d %H:%M:%S},{int(record.msecs):03} {record.levelname} {record.name}: "
        line += careful(record.getMessage())
        return f"{line}\n{kind_and_places(record.exc_info[1])}" if record.exc_info else line


class Json(logging.Formatter):
    """A line of JSON for a program."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "what": careful(record.getMessage()),
        }
        if record.exc_info:
            told["error"] = kind_and_places(record.exc_info[1])
        return json.dumps(told)
