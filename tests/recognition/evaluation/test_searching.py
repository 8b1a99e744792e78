"""A search among people whose distances are written down: every figure follows by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recognition import calibration
from recognition.evaluation import searching
from recognition.evaluation.searching import People, Tally, TooFewPeople

FAR = 1.2
NEAR = 0.3


def people(*names: str, near: dict[tuple[int, int], float] | None = None) -> People:
    """A photo for each name; all are far from each other except where `near` says otherwise."""
    number = len(names)
    distances = np.full((number, number), FAR)
    np.fill_diagonal(distances, 0)
    for (one, other), distance in (near or {}).items():
        distances[one, other] = distances[other, one] = distance
    return People(distances, np.unique(names, return_inverse=True)[1])


def search(among: People, enrolled: str, probe: int) -> Tally:
    """`enrolled`: a letter for each of the people a, b, c ... who is in the gallery."""
    tally = Tally()
    in_gallery = np.array([chr(ord("a") + at) in enrolled for at in range(among.count())])
    searching._search(tally, among, in_gallery, probe)
    return tally


def test_somebody_enrolled_is_found_by_their_other_photo() -> None:
    among = people("a", "a", "b", "c", near={(0, 1): NEAR})
    tally = search(among, "abc", 0)
    assert (tally.ranks, tally.shown, tally.right_first, tally.strangers) == ([1], [True], [True], [])
    ((chance, right, enrolled),) = tally.top
    assert chance == pytest.approx(calibration.chances([NEAR, FAR, FAR], 3)[0])
    assert (right, enrolled) == (True, True)


def test_a_photo_does_not_find_itself() -> None:
    among = people("a", "b", "c")
    assert search(among, "abc", 0) == Tally()  # nothing of theirs is enrolled besides: no search at all


def test_the_right_one_in_second_place() -> None:
    among = people("a", "a", "b", near={(0, 1): 0.5, (0, 2): NEAR})
    tally = search(among, "ab", 0)
    assert (tally.ranks, tally.right_first) == ([2], [False])
    assert tally.shown == [False]  # the nearer one has nearly all of the chance


def test_a_stranger_to_whom_nobody_is_shown_and_one_who_looks_like_somebody() -> None:
    among = people("a", "a", "b", "c", near={(0, 2): NEAR})
    assert search(among, "bc", 1).strangers == [False]
    found = search(among, "bc", 0)
    assert found.strangers == [True]
    ((chance, right, enrolled),) = found.top
    assert chance > 0.5
    assert (right, enrolled) == (False, False)


def test_several_photos_count_together() -> None:
    among = people("a", "a", "a", "b", near={(0, 1): 0.5, (0, 2): NEAR})
    ((chance, _, _),) = search(among, "ab", 0).top
    assert chance == pytest.approx(calibration.chances([calibration.together([0.5, NEAR]), FAR], 2)[0])


def test_the_shares_of_a_tally(settings: Any) -> None:
    settings.MATCHING_PRIOR = 0.5
    tally = Tally(
        ranks=[1, 1, 3, 9],
        shown=[True, True, False, False],
        right_first=[True, False, False, False],
        strangers=[False] * 9 + [True],
        top=[(0.95, True, True)] * 4 + [(0.05, False, False)] * 10,
    )
    found = tally.as_json()
    assert (found["rank_1"], found["rank_5"]) == (0.5, 0.75)
    assert (found["right_first"], found["fnir"], found["fpir"]) == (0.25, 0.5, 0.1)
    assert found["searches"] == {"enrolled": 4, "strangers": 10}
    assert found["curve"] == [[0.5, 0.05, 0.0], [0.5, 0.95, 1.0]]  # half enrolled, whatever the counts
    assert found["calibration_error"] == pytest.approx(0.05)


def test_galleries_are_the_same_each_time_and_in_the_largest_each_is_a_stranger_once() -> None:
    largest = list(searching._galleries(50, 45))
    assert sorted(np.concatenate([np.flatnonzero(~enrolled) for enrolled in largest])) == list(range(50))
    for one, again in zip(searching._galleries(50, 10), searching._galleries(50, 10), strict=True):
        assert one.sum() == 10
        assert (one == again).all()


def test_people_who_look_like_nobody_else() -> None:
    names = [f"{number:02}" for number in range(20) for _ in range(2)]
    among = people(*names, near={(2 * at, 2 * at + 1): NEAR for at in range(20)})
    (found,) = searching.search_all(among)
    assert found["gallery"] == 18
    assert found["searches"] == {"enrolled": 18 * 2 * 10, "strangers": 40}
    assert (found["rank_1"], found["right_first"], found["fnir"], found["fpir"]) == (1, 1, 0, 0)


def test_distances_are_of_the_templates_and_a_folder_is_a_person() -> None:
    templates = {f"{who}/{at}.jpg": np.full(128, float(who)) for who in range(10) for at in range(2)}
    among = People.of(templates)
    assert among.count() == 10
    assert among.distances[0, 1] == pytest.approx(0, abs=1e-6)
    assert among.distances[0, 4] == pytest.approx(2 * np.sqrt(128))
    for too_few in (
        {},
        {"1/1.jpg": np.zeros(128)},
        {k: v for k, v in templates.items() if k.endswith("/0.jpg")},
    ):
        with pytest.raises(TooFewPeople):
            People.of(too_few)


def test_photos_lie_in_a_folder_for_each_person(tmp_path: Path) -> None:
    for name in ("b/2.JPG", "b/1.png", "a/1.jpg", "a/notes.txt", "loose.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert searching.photos_of_people(tmp_path) == ["a/1.jpg", "b/1.png", "b/2.JPG"]
