"""Typed readers of environment variables: an odd value is refused with a sentence, never guessed at.

All of ours start with ``OVERSIGHT_`` except the four that hosting platforms set by convention:
``DATABASE_URL``, ``DATABASE_OWNER_URL``, ``REDIS_URL`` and ``PORT``.
"""

import os
import re
from decimal import Decimal
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def read_text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def read_flag(name: str, *, default: bool) -> bool:
    """A yes/no variable. Raises ImproperlyConfigured for anything that is neither."""
    word = os.environ.get(name)
    if word is None:
        return default
    if word.strip().lower() in TRUE_WORDS:
        return True
    if word.strip().lower() in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is {word!r}. Write 1 or 0.")


def read_number(name: str, default: int, *, least: int = 0) -> int:
    word = os.environ.get(name, "").strip()
    if not word:
        return default
    if not word.isdecimal() or int(word) < least:
        raise ImproperlyConfigured(f"{name} is {word!r}. Write a whole number of at least {least}.")
    return int(word)


def read_decimal(name: str, default: str) -> Decimal:
    """An amount such as 0.80. Raises ImproperlyConfigured for anything else, and below nought."""
    word = read_text(name) or default
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", word):
        raise ImproperlyConfigured(f"{name} is {word!r}. Write an amount such as 1.00.")
    return Decimal(word)


def read_chance(name: str, default: float) -> float:
    """A number between 0 and 1, neither of them: 0.5 for one in two."""
    word = os.environ.get(name, "").strip()
    if not word:
        return default
    if not re.fullmatch(r"0?\.\d+", word) or not float(word):
        raise ImproperlyConfigured(f"{name} is {word!r}. Write a number between 0 and 1, such as 0.5.")
    return float(word)


def read_list(name: str, default: str = "") -> list[str]:
    """A comma-separated variable, without empty parts."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def read_state(name: str, default: str = "") -> str:
    """One USPS state code, or empty when unset (which the gate treats as forbidden)."""
    code = read_text(name, default)
    if code and not re.fullmatch(r"[A-Z]{2}", code):
        raise ImproperlyConfigured(f"{name} is {code!r}. Write a two-letter state code such as OH.")
    return code


def read_states(name: str, default: str = "") -> frozenset[str]:
    codes = read_list(name, default)
    for code in codes:
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise ImproperlyConfigured(f"{name} holds {code!r}. Write two-letter state codes, such as OH,MI.")
    return frozenset(codes)


def parse_database_url(url: str, *, lock_seconds: int = 0) -> dict[str, object]:
    """``postgresql://user:password@host:port/name?host=/socket/folder`` as Django's DATABASES entry.

    A unix socket folder is given in the query as ``host``, as libpq does it. `lock_seconds`: how long a statement may
    wait for a lock, for migrations: while one waits for a table, everybody else waits behind it.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// (no other database will do).")
    query = dict(parse_qsl(parts.query))
    if lock_seconds:
        query["options"] = f"{query.get('options', '')} -c lock_timeout={lock_seconds}s".strip()
    host = query.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": query,
    }
