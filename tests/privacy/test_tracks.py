"""Heads followed through a film, without a film: boxes in, boxes out."""

from privacy.shapes import Rectangle
from privacy.tracks import boxes_at, tracks


def walker(x: float, size: int = 20, y: int = 50) -> Rectangle:
    return Rectangle(round(x), y, size, size)


def test_between_two_looks_a_head_moves_in_a_straight_line() -> None:
    heads = tracks({0: [walker(100)], 5: [walker(110)], 10: [walker(130)]})
    assert len(heads) == 1
    assert [boxes_at(heads, picture, 3)[0].x for picture in (0, 2, 5, 7, 10)] == [100, 104, 110, 118, 130]


def test_a_mask_is_held_before_and_after() -> None:
    heads = tracks({0: [], 5: [walker(100)], 10: [walker(100)], 15: []})
    assert boxes_at(heads, 2, 3) == [walker(100)]
    assert boxes_at(heads, 13, 3) == [walker(100)]
    assert boxes_at(heads, 1, 3) == boxes_at(heads, 14, 3) == []


def test_a_look_that_missed_a_head_leaves_no_gap() -> None:
    heads = tracks({0: [walker(100)], 5: [walker(104)], 10: [], 15: [walker(112)]})
    assert len(heads) == 1
    assert boxes_at(heads, 10, 0)[0].x == 108


def test_two_who_pass_each_other_stay_two() -> None:
    looks = {n: [walker(100 + 3 * n), walker(250 - 3 * n, size=30, y=45)] for n in range(0, 50, 5)}
    heads = tracks(looks)
    assert len(heads) == 2
    for picture in range(45):
        for x, size in ((100 + 3 * picture, 20), (250 - 3 * picture, 30)):
            assert any(abs(box.x - x) <= 1 and box.width == size for box in boxes_at(heads, picture, 0)), (
                picture
            )


def test_a_camera_that_turns_fast_does_not_lose_heads() -> None:
    """Three heads in a row, moved by more than two of their widths at each look; the first looks are slower."""
    shift = {0: 0, 5: 30, 10: 80, 15: 140, 20: 200, 25: 260}
    heads = tracks(
        {n: [walker(500 + place - moved) for place in (0, 150, 300)] for n, moved in shift.items()}
    )
    assert len(heads) == 3
    assert {box.x for box in boxes_at(heads, 22, 0)} == {500 + place - 224 for place in (0, 150, 300)}


def test_a_head_of_another_size_is_another_head() -> None:
    assert len(tracks({0: [walker(100)], 5: [walker(100, size=60)]})) == 2
