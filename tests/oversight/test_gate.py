"""The law as a table of sentences, and that whatever is added to the facts can only close a door."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oversight import gate
from oversight.gate import (
    DepartmentFacts,
    Facts,
    MatchingForbidden,
    OfficerFacts,
    Permit,
    Place,
    Prohibition,
    Reason,
    Site,
    Stage,
)

TODAY = date(2026, 7, 1)
DAY = timedelta(days=1)
KNOWN = frozenset({"OH", "MI", "OR", "TX", "IL"})
LAWFUL = DepartmentFacts(frozenset({Place("OH", "lake", "lakeside")}), True, TODAY + 90 * DAY)
OFFICER = OfficerFacts(False, (LAWFUL,))
SITE = Site(True, "OH", frozenset({"OH", "MI"}), KNOWN, (), TODAY)
ALLOWED = Facts(SITE, (LAWFUL,), False, (OFFICER,))


def site(**changes: Any) -> Facts:
    return replace(ALLOWED, site=replace(SITE, **changes))


def department(**changes: Any) -> Facts:
    return replace(ALLOWED, departments=(replace(LAWFUL, **changes),))


def works_in(*places: Place) -> Facts:
    return department(places=frozenset(places))


def officer(**changes: Any) -> Facts:
    return replace(ALLOWED, officers=(OFFICER, replace(OFFICER, **changes)))


def officer_in(**changes: Any) -> Facts:
    """An officer who besides their lawful department has a second one."""
    return officer(departments=(LAWFUL, replace(LAWFUL, **changes)))


def banned(place: Place, begins: date = TODAY, ends: date | None = None, *, of: Facts = ALLOWED) -> Facts:
    return replace(of, site=replace(of.site, prohibitions=(Prohibition(place, begins, ends),)))


STAGES_OF_A_MATCH = sorted(set(Stage) - {Stage.EVALUATE})
ILLINOIS = frozenset({Place("IL")})
LAW: list[tuple[str, Facts, Reason | None]] = [
    ("everything says yes", ALLOWED, None),
    ("nobody in particular is asked about", replace(ALLOWED, officers=()), None),
    ("every officer and both departments say yes", replace(ALLOWED, departments=(LAWFUL, LAWFUL)), None),
    # The site
    ("the site is switched off", site(allows_matching=False), Reason.SITE_OFF),
    ("the switch is missing", site(allows_matching=None), Reason.SITE_OFF),
    ("the switch is a word", site(allows_matching="yes"), Reason.SITE_OFF),
    ("the switch is a number", site(allows_matching=1), Reason.SITE_OFF),
    ("the operator is in Illinois", site(operator_state="IL"), Reason.OPERATOR_PLACE),
    ("nobody said where the operator is", site(operator_state=""), Reason.OPERATOR_PLACE),
    ("the operator's state is None", site(operator_state=None), Reason.OPERATOR_PLACE),
    ("the operator's state does not exist", site(operator_state="XX"), Reason.OPERATOR_PLACE),
    ("one computer is in Illinois", site(compute_states=frozenset({"OH", "IL"})), Reason.COMPUTE_PLACE),
    ("nobody said where the computers are", site(compute_states=frozenset()), Reason.COMPUTE_PLACE),
    ("a computer is nobody knows where", site(compute_states=frozenset({"OH", ""})), Reason.COMPUTE_PLACE),
    ("the operator's whole state forbids it", banned(Place("OH")), Reason.OPERATOR_PLACE),
    ("the computers' whole state forbids it", banned(Place("MI")), Reason.COMPUTE_PLACE),
    ("another city of the operator's state forbids it", banned(Place("OH", "", "hilltown")), None),
    # The department's places
    ("it works in Illinois", works_in(Place("IL")), Reason.PLACE_PROHIBITED),
    ("it works in Illinois too", works_in(Place("OH"), Place("IL")), Reason.PLACE_PROHIBITED),
    ("it works in a city of Illinois", works_in(Place("IL", "cook", "chicago")), Reason.PLACE_PROHIBITED),
    ("it works nowhere that we know", works_in(), Reason.PLACE_UNKNOWN),
    ("its state does not exist", works_in(Place("XX")), Reason.PLACE_UNKNOWN),
    ("its state is empty", works_in(Place("")), Reason.PLACE_UNKNOWN),
    ("one of its states does not exist", works_in(Place("OH"), Place("XX")), Reason.PLACE_UNKNOWN),
    ("Illinois is spelt out", works_in(Place("Illinois")), Reason.PLACE_UNKNOWN),
    ("Illinois is in small letters", works_in(Place("il")), Reason.PLACE_UNKNOWN),
    ("Illinois has a space behind it", works_in(Place("IL ")), Reason.PLACE_UNKNOWN),
    ("Illinois is in full-width letters", works_in(Place("\uff29\uff2c")), Reason.PLACE_UNKNOWN),
    (
        "a prohibited place wins over an unknown one",
        works_in(Place("XX"), Place("IL")),
        Reason.PLACE_PROHIBITED,
    ),
    (
        "the operator's state is not among the known ones",
        site(known_states=KNOWN - {"OH"}),
        Reason.OPERATOR_PLACE,
    ),
    # Dated prohibitions
    (
        "its state forbids it from today",
        banned(Place("OR"), of=works_in(Place("OR"))),
        Reason.PLACE_PROHIBITED,
    ),
    ("its state will forbid it tomorrow", banned(Place("OR"), TODAY + DAY, of=works_in(Place("OR"))), None),
    (
        "its state forbids it until tomorrow",
        banned(Place("OR"), TODAY - DAY, TODAY + DAY, of=works_in(Place("OR"))),
        Reason.PLACE_PROHIBITED,
    ),
    (
        "its state allows it from today",
        banned(Place("OR"), TODAY - DAY, TODAY, of=works_in(Place("OR"))),
        None,
    ),
    ("its county forbids it", banned(Place("OH", "lake")), Reason.PLACE_PROHIBITED),
    ("its city forbids it", banned(Place("OH", "", "lakeside")), Reason.PLACE_PROHIBITED),
    ("its city forbids it, by county", banned(Place("OH", "lake", "lakeside")), Reason.PLACE_PROHIBITED),
    ("another county forbids it", banned(Place("OH", "hill")), None),
    ("a city of that name in another county forbids it", banned(Place("OH", "hill", "lakeside")), None),
    ("a city of that name in another state forbids it", banned(Place("TX", "", "lakeside")), None),
    (
        "a city forbids it and its city is not known",
        banned(Place("OH", "", "lakeside"), of=works_in(Place("OH", "lake"))),
        Reason.PLACE_UNKNOWN,
    ),
    (
        "a county forbids it and its county is not known",
        banned(Place("OH", "lake"), of=works_in(Place("OH", "", "lakeside"))),
        Reason.PLACE_UNKNOWN,
    ),
    (
        "a city of another county forbids it and its city is not known",
        banned(Place("OH", "hill", "hilltown"), of=works_in(Place("OH", "lake"))),
        None,
    ),
    # The department's decision
    ("its department never allowed it", department(allows_matching=False), Reason.DEPARTMENT_NOT_ALLOWED),
    ("its department's word is missing", department(allows_matching=None), Reason.DEPARTMENT_NOT_ALLOWED),
    ("its department's word is a number", department(allows_matching=1), Reason.DEPARTMENT_NOT_ALLOWED),
    ("the review has no day", department(review_due=None), Reason.REVIEW_EXPIRED),
    ("the review was due yesterday", department(review_due=TODAY - DAY), Reason.REVIEW_EXPIRED),
    ("the review is due today", department(review_due=TODAY), None),
    ("no department is named", replace(ALLOWED, departments=()), Reason.PLACE_UNKNOWN),
    ("the departments are None", replace(ALLOWED, departments=None), Reason.PLACE_UNKNOWN),  # type: ignore[arg-type]
    (
        "the photo is filed under a second department that says no",
        replace(ALLOWED, departments=(LAWFUL, replace(LAWFUL, allows_matching=False))),
        Reason.DEPARTMENT_NOT_ALLOWED,
    ),
    # The photo
    (
        "the photo was once in a prohibited place",
        replace(ALLOWED, photo_prohibited=True),
        Reason.PHOTO_PROHIBITED,
    ),
    ("the photo's past is not known", replace(ALLOWED, photo_prohibited=None), Reason.PHOTO_PROHIBITED),  # type: ignore[arg-type]
    (
        "the photo's past is a zero",
        replace(ALLOWED, photo_prohibited=0),  # type: ignore[arg-type]
        Reason.PHOTO_PROHIBITED,
    ),
    # The officers
    ("one officer was once in Illinois", officer(ever_prohibited=True), Reason.OFFICER_PROHIBITED),
    ("one officer's past is not known", officer(ever_prohibited=None), Reason.OFFICER_PROHIBITED),
    ("one officer has no department", officer(departments=()), Reason.OFFICER_UNKNOWN),
    ("one officer is in Illinois too", officer_in(places=ILLINOIS), Reason.OFFICER_PROHIBITED),
    ("one officer's other department said no", officer_in(allows_matching=False), Reason.OFFICER_PROHIBITED),
    ("one officer's other review is over", officer_in(review_due=None), Reason.OFFICER_PROHIBITED),
    ("one officer's other place is unknown", officer_in(places=frozenset()), Reason.OFFICER_PROHIBITED),
]


@pytest.mark.parametrize(("facts", "reason"), [row[1:] for row in LAW], ids=[row[0] for row in LAW])
def test_the_law(facts: Facts, reason: Reason | None) -> None:
    assert gate.refusal(facts) is reason
    for stage in STAGES_OF_A_MATCH:
        if reason is None:
            assert isinstance(gate.check(facts, stage), Permit)
        else:
            with pytest.raises(MatchingForbidden) as forbidden:
                gate.check(facts, stage)
            assert (forbidden.value.stage, forbidden.value.reason) == (stage, reason)
            assert str(forbidden.value) == f"{stage}: {reason}"


def test_every_reason_is_in_the_table() -> None:
    assert {reason for _, _, reason in LAW if reason} == set(Reason)


@pytest.mark.parametrize(
    "facts",
    [
        replace(ALLOWED, officers=None),  # type: ignore[arg-type]
        replace(ALLOWED, site=None),  # type: ignore[arg-type]
        site(today=None),
        site(known_states=None),
        site(compute_states=None),
        site(prohibitions=None),
        department(places=None),
        department(places=frozenset({None})),
        department(review_due="2099-01-01"),
        department(review_due=datetime(2099, 1, 1)),  # noqa: DTZ001 - a date is wanted, and this is not one
        replace(ALLOWED, departments=(None,)),  # type: ignore[arg-type]
    ],
)
def test_facts_that_are_no_facts_open_nothing(facts: Facts) -> None:
    with pytest.raises((TypeError, AttributeError)):
        gate.check(facts, Stage.COMPUTE)


def test_an_unknown_stage_gets_no_permit() -> None:
    with pytest.raises(ValueError, match="no_such_stage"):
        gate.check(ALLOWED, "no_such_stage")  # type: ignore[arg-type]


# --- what is added can only close ---------------------------------------------------------------------------

states = st.sampled_from(["OH", "MI", "OR", "TX", "IL", "XX", ""])
names = st.sampled_from(["", "lake", "hill"])
days = st.integers(-3, 3).map(lambda number: TODAY + number * DAY)
places = st.builds(Place, states, names, names)
departments = st.builds(DepartmentFacts, st.frozensets(places, max_size=3), st.booleans(), st.none() | days)
officers = st.builds(
    OfficerFacts, st.booleans(), st.lists(departments | st.just(LAWFUL), max_size=2).map(tuple)
)
prohibitions = st.builds(Prohibition, places, days, st.none() | days)
sites = st.builds(
    Site,
    st.booleans(),
    states,
    st.frozensets(states, max_size=2),
    st.just(KNOWN),
    st.lists(prohibitions, max_size=2).map(tuple),
    st.just(TODAY),
)
facts_of_any_kind = st.builds(
    Facts,
    sites | st.just(SITE),
    st.lists(departments | st.just(LAWFUL), max_size=2).map(tuple),
    st.booleans(),
    st.lists(officers | st.just(OFFICER), max_size=2).map(tuple),
)


def additions(facts: Facts, more: DepartmentFacts, who: OfficerFacts, ban: Prohibition) -> list[Facts]:
    """The same facts with one more thing to look at."""
    first, *others = facts.departments or (LAWFUL,)
    wider = replace(first, places=first.places | more.places)
    return [
        replace(facts, departments=(*facts.departments, more)),
        replace(facts, departments=(wider, *others)),
        replace(facts, officers=(*facts.officers, who)),
        replace(facts, site=replace(facts.site, prohibitions=(*facts.site.prohibitions, ban))),
        replace(facts, site=replace(facts.site, compute_states=facts.site.compute_states | {"XX"})),
    ]


@given(facts_of_any_kind, departments, officers, prohibitions)
def test_nothing_that_is_added_opens_a_door(
    facts: Facts, more: DepartmentFacts, who: OfficerFacts, ban: Prohibition
) -> None:
    known = facts.site.compute_states and facts.departments and all(d.places for d in facts.departments)
    if known and gate.refusal(facts) is not None:
        assert all(gate.refusal(wider) is not None for wider in additions(facts, more, who, ban))


@given(facts_of_any_kind, st.integers(0, 3))
def test_one_prohibited_thing_closes_every_door(facts: Facts, which: int) -> None:
    illinois = replace(LAWFUL, places=LAWFUL.places | ILLINOIS)
    closed = [
        replace(facts, departments=(*facts.departments, illinois)),
        replace(facts, officers=(*facts.officers, replace(OFFICER, departments=(LAWFUL, illinois)))),
        replace(facts, officers=(*facts.officers, replace(OFFICER, ever_prohibited=True))),
        replace(facts, photo_prohibited=True),
    ]
    assert gate.refusal(closed[which]) is not None


@given(st.text(max_size=12))
def test_no_word_is_a_state_but_a_known_code(word: str) -> None:
    if word not in KNOWN - {"IL"}:
        assert gate.refusal(works_in(Place(word))) in {Reason.PLACE_UNKNOWN, Reason.PLACE_PROHIBITED}
        assert gate.refusal(site(operator_state=word)) is Reason.OPERATOR_PLACE
        assert gate.refusal(site(compute_states=frozenset({word}))) is Reason.COMPUTE_PLACE


@given(st.frozensets(st.text(max_size=3) | st.just("IL")))
def test_no_data_opens_illinois(known: frozenset[str]) -> None:
    facts = replace(works_in(Place("IL")), site=replace(SITE, known_states=known | KNOWN))
    assert gate.refusal(facts) is Reason.PLACE_PROHIBITED
