"""Police presence: one question to a photo, and one file per way of answering it.

This file decides how a backend is found: by its name alone. `backend("local")` imports
`recognition.presence.local` on first use and calls its `create(**options)`. Adding a backend is adding a
file with such a function; nothing is registered anywhere.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable
from typing import cast

from recognition.presence.base import PresenceBackend

Maker = Callable[..., PresenceBackend]


class UnknownBackend(LookupError):
    """No backend has this name."""


def backend(name: str, **options: object) -> PresenceBackend:
    """The backend called `name`, made with `options` but not loaded yet.

    Raises `UnknownBackend` for a name that is not one of `names()`, and `TypeError` for an option that the
    backend does not know.
    """
    create = _maker(name) if re.fullmatch(r"[a-z][a-z0-9]*", name) else None
    if create is None:
        raise UnknownBackend(
            f"There is no police presence backend called {name!r}. There are: {', '.join(names())}."
        )
    return create(**options)


def names() -> list[str]:
    """The backends that exist: the modules beside this file that can `create` one, sorted."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [name for name in modules if _maker(name) is not None]


def _maker(name: str) -> Maker | None:
    if name not in {module.name for module in pkgutil.iter_modules(__path__)}:
        return None
    module = importlib.import_module(f"{__name__}.{name}")
    return cast("Maker | None", getattr(module, "create", None))
