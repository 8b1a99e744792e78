"""The record: places, departments, officers, what they did, its sources, photos, and who keeps them."""

from officers.models.complaint import Allegation, Complaint, Finding, Penalty
from officers.models.department import Department, DepartmentState, MatchingProposal, Rank, Unit
from officers.models.history import OfficerMerge, RecordChange
from officers.models.incident import Incident, LicensePlate, Location
from officers.models.lawsuit import Lawsuit, LawsuitParty
from officers.models.legacy import ImportedFile, ImportSource, LegacyId
from officers.models.moderation import Flag, Hold, Takedown
from officers.models.officer import Assignment, Officer
from officers.models.people import Coordination
from officers.models.person import CareerLink, Certification, Description, Note, OfficerAlias, Salary
from officers.models.photo import Face, FoundHead, Photo, PhotoFiling
from officers.models.place import ProhibitedPlace, State
from officers.models.publication import Cover, Publication
from officers.models.roster import RosterColumns, RosterDecision, RosterImport, RosterRow
from officers.models.search import FacetCount, NameWord, SearchRow
from officers.models.sorting import Claim, KnownPhoto, SortAnswer
from officers.models.sources import Citation, Document, Link, Topic
from officers.models.tokens import ApiToken

__all__ = [
    "Allegation",
    "ApiToken",
    "Assignment",
    "CareerLink",
    "Certification",
    "Citation",
    "Claim",
    "Complaint",
    "Coordination",
    "Cover",
    "Department",
    "DepartmentState",
    "Description",
    "Document",
    "Face",
    "FacetCount",
    "Finding",
    "Flag",
    "FoundHead",
    "Hold",
    "ImportSource",
    "ImportedFile",
    "Incident",
    "KnownPhoto",
    "Lawsuit",
    "LawsuitParty",
    "LegacyId",
    "LicensePlate",
    "Link",
    "Location",
    "MatchingProposal",
    "NameWord",
    "Note",
    "Officer",
    "OfficerAlias",
    "OfficerMerge",
    "Penalty",
    "Photo",
    "PhotoFiling",
    "ProhibitedPlace",
    "Publication",
    "Rank",
    "RecordChange",
    "RosterColumns",
    "RosterDecision",
    "RosterImport",
    "RosterRow",
    "Salary",
    "SearchRow",
    "SortAnswer",
    "State",
    "Takedown",
    "Topic",
    "Unit",
]
