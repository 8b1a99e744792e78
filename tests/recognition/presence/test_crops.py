"""The regions that are looked at: inside the photo, complete, and bounded in number."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from recognition.presence.base import Box
from recognition.presence.crops import Plan, Region, crops

SIDE = st.integers(min_value=16, max_value=6000)
HEAD = st.builds(
    Box, st.integers(-50, 6000), st.integers(-50, 6000), st.integers(1, 3000), st.integers(1, 3000)
)


@given(SIDE, SIDE, st.lists(HEAD, max_size=40))
def test_every_region_lies_inside_the_photo(width: int, height: int, heads: list[Box]) -> None:
    found = crops(width, height, heads, Plan())
    assert found[0].box == Box(0, 0, width, height)
    for crop in found:
        x, y, w, h = crop.box
        assert 0 <= x < x + w <= width
        assert 0 <= y < y + h <= height


@given(st.lists(HEAD, max_size=60))
def test_a_crowd_does_not_cost_without_end(heads: list[Box]) -> None:
    plan = Plan(most_heads=5)
    bodies = [crop for crop in crops(4000, 3000, heads, plan) if crop.region is Region.UPPER_BODY]
    assert len(bodies) <= 5


@given(st.integers(250, 4000), st.integers(250, 4000))
def test_tiles_leave_no_part_of_the_photo_out(width: int, height: int) -> None:
    plan = Plan(tiles=((0.4, 0.75),), least_tile=50)
    tiles = [crop.box for crop in crops(width, height, [], plan) if crop.region is Region.TILE]
    for edge, length in ((0, width), (1, height)):
        spans = sorted({(box[edge], box[edge] + box[edge + 2]) for box in tiles})
        assert spans[0][0] == 0
        assert spans[-1][1] == length
        assert all(later[0] <= earlier[1] for earlier, later in pairwise(spans))


def test_the_upper_body_is_below_the_head_and_holds_it() -> None:
    head = Box(500, 200, 40, 50)
    (body,) = [crop.box for crop in crops(1200, 900, [head], Plan()) if crop.region is Region.UPPER_BODY]
    assert body.x < head.x
    assert body.y < head.y
    assert body.x + body.width > head.x + head.width
    assert body.y + body.height > head.y + 2 * head.height


def test_the_greatest_heads_come_first_and_specks_not_at_all() -> None:
    plan = Plan(most_heads=2, least_head=16)
    heads = [Box(100, 100, 12, 15), Box(300, 100, 15, 20), Box(500, 100, 45, 60), Box(700, 100, 30, 40)]
    bodies = [crop.box for crop in crops(1000, 800, heads, plan) if crop.region is Region.UPPER_BODY]
    assert [body.width for body in bodies] == [180, 120]


def test_chests_are_looked_at_as_they_are_greatest_first_and_cut_at_the_edges() -> None:
    plan = Plan(most_chests=2, least_chest=32)
    chests = [Box(10, 10, 31, 31), Box(300, 100, 60, 60), Box(-20, 200, 80, 80), Box(500, 100, 40, 40)]
    found = [crop.box for crop in crops(1000, 800, [], plan, chests) if crop.region is Region.CHEST]
    assert found == [Box(0, 200, 60, 80), Box(300, 100, 60, 60)]


def test_a_tile_that_somebody_fills_is_no_background() -> None:
    """A close-up has hardly any, a street with small people a lot, and an empty street nothing else."""

    def share(heads: list[Box], chests: list[Box]) -> float:
        tiles = [each for each in crops(1000, 800, heads, Plan(), chests) if each.region is Region.TILE]
        return sum(each.is_background for each in tiles) / len(tiles)

    assert share([], []) == 1.0
    assert share([Box(350, 60, 300, 380)], []) == 0.0
    assert share([], [Box(350, 200, 300, 300)]) < 0.5
    crowd = [Box(x, 400, 12, 15) for x in range(0, 1000, 40)]
    assert share(crowd, []) == 1.0
    assert not any(
        each.is_background for each in crops(1000, 800, crowd, Plan()) if each.region is not Region.TILE
    )


def test_a_small_photo_is_not_cut_into_specks() -> None:
    assert [crop.region for crop in crops(120, 90, [], Plan())] == [Region.WHOLE]
