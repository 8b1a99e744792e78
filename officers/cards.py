"""What an officer's card shows, taken from rows already fetched by OfficerQuerySet.for_cards()."""

from dataclasses import dataclass

from django.urls import reverse

from officers import pictures
from officers.models import Assignment, Face, Officer
from officers.pictures import Picture


@dataclass(frozen=True, slots=True)
class OfficerCard:
    officer_id: int
    name: str
    url: str
    photo_url: str
    photo_alt: str
    picture: Picture | None
    badge: str
    rank: str
    unit: str
    years: str
    department: str


def current_assignment(officer: Officer, department_id: int | None = None) -> Assignment | None:
    """The assignment to show: in that department when one is named, otherwise the present or latest."""
    stints = list(officer.assignments.all())
    here = [a for a in stints if department_id is None or a.department_id == department_id]
    return next(iter(here or stints), None)


def years(assignment: Assignment | None) -> str:
    """ "since 2011" or "2004 to 2011"; empty when neither is known."""
    if assignment is None or not (assignment.start_date or assignment.end_date):
        return ""
    if assignment.end_date is None:
        return f"since {assignment.start_date.year}" if assignment.start_date else ""
    start = assignment.start_date.year if assignment.start_date else "?"
    return f"{start} to {assignment.end_date.year}"


def public_faces(officer: Officer) -> list[Face]:
    """The faces that for_cards() fetched: reviewed ones, the featured one first."""
    return list(getattr(officer, "public_faces", []))


def card(officer: Officer, department_id: int | None = None, face: Face | None = None) -> OfficerCard:
    """`face`: the one to show instead of the first public one, if it is public (needs its photo and publication)."""
    stint = current_assignment(officer, department_id)
    chosen = [face] if face is not None and pictures.of_face(face) else public_faces(officer)
    picture = pictures.of_face(chosen[0]) if chosen else None
    return OfficerCard(
        officer_id=officer.pk,
        name=officer.full_name,
        url=reverse("officer", args=[officer.pk]),
        photo_url=reverse("face-crop", args=[chosen[0].pk]) if picture else "",
        photo_alt=f"Photo of {officer.full_name}" if picture else "",
        picture=picture,
        badge=stint.badge_number if stint else "",
        rank=stint.rank.name if stint and stint.rank else "",
        unit=stint.unit.name if stint and stint.unit else "",
        years=years(stint),
        department=stint.department.name if stint else "",
    )
