"""A hostile photo of every kind; `python -m tests.privacy.fuzz` (in `make deep`) tries 2,000."""

from tests.privacy import fuzz
from tests.privacy.hostile import KINDS, hostile

SEED = 7
OF_EACH_KIND = 1


def test_no_hostile_photo_gets_out_of_the_cage() -> None:
    outcomes = fuzz.run(SEED, OF_EACH_KIND * len(KINDS))
    assert [outcome for outcome in outcomes if outcome.is_fault] == []
    assert {outcome.kind for outcome in outcomes} == {make.__name__ for make in KINDS}
    assert len({outcome.code for outcome in outcomes}) >= 4  # they are not all alike


def test_a_number_gives_the_same_photo_again() -> None:
    assert [hostile(SEED, number) for number in range(6)] == [hostile(SEED, number) for number in range(6)]


def test_a_fault_is_seen() -> None:
    bad = [
        fuzz.Outcome(1, "x", code, seconds)
        for code, seconds in (("escaped: OSError", 0), ("broken", 11), ("odd", 0))
    ]
    assert all(outcome.is_fault for outcome in bad)
    assert not fuzz.Outcome(1, "x", "broken", 1.0).is_fault
