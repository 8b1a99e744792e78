"""A gallery of made-up templates in a PostgreSQL of its own, gone afterwards. Nobody's face, and no real database.

The guard's triggers are put aside while it is filled (each row would be asked about, and there are a million); the
search itself only reads. The schema, the roles and the search are the product's.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

import django
import numpy as np
import psycopg
from numpy.typing import NDArray

from recognition.histories import scratch

SHARES = {1: 0.01, 2: 0.1, 3: 0.5, 4: 1.0}
"""Departments by their number, and what part of all officers each holds."""

TEMPLATES_OF_AN_OFFICER = 2
_PEOPLE_LIE_APART = 0.085
_PHOTOS_LIE_APART = 0.03
_NO_PHOTO = "00000000-0000-0000-0000-000000000000"
_FILL = """
    SET session_replication_role = replica;
    TRUNCATE officers_department, officers_officer, officers_assignment, recognition_facetemplate CASCADE;
    INSERT INTO officers_department (id, name, short_name, state_id, county, city, internal_id_label, complaint_office,
                                     is_facial_recognition_allowed, recognition_legal_basis,
                                     recognition_review_due, is_published, is_demo)
        SELECT d, 'Department ' || d, 'D' || d, 'OH', '', '', '', '', true, 'A benchmark', '2100-01-01', true, false
        FROM generate_series(1, {departments}) d;
    INSERT INTO officers_officer (id, first_name, middle_name, last_name, suffix, race, gender, internal_id,
                                  is_published, created_at, ever_prohibited)
        SELECT o, '', '', '', '', '', '', '', true, now(), false FROM generate_series(1, {officers}) o;
"""
_ASSIGN = """
    INSERT INTO officers_assignment (officer_id, department_id, badge_number)
        SELECT o, {department}, '' FROM generate_series(1, {officers}) o;
"""


@dataclass(frozen=True, slots=True)
class Gallery:
    """`numbers`: templates x 128, float32; `officers`: the officer of each, ascending."""

    numbers: NDArray[np.float32]
    officers: NDArray[np.int64]

    def eligible(self, department: int) -> NDArray[np.bool_]:
        """Which templates belong to officers of the department: the first officers, by the department's share."""
        return self.officers <= round(SHARES[department] * int(self.officers[-1]))


@contextlib.contextmanager
def server() -> Iterator[str]:
    """An empty, migrated database that Django's settings, not read before, will name. Yields the superuser's URL."""
    with scratch.own_server() as addresses, tempfile.TemporaryDirectory() as data:
        os.environ.update(addresses.environment(data), DJANGO_SETTINGS_MODULE="oversight.settings")
        django.setup()
        yield addresses.superuser


def filled(url: str, templates: int) -> Gallery:
    """`templates` made-up templates in place of those that were there, and the planner knows about them."""
    made = _made_up(templates)
    _fill(made, url)
    return made


def _made_up(templates: int) -> Gallery:
    """Distances like those of faces: photos of one person some 0.5 apart, of two people 1 to 1.5."""
    chance = np.random.default_rng(11)
    officers = np.arange(templates, dtype=np.int64) // TEMPLATES_OF_AN_OFFICER + 1
    people = chance.normal(0, _PEOPLE_LIE_APART, (int(officers[-1]), 128)).astype(np.float32)
    photos = chance.normal(0, _PHOTOS_LIE_APART, (templates, 128)).astype(np.float32)
    return Gallery(people[officers - 1] + photos, officers)


def _fill(made: Gallery, url: str) -> None:
    from recognition import engine  # after the settings were named

    total = int(made.officers[-1])
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("ALTER TABLE recognition_facetemplate DISABLE TRIGGER USER")
        server.execute(_FILL.format(departments=len(SHARES), officers=total).encode())
        for department, share in SHARES.items():
            server.execute(_ASSIGN.format(department=department, officers=round(share * total)).encode())
        columns = "(face_id, officer_id, photo_id, engine, template, made_at)"
        with server.cursor().copy(
            f"COPY recognition_facetemplate {columns} FROM STDIN (FORMAT binary)"
        ) as copy:
            copy.write(_as_binary(made, engine.NAME))
        server.execute("VACUUM ANALYZE")


def _as_binary(made: Gallery, engine_name: str) -> bytes:
    """PostgreSQL's binary COPY of the table: each value after its length, all numbers with the highest byte first."""
    count, name = len(made.numbers), engine_name.encode()
    values = {
        "face": (8, ">i8", np.arange(1, count + 1)),
        "officer": (8, ">i8", made.officers),
        "photo": (16, "V16", np.zeros(count, "V16")),
        "engine": (len(name), f"S{len(name)}", np.full(count, name)),
        "template": (516, [("size", ">i2"), ("unused", ">i2"), ("numbers", ">f4", 128)], None),
        "made_at": (8, ">i8", np.zeros(count, np.int64)),
    }
    lengths = [(f"{field}_length", ">i4") for field in values]
    columns = [(field, kind) for field, (_, kind, _) in values.items()]
    together = [column for pair in zip(lengths, columns, strict=True) for column in pair]
    rows = np.zeros(count, np.dtype([("columns", ">i2"), *together]))
    rows["columns"] = len(values)
    for field, (length, _, content) in values.items():
        rows[f"{field}_length"] = length
        if content is not None:
            rows[field] = content
    rows["template"]["size"] = made.numbers.shape[1]
    rows["template"]["numbers"] = made.numbers
    order = np.random.default_rng(12).permutation(count)  # enrolled as reviewed: in no order of officers
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows[order].tobytes() + b"\xff\xff"
