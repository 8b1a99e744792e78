"""Forty ways round the legal gate, each tried for real, each coming to nothing: the table of docs/threat-model.md."""

from collections.abc import Callable
from typing import Any

import pytest

from recognition import engine
from tests.recognition.ways_round import leaks, people, results, running_work, the_database, the_law
from tests.recognition.ways_round.context import FaceLibrary, Ways

pytestmark = pytest.mark.plugin
ROWS: list[tuple[int, str, Callable[[Ways], None]]] = [
    (1, "the flag goes off while a job is queued", running_work.flag_off_while_queued),
    (2, "the flag goes off while a face is being measured", running_work.flag_off_while_measuring),
    (3, "checked, then closed, then written", the_database.check_then_insert),
    (4, "found, then closed, then shown", running_work.flag_off_before_the_page_is_shown),
    (5, "an officer leaves Illinois", the_database.officer_leaves_illinois),
    (6, "an officer moves to Illinois", the_database.officer_moves_to_illinois),
    (7, "two departments at once, a task force", the_law.two_departments_at_once),
    (8, "an officer's history is erased", the_database.history_is_erased),
    (9, "a photo is filed elsewhere, or nowhere", the_database.photo_is_moved),
    (10, "a department's state is edited", the_database.department_is_moved),
    (11, "Illinois is spelt in another way", the_law.odd_spellings),
    (12, "an agency that is no state's", the_law.national_agencies),
    (13, "a photo was taken in Illinois", the_law.photo_taken_in_illinois),
    (14, "the same photo again, for another department", people.same_photo_again),
    (15, "the sender lies about the department", people.sender_lies),
    (16, "an unknown face is an Illinois officer", results.unknown_face_is_an_illinois_officer),
    (17, "the runner-up shows who was removed", results.runner_up_tells_who_was_removed),
    (18, "a command, a shell, a script", the_database.shell_and_commands),
    (19, "admin, bulk update, COPY, raw SQL", the_database.every_other_way_to_write),
    (20, "the API, and fields that nobody asked for", people.fields_smuggled_into_the_api),
    (21, "an old job runs again", running_work.old_jobs_again),
    (22, "old code under a newer law", running_work.old_code_under_a_newer_law),
    (23, "a dump is restored, a replica replays", the_database.restored_dump),
    (24, "an index that is stale", running_work.stale_index),
    (25, "caches, browsers, e-mail", leaks.caches_and_mail),
    (26, "what the queue holds", leaks.queue),
    (27, "logs, tracebacks, core dumps", leaks.logs),
    (28, "journal, dead rows, dumps", leaks.bytes_on_disk),
    (29, "shadow tables, triggers off, superuser", the_database.triggers_off),
    (30, "settings and feature flags", the_law.settings_open_nothing),
    (31, "operator or computers in Illinois", the_law.operator_in_illinois),
    (32, "Amazon is asked for more than labels", leaks.more_than_labels),
    (33, "another model that measures faces", leaks.another_model),
    (34, "midnight, time zones, expired reviews", the_law.midnight),
    (35, "an error in the guard itself", the_law.error_in_the_guard),
    (36, "time, words or counts tell", results.timing_or_wording_tells),
    (37, "a volunteer tags an Illinois officer by eye", people.tag_by_eye),
    (38, "an Illinois officer beside an allowed one", people.bystanders),
    (39, "one admin with two accounts", people.one_admin_alone),
    (40, "a subpoena, a seizure", people.subpoena),
]
ON_A_STACK = {3, 16, 17, 23, 28, 29, 34, 36}
"""What needs commits that others see. The rest runs in one transaction, which is quicker."""


def test_the_table_is_whole() -> None:
    assert [number for number, _, _ in ROWS] == list(range(1, 41))
    assert len({way for _, _, way in ROWS}) == len(ROWS)


@pytest.fixture
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Ways:
    library = FaceLibrary()
    monkeypatch.setattr(engine, "load", lambda: library.models)
    return Ways(library, settings, monkeypatch, request)


@pytest.mark.parametrize(
    ("number", "way"),
    [
        pytest.param(
            number,
            way,
            id=f"guard-{number:02}",
            marks=[] if number in ON_A_STACK else pytest.mark.django_db,
        )
        for number, _, way in ROWS
    ],
)
def test_a_way_round_comes_to_nothing(
    number: int, way: Callable[[Ways], None], ways: Ways, request: pytest.FixtureRequest
) -> None:
    if number in ON_A_STACK:
        request.getfixturevalue("stack")
    way(ways)
