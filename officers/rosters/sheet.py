"""What a sheet is, and what several sheets have in common."""

from dataclasses import dataclass, field

from officers.rosters.fields import Field, table

HERE = "t.department_id = %(department)s"
OFFICERS = (
    "EXISTS (SELECT FROM officers_assignment a WHERE a.officer_id = {0} AND a.department_id = %(department)s)"
)
IN_COMPLAINT = (
    "EXISTS (SELECT FROM officers_complaint c WHERE c.id = {0} AND c.department_id = %(department)s)"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`scope`: whether a record `t` belongs to the department. `natural`: fields that together tell which record.

    `loosely`: further fields that must agree where the row has them. `fixed`: columns that every new row gets.
    `lower_first`: two references of which the record has the lower number first, whichever a file has. `cites`: sheets
    to any of which a row may lead.
    """

    name: str
    model: str
    fields: tuple[Field, ...]
    scope: str = HERE
    natural: tuple[tuple[str, ...], ...] = ()
    loosely: tuple[str, ...] = ()
    fixed: dict[str, str] = field(default_factory=dict)
    lower_first: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        return table(self.model)

    @property
    def stored(self) -> list[Field]:
        """What is compared and written."""
        found = [f for f in self.fields if f.is_stored]
        if any(f.kind == "place" for f in self.fields):
            found.append(Field("location", "location", "location_id"))
        return found

    def get(self, name: str) -> Field:
        return next(f for f in (*self.fields, *self.stored) if f.name == name)


IN_DEPARTMENT = {"department_id": "%(department)s"}
DRAFT = IN_DEPARTMENT | {"is_published": "%(publish)s"}
DEPARTMENT = (
    Field("department_name", "department", also=("agency_name",)),
    Field("department_state", "department"),
)
OFFICER = Field(
    "officer_id", "reference", "officer_id", "officers", is_required=True, also=("officer", "person_id")
)
ACCUSED = Field("officer_id", "reference", "officer_id", "officers")
INCIDENT = Field("incident_id", "reference", "incident_id", "incidents")
PLACES = tuple(
    Field(part, "place", also={"street_name": ("street",), "zip_code": ("zip",)}.get(part, ()))
    for part in ("street_name", "cross_street1", "cross_street2", "city", "state", "zip_code")
)


def topics(name: str) -> Field:
    return Field("topics", "topics", many=("Topic", name))


def choices(model: type, name: str) -> str:
    return f"choice:{model.__name__}.{name}"
