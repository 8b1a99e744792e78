"""Sources and careers elsewhere: out and in again without a loss, and nothing of them that is not public."""

import csv
import io

import pytest
from django.apps import apps

from officers.models import Allegation, CareerLink, Citation, Complaint, Document, Incident, Link, Officer
from officers.rosters import acts, report
from officers.rosters.export_files import excel, json_lines
from officers.rosters.outer_sheets import CITED
from tests import factories
from tests.api.scene import Scene
from tests.officers.rosters.helping import check, contents, counts, errors, exported, load, same
from tests.officers.rosters.synthetic import roster

pytestmark = pytest.mark.django_db


def test_sources_of_every_kind_go_out_and_come_in_again() -> None:
    here = factories.department(name="Made-up Police", state="OH")
    load(here, roster(5), publish=True)
    cited = {
        model: apps.get_model("officers", sheet.model).objects.order_by("pk").first()
        for model, sheet in CITED.items()
    }
    made = [record for record in cited.values() if record is not None]
    for number, record in enumerate([here, *made]):
        Citation.objects.create(
            record=record._meta.model_name, record_id=record.pk, field="" if number % 2 else "id",
            title=f"A source, {number}", url=f"https://example.org/{number}", kind="news",
            page=number or None, retrieved_on="2024-05-06",
        )  # fmt: skip
    assert {"officer", "assignment", "salary", "description", "incident", "link"} <= {
        str(record._meta.model_name) for record in made
    }
    before = exported(here)
    assert len(contents(before)["sources.csv"].splitlines()) == len(made) + 2
    same(here, {"export.zip": before})
    for form, name in ((json_lines, "all.jsonl"), (excel, "all.xlsx")):
        same(here, {name: b"".join(form([here]))})
    Officer.objects.filter(pk__in=here.assignments.values("officer")).delete()
    for gone in (Citation, Incident, Link):
        gone.objects.all().delete()
    load(here, {"export.zip": before}, source="elsewhere", publish=True)
    assert exported(here, ids_of="elsewhere") == before
    assert set(counts(check(here, {"export.zip": before}, source="elsewhere"))) == {"same"}


def test_every_kind_that_has_sources_is_in_an_export() -> None:
    scene = Scene()
    for model, sheet in CITED.items():
        for record in apps.get_model("officers", sheet.model).objects.all():
            Citation.objects.create(record=model, record_id=record.pk, title=f"Of a {model}")
    sent = exported(scene.where)
    rows = list(csv.DictReader(io.StringIO(contents(sent)["sources.csv"])))
    assert {row["record"] for row in rows} == set(CITED)
    assert len([row for row in rows if row["record"] == "officer"]) == 2, "none of who is hidden"
    assert set(
        counts(check(scene.where, {"sources.csv": contents(sent)["sources.csv"]}, source="this site"))
    ) == {"same"}


def test_a_source_in_a_document_names_it_while_it_is_public() -> None:
    here = factories.department(name="Made-up Police", state="OH")
    someone, held = factories.officer(here), Document.ReviewState
    read_at = "2024-08-01T00:00Z"
    document = Document.objects.create(
        department=here,
        title="A report",
        sha256="a" * 64,
        size=9,
        review_state=held.APPROVED,
        reviewed_at=read_at,
    )
    source = {"record": "officer", "record_id": someone.pk, "document": document}
    Citation.objects.create(**source, page=3)
    Citation.objects.create(**source, title="Named besides")
    public = exported(here)
    assert f"officer,{someone.pk},,,,,{document.pk},A report,3," in contents(public)["sources.csv"]
    same(here, {"export.zip": public})
    Document.objects.update(review_state=held.WAITING)
    hidden = exported(here)
    assert contents(hidden)["sources.csv"].count("\n") == 2, "what names nothing else is not in it"
    assert "A report" not in contents(hidden)["sources.csv"]
    for files in (public, hidden):
        acts.load(held=same(here, {"export.zip": files}), by=None)
    assert Citation.objects.filter(document=document).count() == 2

    there = factories.department(name="Made-up Police", state="IN")
    load(
        there, {"officers.csv": contents(public)["officers.csv"].replace(",OH,", ",IN,")}, source="elsewhere"
    )
    load(there, {"sources.csv": contents(public)["sources.csv"]}, source="elsewhere")
    copied = Citation.objects.filter(document=None).values_list("title", "page")
    assert set(copied) == {("A report", 3), ("Named besides", None)}
    wrong = "id,record,record_id,title\n1,nobody,1,X\n2,officer,,X\n3,officer,77,X\n4,department,,\n"
    said = errors(check(there, {"sources.csv": wrong}, source="City"))
    assert [(line, column) for line, column, _ in said] == [
        *[(2, "record"), (3, "record_id"), (4, "record_id"), (5, "title")],
    ]


def test_careers_elsewhere_are_linked_once_both_departments_are_there() -> None:
    places = [factories.department(name=name, state="OH") for name in ("Alder", "Birch")]
    people = [factories.officer(where, last_name=where.name) for where in places]
    hidden = factories.officer(places[1], is_published=False)
    link = CareerLink.objects.create(
        first=people[0], second=people[1], confidence="likely", why="Never public"
    )
    CareerLink.objects.create(first=people[0], second=hidden, confidence="certain", why="")
    sent = [exported(where) for where in places]
    said = [contents(one)["careers_elsewhere.csv"].splitlines()[1:] for one in sent]
    assert said == [
        [f"{link.pk},{people[0].pk},{people[1].pk},Birch,{people[1].first_name},Birch,OH,likely"],
        [f"{link.pk},{people[1].pk},{people[0].pk},Alder,{people[0].first_name},Alder,OH,likely"],
    ]
    for where, one in zip(places, sent, strict=True):
        same(where, {"export.zip": one})
        less_sure = {
            "careers_elsewhere.csv": contents(one)["careers_elsewhere.csv"].replace("likely", "possible")
        }
        assert counts(check(where, less_sure, source="this site")) == {"changed": 1}

    Officer.objects.all().delete()
    first = load(places[0], {"export.zip": sent[0]}, source="elsewhere")
    assert acts.count(first, "absent") == 1
    assert "1 link to a career elsewhere left out" in "\n".join(report.lines(first, 5))
    assert not CareerLink.objects.exists()
    load(places[1], {"export.zip": sent[1]}, source="elsewhere")
    load(places[0], {"export.zip": sent[0]}, source="elsewhere")
    linked = CareerLink.objects.get()
    assert {linked.first.last_name, linked.second.last_name} == {"Alder", "Birch"}
    assert [exported(where, ids_of="elsewhere") for where in places] == sent


def test_what_an_export_cannot_say_of_a_complaint_is_not_taken_from_it() -> None:
    here = factories.department(name="Made-up Police")
    hidden = factories.officer(here, is_published=False)
    draft = Incident.objects.create(department=here)
    complaint = Complaint.objects.create(
        department=here, record_number="C-1", incident=draft, is_published=True
    )
    Allegation.objects.create(complaint=complaint, officer=hidden, allegation="Force")
    files = {"export.zip": exported(here)}
    assert "C-1" in contents(files["export.zip"])["complaints.csv"]
    acts.load(held=same(here, files), by=None)
    complaint.refresh_from_db()
    assert (complaint.incident, complaint.allegations.get().officer) == (draft, hidden)
