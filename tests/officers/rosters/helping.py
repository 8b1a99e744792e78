"""Imports of small files, in the tests."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from officers.models import Department, RosterImport
from officers.rosters import acts
from officers.rosters.export_files import csv_zip
from oversight.models import User


def check(
    department: Department,
    files: Mapping[str, str | bytes],
    *,
    source: str = "City",
    by: User | None = None,
    **options: Any,
) -> RosterImport:
    """Sent and checked."""
    uploads = [
        (io.BytesIO(text if isinstance(text, bytes) else text.encode()), name) for name, text in files.items()
    ]
    held = acts.begin(department=department, source=source, uploads=uploads, by=by, options=options)
    acts.read_rows(held)
    acts.compare(held)
    return held


def load(department: Department, files: Mapping[str, str | bytes], **options: Any) -> RosterImport:
    held = check(department, files, **options)
    assert not errors(held), errors(held)[:5]
    acts.load(held=held, by=options.get("by"))
    return held


def counts(held: RosterImport) -> dict[str, int]:
    """How many rows are what, over all sheets; nought is left out."""
    found = {
        verdict: acts.count(held, verdict) for verdict in ("new", "changed", "same", "doubtful", "wrong")
    }
    return {verdict: number for verdict, number in found.items() if number}


def errors(held: RosterImport) -> list[tuple[int, str, str]]:
    """Row, column and words of every error."""
    return [
        (row.line, error["column"], error["says"])
        for row in held.rows.exclude(errors=[]).order_by("table", "line", "pk")
        for error in row.errors
    ]


def exported(department: Department, ids_of: str = "") -> bytes:
    return b"".join(csv_zip([department], ids_of=ids_of))


def same(department: Department, files: Mapping[str, str | bytes]) -> RosterImport:
    """Read here, where the numbers are our own: nothing may change."""
    held = check(department, files, source="this site")
    assert set(counts(held)) == {"same"}
    return held


def contents(archive: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}
