"""One of everything in the record, public, and the same things hidden: for the tests of what the API shows."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from officers.models import (
    Allegation,
    CareerLink,
    Certification,
    Citation,
    Complaint,
    Department,
    Description,
    Document,
    Face,
    Finding,
    Incident,
    Lawsuit,
    LawsuitParty,
    LicensePlate,
    Link,
    Location,
    Note,
    Officer,
    OfficerAlias,
    Penalty,
    Salary,
    Topic,
)
from tests import factories

SECRET = "Hidden"


@dataclass
class Scene:
    """`officer` is public, `hidden` is a colleague who is not; everything public names both where it can."""

    where: Department = field(default_factory=factories.department)

    def __post_init__(self) -> None:
        where = self.where
        self.officer: Officer = factories.officer(
            where, badge="77", rank="Sergeant", unit="North", race="WHITE"
        )
        self.hidden: Officer = factories.officer(where, last_name=f"{SECRET}man", is_published=False)
        self.elsewhere: Officer = factories.officer(factories.department())
        self.face: Face = factories.face(self.officer, factories.photo(where))
        self.topic = Topic.objects.create(name=f"Force {self.officer.pk}")
        self.incident = self._incident("A-17", is_published=True)
        self.draft = self._incident(f"{SECRET}-1", is_published=False)
        self.complaint = self._complaint(is_published=True)
        self.lawsuit = self._lawsuit()
        for who in (self.officer, self.hidden):
            self._facts(who)
        self.link = self._link(self.officer, self.incident, self.hidden)
        self._link(self.hidden, title=SECRET)
        self.document = self._document("Use of force report", "approved", text="Page one: a stop\fPage two")
        unread = self._document(f"{SECRET} report", "waiting", text=f"{SECRET} words")
        for one in (self.officer, self.incident, self.complaint, self.lawsuit, self.document, where):
            getattr(self.topic, f"{one._meta.model_name}s").add(one.pk)
        CareerLink.objects.create(first=self.officer, second=self.elsewhere, confidence="likely", why="dates")
        self.source = Citation.objects.create(
            record="officer", record_id=self.officer.pk, title="Roster 2024"
        )
        Citation.objects.create(record="officer", record_id=self.hidden.pk, title=f"{SECRET} roster")
        Citation.objects.create(
            record="salary", record_id=self.officer.salaries.get().pk, document=unread, page=2
        )

    def _incident(self, number: str, **more: Any) -> Incident:
        made = Incident.objects.create(
            department=self.where,
            report_number=number,
            date=date(2024, 5, 6),
            time=time(14, 30),
            description="A stop by the river.",
            location=Location.objects.get_or_create(street_name="River Road", city="Alder")[0],
            **more,
        )
        made.officers.set([self.officer, self.hidden])
        made.license_plates.add(LicensePlate.objects.get_or_create(number="ABC123", state_id="OH")[0])
        return made

    def _complaint(self, **more: Any) -> Complaint:
        made = Complaint.objects.create(
            department=self.where,
            incident=self.draft,
            record_number="C-4",
            category="Force",
            received_on=date(2024, 6, 1),
            **more,
        )
        for who in (self.officer, self.hidden):
            accused = Allegation.objects.create(
                complaint=made, officer=who, accused_as=who.last_name, allegation="Force"
            )
            found = Finding.objects.create(allegation=accused, disposition="sustained")
            Penalty.objects.create(finding=found, penalty="Suspension", days=3)
        return made

    def _lawsuit(self) -> Lawsuit:
        made = Lawsuit.objects.create(
            department=self.where,
            title="Doe v. Alder",
            docket_number="24-cv-1",
            filed_on=date(2024, 7, 1),
            outcome="settled",
            amount="1000.50",
            is_published=True,
        )
        for who in (self.officer, self.hidden):
            LawsuitParty.objects.create(lawsuit=made, role="defendant", officer=who, name=who.last_name)
        return made

    def _document(self, title: str, state: str, text: str) -> Document:
        read_at = "2024-08-01T00:00Z"
        made = Document.objects.create(
            department=self.where, title=title, sha256=f"{len(title):02}{self.officer.pk:062}", size=9, copy_size=8,
            text=text, pages=2, pages_read=2, text_read_at=read_at, review_state=state, reviewed_at=read_at,
        )  # fmt: skip
        made.officers.set([self.officer, self.hidden])
        made.incidents.set([self.incident, self.draft])
        made.complaints.add(self.complaint)
        made.lawsuits.add(self.lawsuit)
        return made

    def _facts(self, who: Officer) -> None:
        hidden = SECRET if who == self.hidden else "Known"
        Salary.objects.create(
            officer=who, department=self.where, year=2024, salary="90000.10", overtime_pay="0.20"
        )
        OfficerAlias.objects.create(officer=who, name=f"{hidden} alias", kind="spelling")
        Certification.objects.create(officer=who, state_id="OH", name="POST", value=f"{hidden} value")
        Description.objects.create(officer=who, department=self.where, text=f"{hidden} text")
        Note.objects.create(officer=who, department=self.where, text=f"{SECRET} note")

    def _link(self, *to: Any, title: str = "A report") -> Link:
        made = Link.objects.create(url="https://news.example/1", title=title)
        for one in to:
            getattr(made, f"{one._meta.model_name}s").add(one.pk)
        return made
