"""The record: places, departments, officers, photos, and who keeps them."""

from officers.models.department import Department, DepartmentState, MatchingProposal, Rank, Unit
from officers.models.officer import Assignment, Officer
from officers.models.people import Coordination
from officers.models.photo import Face, FoundHead, Photo, PhotoFiling
from officers.models.place import ProhibitedPlace, State

__all__ = [
    "Assignment",
    "Coordination",
    "Department",
    "DepartmentState",
    "Face",
    "FoundHead",
    "MatchingProposal",
    "Officer",
    "Photo",
    "PhotoFiling",
    "ProhibitedPlace",
    "Rank",
    "State",
    "Unit",
]
