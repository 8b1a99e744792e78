"""The arithmetic between the network's outputs and the score."""

import dataclasses
import math

import numpy as np
import pytest

from recognition.presence.base import Box
from recognition.presence.crops import Crop, Region
from recognition.presence.local import Opinion, _presence
from recognition.presence.manifest import WEIGHTS, Manifest, read_manifest
from recognition.presence.scoring import Scale, Scoring

SCORING = Scoring(
    probe=Scale(1.0, 2.0),
    worn=Scale(-4.0, 0.5),
    probe_share=0.25,
    gear_weight=0.5,
    usual_background=-1.0,
    slope=2.0,
    offset=1.0,
)


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return read_manifest(WEIGHTS / "police.json")


def opinion(look: float, bonus: float = 0.0, region: Region = Region.TILE) -> Opinion:
    return Opinion(Crop(region, Box(0, 0, 10, 10)), look, bonus, military=0.0)


def test_a_look_mixes_both_opinions_on_one_scale() -> None:
    # (3 - 1) / 2 = 1 spread; log(0.49 + 0.01) = -0.693, 6.614 spreads above -4.
    (look,) = SCORING.looks(floats(3.0), floats(0.49))
    assert look == pytest.approx(0.25 * 1 + 0.75 * (math.log(0.5) + 4) / 0.5, rel=1e-5)


def test_gear_counts_only_when_it_is_clear() -> None:
    none, hardly, clear, sure = SCORING.bonus(floats(0.0, 0.01, 0.5, 1.0))
    assert none == 0
    assert hardly < 0.05
    assert clear == pytest.approx(0.5 * math.log(6), rel=1e-5)
    assert clear < sure < 0.5 * math.log(11) + 1e-6


def test_what_the_whole_photo_has_raises_nothing() -> None:
    """Two tiles at 1 and 3 above the usual -1, and five usual ones: 4/7 above it."""
    looks, background = floats(2.0, -1.0), floats(0.0, 2.0)
    assert SCORING.above_background(looks, background) == pytest.approx([2.0 - 4 / 7, -1.0 - 4 / 7])


def test_a_photo_without_background_or_with_the_usual_one_is_taken_as_it_is() -> None:
    looks = floats(2.0, -1.0)
    assert SCORING.above_background(looks, floats()) == pytest.approx(looks)
    assert SCORING.above_background(looks, floats(-1.0, -1.0)) == pytest.approx(looks)


def test_weights_that_know_no_background_are_judged_without() -> None:
    older = dataclasses.replace(SCORING, usual_background=None)
    assert older.above_background(floats(2.0), floats(5.0)) == pytest.approx([2.0])


def test_the_score_is_one_half_at_the_offset_and_rises() -> None:
    low, half, high = SCORING.chance(floats(0.0, 1.0, 2.0))
    assert half == pytest.approx(0.5)
    assert low == pytest.approx(1 - high)
    assert high == pytest.approx(1 / (1 + math.exp(-2)))


def test_a_grainy_dark_photo_does_not_rise_as_a_whole(manifest: Manifest) -> None:
    """The same difference between a part and the rest, in a photo all of which looks a little like police."""
    empty = Crop(Region.TILE, Box(0, 0, 10, 10), is_background=True)
    rest = [Opinion(empty, -0.5, 0.0, 0.0) for _ in range(20)]
    plain = [opinion(0.0, region=Region.WHOLE), opinion(1.5), *rest]
    dark = [Opinion(each.crop, each.look + 1.0, each.bonus, 0.0) for each in plain]
    unlike = [*dark[:2], *rest]
    scores = [_presence(opinions, manifest).score for opinions in (plain, dark, unlike)]
    assert scores[0] < scores[1] < scores[2]
    assert scores[1] - scores[0] < (scores[2] - scores[0]) / 2


def test_gear_in_another_part_of_the_photo_raises_the_score(manifest: Manifest) -> None:
    uniform, helmet = opinion(1.5), opinion(-1.0, bonus=1.0)
    whole = opinion(-1.0, region=Region.WHOLE)
    alone = _presence([whole, uniform], manifest).score
    assert _presence([whole, uniform, helmet], manifest).score > alone
    assert _presence([whole, opinion(1.5, bonus=1.0)], manifest).score > alone


def test_boxes_are_the_parts_that_are_likely_by_themselves_best_first(manifest: Manifest) -> None:
    whole = opinion(9.0, region=Region.WHOLE)
    good = Opinion(Crop(Region.TILE, Box(1, 0, 9, 9)), 4.0, 0.0, 0.0)
    best = Opinion(Crop(Region.TILE, Box(2, 0, 9, 9)), 4.0, 0.5, 0.0)
    found = _presence([whole, good, opinion(-3.0, bonus=1.0), best], manifest)
    assert found.boxes == (Box(2, 0, 9, 9), Box(1, 0, 9, 9))
