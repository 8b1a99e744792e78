"""THE LEGAL GATE: may this face be measured, may this match be shown?

Plain facts in, a verdict out. Imports only the standard library, so that nothing it guards can change it;
whoever edits this file needs the review named in CODEOWNERS. The same law stands a second time in the
database (officers and recognition migrations); a test holds the two equal.

The rule in one sentence: matching is allowed only where the site, the operator's place, the computers' places,
every place the department works in, the department's own decision (in date), the photo's past and every
officer's past all say yes. Whatever is unknown says no. Illinois (BIPA, 740 ILCS 14) is written in here,
so that no setting and no row can open it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NoReturn
from weakref import WeakKeyDictionary

ALWAYS_PROHIBITED = frozenset({"IL"})


class Stage(StrEnum):
    """The five doors of a match, and the one of an evaluation. Each asks again, with facts read afresh."""

    ENROL = "enrol"
    ENQUEUE = "enqueue"
    COMPUTE = "compute"
    RESULT = "result"
    SHOW = "show"
    EVALUATE = "evaluate"


MEASURING_STAGES = frozenset({Stage.ENROL, Stage.COMPUTE, Stage.EVALUATE})


class Reason(StrEnum):
    """Why not: stable codes, shown by the API and explained by the pages."""

    SITE_OFF = "site_off"
    OPERATOR_PLACE = "operator_place"
    COMPUTE_PLACE = "compute_place"
    PLACE_UNKNOWN = "place_unknown"
    PLACE_PROHIBITED = "place_prohibited"
    DEPARTMENT_NOT_ALLOWED = "department_not_allowed"
    REVIEW_EXPIRED = "review_expired"
    PHOTO_PROHIBITED = "photo_prohibited"
    OFFICER_UNKNOWN = "officer_unknown"
    OFFICER_PROHIBITED = "officer_prohibited"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a department works. County and city are lower case; empty means that we do not know, or all over."""

    state: str
    county: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Prohibition:
    """One dated row that forbids matching in a place; an empty county or city means all of them."""

    place: Place
    valid_from: date
    valid_to: date | None = None

    def covers(self, place: Place, today: date) -> bool:
        """Half-open dates: valid_to is the first day without the prohibition."""
        return (
            self.may_cover(place, today)
            and self.place.county in ("", place.county)
            and self.place.city in ("", place.city)
        )

    def may_cover(self, place: Place, today: date) -> bool:
        """As `covers`, but a county or city that we do not know could be this one."""
        return (
            self.valid_from <= today
            and (self.valid_to is None or today < self.valid_to)
            and self.place.state == place.state
            and (self.place.county == place.county or "" in (self.place.county, place.county))
            and (self.place.city == place.city or "" in (self.place.city, place.city))
        )


@dataclass(frozen=True, slots=True)
class Site:
    """What is true of this installation and of the law today."""

    allows_matching: bool
    operator_state: str
    compute_states: frozenset[str]
    known_states: frozenset[str]
    prohibitions: tuple[Prohibition, ...]
    today: date


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    places: frozenset[Place]
    allows_matching: bool
    review_due: date | None


