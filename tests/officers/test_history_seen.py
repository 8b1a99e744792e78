"""Who sees which changes: admins all, coordinators what they keep, with all that hangs on it."""

import pytest

from officers import history
from officers.models import (
    Allegation,
    Citation,
    Complaint,
    Coordination,
    Document,
    Finding,
    Lawsuit,
    LawsuitParty,
    Note,
    Penalty,
    Salary,
    Topic,
)
from oversight.acting import changing
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_coordinator_sees_the_changes_of_their_departments_only() -> None:
    a, b, person = factories.department(), factories.department(), factories.user()
    Coordination.objects.create(user=person, department=a)
    mine, shared, theirs = factories.officer(a), factories.officer(a, b), factories.officer(b)
    Note.objects.create(officer=shared, department=b, text="of B")
    Note.objects.create(officer=shared, department=a, text="of A")
    seen = history.recent(person)
    assert seen.filter(record="officers_officer", row_id=mine.pk).exists()
    assert not seen.filter(record="officers_officer", row_id=theirs.pk).exists()
    assert [note.after["text"] for note in seen.filter(record="officers_note") if note.after] == ["of A"]
    of_officer = history.of_record(shared, seen_by=person).filter(record="officers_note")
    assert [note.after["text"] for note in of_officer if note.after] == ["of A"]


def test_a_coordinator_sees_all_that_hangs_on_a_complaint_or_a_lawsuit_also_once_it_is_deleted() -> None:
    a, person, stranger = factories.department(), factories.user(), factories.user()
    Coordination.objects.create(user=person, department=a)
    Coordination.objects.create(user=stranger, department=factories.department())
    with changing(by=person) as added:
        complaint = Complaint.objects.create(department=a, record_number="C-1")
        lawsuit = Lawsuit.objects.create(department=a, title="Doe v. Alder")
        allegation = Allegation.objects.create(complaint=complaint, allegation="Force")
        finding = Finding.objects.create(allegation=allegation, disposition="sustained")
        Penalty.objects.create(finding=finding, penalty="Suspension")
        LawsuitParty.objects.create(lawsuit=lawsuit, role="plaintiff", name="Doe")
        document = Document.objects.create(
            department=a, title="A report", sha256="a" * 64, size=1, text="long"
        )
        document.complaints.add(complaint)
        document.lawsuits.add(lawsuit)
    assert history.recent(person).filter(act=added).count() == 9
    assert history.is_all_visible(added, person)
    connected = history.readable(history.recent(person).filter(record="officers_document_complaints"))
    assert {line.field: line.after for line in connected[0].lines}["Document"] == "A report"
    with changing(by=person) as deleted:
        complaint.delete()
        lawsuit.delete()
    assert history.recent(person).filter(act=deleted).count() == 8
    assert history.is_all_visible(deleted, person)
    assert not history.recent(stranger).filter(act__in=[added, deleted]).exists()


def test_sources_and_topics_are_in_the_history_of_what_they_are_about() -> None:
    a, person, stranger = factories.department(), factories.user(), factories.user()
    Coordination.objects.create(user=person, department=a)
    Coordination.objects.create(user=stranger, department=factories.department())
    officer = factories.officer(a)
    complaint = Complaint.objects.create(department=a, record_number="C-1")
    allegation = Allegation.objects.create(complaint=complaint, allegation="Force")
    penalty = Penalty.objects.create(
        finding=Finding.objects.create(allegation=allegation, disposition="sustained"), penalty="Suspension"
    )
    salary = Salary.objects.create(
        officer=officer, department=a, salary="50000", year=2020, is_fiscal_year=False
    )
    with changing(by=person) as added:
        topic = Topic.objects.create(name="Pepper spray")
        topic.officers.add(officer)
        sources = [
            Citation.objects.create(record=kind, record_id=record.pk, title=f"of the {kind}")
            for kind, record in (("officer", officer), ("salary", salary), ("penalty", penalty))
        ]
    with changing(by=person) as taken_away:
        for source in sources:
            source.delete()
    for act, changes in ((added, 5), (taken_away, 3)):
        assert history.recent(person).filter(act=act).count() == changes
        assert history.is_all_visible(act, person)
        assert not history.recent(stranger).filter(act=act).exists()
    told = [
        entry.what for entry in history.readable(history.of_record(officer, seen_by=person).filter(act=added))
    ]
    assert sorted(told) == ["Connection", "Source", "Source"]
    assert history.of_record(complaint, seen_by=person).filter(record="officers_citation").count() == 2
