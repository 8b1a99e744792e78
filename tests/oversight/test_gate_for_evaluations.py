"""Leave to measure an evaluation set: the site's part of the law alone, all of it, and good for nothing else."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from oversight import gate
from oversight.gate import Facts, MatchingForbidden, Permit, Place, Reason, Site, Stage
from tests.oversight.test_gate import ALLOWED, LAW, LAWFUL, SITE, banned, facts_of_any_kind, site, sites

SITES = [row for row in LAW if row[1].site != SITE]
OF_THE_SITE = {Reason.SITE_OFF, Reason.OPERATOR_PLACE, Reason.COMPUTE_PLACE}


@pytest.mark.parametrize(("facts", "reason"), [row[1:] for row in SITES], ids=[row[0] for row in SITES])
def test_the_site_says_the_same_as_for_a_match(facts: Facts, reason: Reason | None) -> None:
    """Every row of the law's table that is about the site; what is about departments is not asked here."""
    if reason in OF_THE_SITE:
        with pytest.raises(MatchingForbidden) as forbidden:
            gate.check_site(facts.site)
        assert (forbidden.value.stage, forbidden.value.reason) == (Stage.EVALUATE, reason)
        assert str(forbidden.value) == f"evaluate: {reason}"
    else:
        assert isinstance(gate.check_site(facts.site), Permit)


def test_every_reason_of_the_site_was_among_them() -> None:
    assert {reason for _, _, reason in SITES} >= OF_THE_SITE


@pytest.mark.parametrize(
    "odd",
    [
        None,
        LAWFUL,
        replace(banned(Place("OH")).site, today=None),  # type: ignore[arg-type]
        site(known_states=None).site,
        site(compute_states=None).site,
        site(prohibitions=None).site,
    ],
)
def test_what_is_no_site_opens_nothing(odd: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        gate.check_site(odd)


@given(sites)
def test_where_no_match_is_allowed_to_anybody_no_evaluation_is(anywhere: Site) -> None:
    """An evaluation is refused exactly where a match fails for a reason of the site's."""
    try:
        gate.check_site(anywhere)
        reason = None
    except MatchingForbidden as forbidden:
        reason = forbidden.reason
    for_a_match = gate.refusal(replace(ALLOWED, site=anywhere))
    assert reason == (for_a_match if for_a_match in OF_THE_SITE else None)


@given(facts_of_any_kind)
def test_no_facts_open_the_evaluations_door_for_a_match(facts: Facts) -> None:
    with pytest.raises(ValueError, match="no evaluation"):
        gate.check(facts, Stage.EVALUATE)