@dataclass(frozen=True, slots=True)
class OfficerFacts:
    ever_prohibited: bool
    departments: tuple[DepartmentFacts, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the law looks at.

    `departments`: the one that is searched and the one that the photo is filed under. `officers`: the ones enrolled,
    found or about to be shown.
    """

    site: Site
    departments: tuple[DepartmentFacts, ...]
    photo_prohibited: bool
    officers: tuple[OfficerFacts, ...] = field(default=())


class MatchingForbidden(Exception):
    """The gate said no. Means "stop here", not "something broke"."""

    def __init__(self, stage: Stage, reason: Reason) -> None:
        super().__init__(f"{stage}: {reason}")
        self.stage = stage
        self.reason = reason


def refusal(facts: Facts) -> Reason | None:
    """The whole law: the first reason against, or None when there is none."""
    return (
        _site_refusal(facts.site)
        or _departments_refusal(facts.departments, facts.site)
        or (Reason.PHOTO_PROHIBITED if facts.photo_prohibited is not False else None)
        or _first(_officer_refusal(officer, facts.site) for officer in facts.officers)
    )


def _site_refusal(site: Site) -> Reason | None:
    if site.allows_matching is not True:
        return Reason.SITE_OFF
    if _place_refusal(frozenset({_whole_state(site.operator_state)}), site):
        return Reason.OPERATOR_PLACE
    if _place_refusal(frozenset(_whole_state(state) for state in site.compute_states), site):
        return Reason.COMPUTE_PLACE
    return None


def _whole_state(state: str) -> Place:
    """Only the state is asked of the operator and the computers, so only prohibitions of a whole state reach them."""
    return Place(state, county="*", city="*")


def _place_refusal(places: frozenset[Place], site: Site) -> Reason | None:
    """A prohibited place wins over an unknown one: the page can then name the law."""
    if any(_is_prohibited(place, site) for place in places):
        return Reason.PLACE_PROHIBITED
    if not places or any(_is_unknown(place, site) for place in places):
        return Reason.PLACE_UNKNOWN
    return None


def _is_unknown(place: Place, site: Site) -> bool:
    return place.state not in site.known_states or any(
        p.may_cover(place, site.today) for p in site.prohibitions
    )


def _is_prohibited(place: Place, site: Site) -> bool:
    return place.state in ALWAYS_PROHIBITED or any(p.covers(place, site.today) for p in site.prohibitions)


def _department_refusal(department: DepartmentFacts, site: Site) -> Reason | None:
    if reason := _place_refusal(department.places, site):
        return reason
    if department.allows_matching is not True:
        return Reason.DEPARTMENT_NOT_ALLOWED
    if department.review_due is None or department.review_due < site.today:
        return Reason.REVIEW_EXPIRED
    return None


def _departments_refusal(departments: tuple[DepartmentFacts, ...], site: Site) -> Reason | None:
    """One that says no is enough; none at all is a no as well."""
    if not departments:
        return Reason.PLACE_UNKNOWN
    return _first(_department_refusal(department, site) for department in departments)


def _officer_refusal(officer: OfficerFacts, site: Site) -> Reason | None:
    if officer.ever_prohibited is not False:
        return Reason.OFFICER_PROHIBITED
    if not officer.departments:
        return Reason.OFFICER_UNKNOWN
    return Reason.OFFICER_PROHIBITED if _departments_refusal(officer.departments, site) else None


def _first(reasons: Iterable[Reason | None]) -> Reason | None:
    return next((reason for reason in reasons if reason), None)


class Permit:
    """Leave to measure one face once. Only the gate makes one; it holds nothing that could be copied or changed."""

    __slots__ = ("__weakref__",)

    def __init__(self) -> None:
        raise TypeError("Only the gate makes a Permit.")

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("There is one kind of Permit.")

    def spend(self) -> None:
        """Use the permit up. Raises PermitInvalid when it is used already or was not given for measuring."""
        if _UNSPENT.pop(self, None) not in MEASURING_STAGES:
            raise PermitInvalid("This permit is used up, or was not given for measuring.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A Permit does not travel: ask the gate again where it is needed.")


_UNSPENT: WeakKeyDictionary[Permit, Stage] = WeakKeyDictionary()


class PermitInvalid(RuntimeError):
    """A face was about to be measured without leave: a mistake in our code."""


def check(facts: Facts, stage: Stage) -> Permit:
    """Ask the gate about a match. Returns a Permit, or raises MatchingForbidden(stage, reason)."""
    stage = Stage(stage)
    if stage is Stage.EVALUATE:
        raise ValueError("A match is no evaluation: check_site is for those.")
    return _permit_unless(refusal(facts), stage)


def check_site(site: Site) -> Permit:
    """Ask about a photo of an evaluation set: it is in no record, and its template is written nowhere.

    Nothing is known of such a photo, so only the site's part of the law can be asked, and all of it is.

    Returns a Permit that is good for Stage.EVALUATE alone, or raises MatchingForbidden(Stage.EVALUATE, reason).
    """
    return _permit_unless(_site_refusal(site), Stage.EVALUATE)


def _permit_unless(reason: Reason | None, stage: Stage) -> Permit:
    if reason is not None:
        raise MatchingForbidden(stage, reason)
    permit = object.__new__(Permit)
    _UNSPENT[permit] = stage
    return permit
