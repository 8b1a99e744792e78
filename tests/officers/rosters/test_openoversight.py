"""OpenOversight's own files: what it can read back, what it cannot, and what its export leaves out."""

import os
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from officers.models import Assignment, Department, Incident, Link, Officer, Salary
from officers.rosters import acts
from tests import factories
from tests.officers.rosters.helping import check, counts, errors, load

pytestmark = pytest.mark.django_db

SHARED = os.environ.get("OVERSIGHT_PHOTOS", "")
FILES = ("officers", "assignments", "salaries", "incidents", "links")


@pytest.fixture
def springfield() -> Department:
    return factories.department(name="Springfield Police Department", state="IL")


def advanced() -> dict[str, str]:
    """The five files for import, with references from one to the other."""
    return {
        "officers.csv": "id,department name,department state,first name,last name,middle initial,suffix,race,gender,"
        "employment date,birth year,unique_internal_identifier\n"
        "#1,Springfield Police Department,IL,Ada,Stone,O,,White,F,07-12-2019,1984,UID-1\n"
        "#2,springfield police department,IL,Cleo,Fields,,III,Black,Not Sure,02-29-2020,,UID-2\n"
        "4711,Springfield Police Department,IL,Remy,Brooks,,jr.,,man,,1952,\n",
        "assignments.csv": "id,officer id,star no,start date,job title,unit id,resign date\n"
        ",#1,1234,2019-07-12,Police Officer,,2020-01-01\n,#1,2345,2020-01-01,Captain,,\n"
        ",4711,54,2018-07-10,Captain,,\n",
        "salaries.csv": "id,officer_id,salary,year,is_fiscal_year,overtime pay\n"
        ',#1,"$10,001.57",2019,True,\n,#1,10000,2018,False,12.5\n,4711,50000,2018,False,\n',
        "incidents.csv": "id,department name,department state,date,time,report number,description,street name,"
        "cross street1,cross street2,city,state,zip code,license plates,officer_ids,created by,last updated by\n"
        ",Springfield Police Department,IL,2020-07-20,06:30,CR-1,Something,,East Ave,Main St,Chicago,IL,60603,"
        "ABC123_NY|98UMC_IL,#1|4711,,\n"
        '#I1,Springfield Police Department,IL,,,CR-2,"Two\nlines",Fake Street,,,Chicago,IL,,XYZ11,#1,,\n',
        "links.csv": "id,title,url,link type,description,author,created_by,officer ids,incident ids\n"
        ",A page,https://www.example.com,link,About officers,,,#1|4711,\n"
        ",Another,https://www.example.com/incident,link,About it,Example Times,,,#I1\n",
    }


def test_the_five_files_for_import_are_read_whole(springfield: Department) -> None:
    held = load(springfield, advanced())
    assert [table["format"] for table in held.tables] == ["OpenOversight, for import"] * 5
    ada = Officer.objects.get(internal_id="UID-1")
    assert (ada.first_name, ada.middle_name, ada.race, ada.gender) == ("Ada", "O", "WHITE", "F")
    assert ada.employment_date == date(2019, 7, 12)
    assert list(ada.assignments.values_list("rank__name", "badge_number", "end_date")) == [
        ("Captain", "2345", None),
        ("Police Officer", "1234", date(2020, 1, 1)),
    ]
    assert list(ada.salaries.values_list("salary", "overtime_pay", "is_fiscal_year")) == [
        (Decimal("10001.57"), None, True),
        (Decimal("10000.00"), Decimal("12.50"), False),
    ]
    remy = Officer.objects.get(first_name="Remy")
    assert (remy.suffix, remy.gender, remy.race) == ("Jr", "M", "")
    first = Incident.objects.get(report_number="CR-1")
    assert (first.time, str(first.location)) == (time(6, 30), "East Ave and Main St, Chicago, IL 60603")
    assert {str(plate) for plate in first.license_plates.all()} == {"ABC123 (NY)", "98UMC (IL)"}
    assert set(first.officers.all()) == {ada, remy}
    assert not first.is_published, "a draft until somebody publishes it"
    assert Incident.objects.get(report_number="CR-2").description == "Two\nlines"
    assert set(Link.objects.get(title="A page").officers.all()) == {ada, remy}
    assert Link.objects.get(title="Another").incidents.get().report_number == "CR-2"


def test_an_officer_without_a_line_of_work_still_belongs_to_the_department(springfield: Department) -> None:
    load(springfield, advanced())
    assert Officer.objects.get(first_name="Cleo").departments.get() == springfield


def test_the_same_files_again_change_nothing(springfield: Department) -> None:
    load(springfield, advanced())
    before = Officer.objects.count(), Assignment.objects.count(), Salary.objects.count(), Link.objects.count()
    again = check(springfield, advanced())
    assert set(counts(again)) == {"same"}
    acts.load(held=again, by=None)
    after = Officer.objects.count(), Assignment.objects.count(), Salary.objects.count(), Link.objects.count()
    assert after == before


def test_a_number_of_the_source_finds_its_record_again_and_blank_clears(springfield: Department) -> None:
    load(springfield, advanced())
    number = Officer.objects.get(first_name="Remy").pk
    files = advanced()
    changed = {
        "officers.csv": files["officers.csv"].replace(
            "Remy,Brooks,,jr.,,man,,1952", "Remi,Brooks,,,,man,,1952"
        )
    }
    held = load(springfield, changed)
    assert counts(held)["changed"] == 1
    assert Officer.objects.get(pk=number).full_name == "Remi Brooks"


def test_rows_of_another_department_are_errors(springfield: Department) -> None:
    text = advanced()["officers.csv"].replace("#1,Springfield Police Department", "#1,Shelbyville Police")
    assert errors(check(springfield, {"officers.csv": text})) == [
        (2, "department name", "“Shelbyville Police” is not Springfield Police Department, IL.")
    ]


@pytest.mark.skipif(not SHARED, reason="OVERSIGHT_PHOTOS names no folder")
def test_the_files_of_its_own_tests(springfield: Department) -> None:
    folder = Path(SHARED) / "openoversight_csv"
    files: dict[str, str | bytes] = {f"{name}.csv": (folder / f"{name}.csv").read_bytes() for name in FILES}
    held = load(springfield, files)
    assert set(counts(held)) == {"new"}
    assert Officer.objects.count() == 4
    assert Salary.objects.count() == 4
    assert Incident.objects.count() == 3
    assert set(counts(check(springfield, files))) == {"same"}
