"""What an officer's card shows, taken from rows already fetched by OfficerQuerySet.for_cards()."""

from dataclasses import dataclass

from django.urls import reverse

from officers.models import Assignment, Face, Officer


@dataclass(frozen=True, slots=True)
class OfficerCard:
    officer_id: int
    name: str
    url: str
    photo_url: str
    photo_alt: str
    badge: str
    rank: str
    unit: str
    years: str


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
    """`face`: the photo to show instead of the officer's first public one."""
    stint = current_assignment(officer, department_id)
    faces = [face] if face else public_faces(officer)
    return OfficerCard(
        officer_id=officer.pk,
        name=officer.full_name,
        url=reverse("officer", args=[officer.pk]),
        photo_url=reverse("face-crop", args=[faces[0].pk]) if faces else "",
        photo_alt=f"Photo of {officer.full_name}" if faces else "",
        badge=stint.badge_number if stint else "",
        rank=stint.rank.name if stint and stint.rank else "",
        unit=stint.unit.name if stint and stint.unit else "",
        years=years(stint),
    )
