"""Out and in again without a loss: the same bytes after an import, on this site and on another."""

import json
import os

import pytest
from django.db import connection

from officers.models import CareerLink, LicensePlate, Link, Officer
from officers.rosters import acts
from officers.rosters.export_files import excel, json_lines
from officers.rosters.sheets import SHEETS
from tests import factories
from tests.officers.rosters.helping import check, contents, counts, exported, load, same
from tests.officers.rosters.synthetic import roster

pytestmark = pytest.mark.django_db

SIZE = int(os.environ.get("OVERSIGHT_ROSTER_OFFICERS", "300"))


def test_import_export_import_is_byte_equal() -> None:
    here = factories.department(name="Made-up Police", state="OH")
    first = load(here, roster(SIZE), publish=True)
    assert Officer.objects.count() == SIZE
    before = exported(here)
    again = same(here, {"export.zip": before})
    acts.load(held=again, by=None)
    assert exported(here) == before

    acts.undo(held=first, by=factories.user("admin"))
    assert Officer.objects.count() == 0
    load(here, {"export.zip": before}, source="elsewhere", publish=True)
    assert exported(here, ids_of="elsewhere") == before, "by the numbers of the first site"
    assert set(counts(check(here, {"export.zip": before}, source="elsewhere"))) == {"same"}


def test_after_a_large_load_the_planner_knows_how_much_there_is() -> None:
    """Or whoever asks next is answered as if the tables were still empty, and waits."""
    load(factories.department(name="Made-up Police"), roster(101), publish=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE relname IN ('officers_officer', 'officers_salary')"
        )
        assert [count >= 101 for (count,) in cursor.fetchall()] == [True, True]


def test_plates_links_and_warnings_are_in_it() -> None:
    here = factories.department(name="Made-up Police")
    load(here, roster(5), publish=True)
    files = contents(exported(here))
    assert "ABC123_NY" in files["incidents.csv"]
    assert "98UMC" in files["incidents.csv"]
    assert "East Ave,Main St,,Town,OH,44101" in files["incidents.csv"]
    assert ",true," in files["links.csv"]
    assert LicensePlate.objects.count() == 2
    assert Link.objects.get(has_content_warning=True).officers.count() == 2


def test_two_rows_of_one_career_stay_linked() -> None:
    here = factories.department(name="Made-up Police", state="OH")
    load(here, roster(5), publish=True)
    first, second, third, *_ = Officer.objects.order_by("pk")
    CareerLink.objects.create(first=first, second=second, confidence="certain", why="Came back in 2020")
    away = factories.officer(factories.department())
    CareerLink.objects.create(first=third, second=away, confidence="likely", why="")
    before = exported(here)
    said = contents(before)["career_links.csv"].splitlines()
    assert said[1:] == [
        f"{CareerLink.objects.earliest('pk').pk},{first.pk},{second.pk},certain,Came back in 2020"
    ]
    same(here, {"export.zip": before})
    other_way = f"{said[0]}\n,{second.pk},{first.pk},certain,Came back in 2020\n"
    same(here, {"career_links.csv": other_way})

    Officer.objects.filter(pk__in=here.assignments.values("officer")).delete()
    load(here, {"export.zip": before}, source="elsewhere", publish=True)
    assert exported(here, ids_of="elsewhere") == before


@pytest.mark.parametrize(("form", "name"), [(json_lines, "all.jsonl"), (excel, "all.xlsx")])
def test_json_lines_and_excel_read_back_the_same(form: object, name: str) -> None:
    here = factories.department(name="Made-up Police")
    load(here, roster(40), publish=True)
    held = same(here, {name: b"".join(form([here]))})  # type: ignore[operator]
    assert held.rows.count() > 100


def test_json_lines_are_json_with_lists() -> None:
    here = factories.department(name="Made-up Police")
    load(here, roster(5), publish=True)
    records = [json.loads(line) for line in b"".join(json_lines([here])).splitlines()]
    incident = next(record for record in records if record["sheet"] == "incidents")
    assert incident["license_plates"] == ["98UMC", "ABC123_NY"]
    assert len(incident["officer_ids"]) == 2


def test_header_only_files_are_fine() -> None:
    here = factories.department(name="Made-up Police")
    empty = exported(here)
    assert set(contents(empty)) == {"about.txt", *(f"{sheet.name}.csv" for sheet in SHEETS)}
    held = load(here, {"export.zip": empty})
    assert counts(held) == {}
    assert exported(here) == empty


def test_what_is_not_public_is_in_no_export() -> None:
    here = factories.department(name="Made-up Police")
    load(here, roster(5))  # incidents as drafts
    hidden = Officer.objects.order_by("pk")[0]
    Officer.objects.filter(pk=hidden.pk).update(is_published=False, last_name="Nobodyknows")
    hidden.notes.create(department=here, text="a private note")
    text = "".join(contents(exported(here)).values())
    for secret in ("Nobodyknows", "CR-1", "ABC123", "a private note", "A text\nof two lines"):
        assert secret not in text
    assert len(contents(exported(here))["officers.csv"].splitlines()) == 5


def test_an_export_that_does_not_know_a_hidden_officer_takes_nothing_from_them() -> None:
    here = factories.department(name="Made-up Police")
    load(here, roster(5), publish=True)
    incident = here.incidents.get(report_number="CR-1")
    hidden = incident.officers.order_by("pk")[0]
    Officer.objects.filter(pk=hidden.pk).update(is_published=False)
    files = {"export.zip": exported(here)}
    acts.load(held=same(here, files), by=None)
    assert hidden in incident.officers.all()
