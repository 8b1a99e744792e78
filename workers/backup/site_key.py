"""The site's key in a backup: links that were sent are signed with it. Passwords do not depend on it."""

import json
import os
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from django.conf import settings

from oversight.environment import read_text
from workers.backup.problems import CannotRestore


def put_back(text: bytes) -> str:
    """Make the backup's key this site's. Returns what is left to do, in words. Raises CannotRestore."""
    if not text:
        raise CannotRestore("The backup holds no key: it was made without --with-key.")
    key = str(json.loads(text)["secret_key"])
    if key == settings.SECRET_KEY:
        return "The site has the backup's key already."
    if read_text("OVERSIGHT_SECRET_KEY"):
        place = settings.DATA / "restored-secret-key"
        _write(place, key)
        return f"Set OVERSIGHT_SECRET_KEY to what stands in {place}, then delete that file."
    secrets = replace(settings.LOCATIONS.secrets(), secret_key=key)
    _write(settings.LOCATIONS.secrets_file, json.dumps(asdict(secrets), indent=1))
    return "The site has the backup's key now. Start the web server and the worker anew."


def _write(place: Path, text: str) -> None:
    """A private file that is changed whole or not at all."""
    descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, place)
