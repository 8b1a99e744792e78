"""Exports and rosters of other kinds: what each is taken for, what it says, and what it cannot carry."""

import io

import pytest
from openpyxl import Workbook

from officers.models import Incident, Link, Officer, RosterColumns, Salary
from officers.rosters import acts
from officers.rosters.formats import recognise
from tests import factories
from tests.officers.rosters.helping import check, counts, errors, load

pytestmark = pytest.mark.django_db

EXPORTS: dict[str, str | bytes] = {
    "X_Officers.csv": "id,unique identifier,last name,first name,middle initial,suffix,gender,race,birth year,"
    "employment date,badge number,job title,most recent salary\r\n"
    "1,U-1,STONE,ADA,,III,F,BLACK,1980,2001-02-03,77,Sergeant,50000.5\r\n"
    "2,,BROOKS,REMY,,,Not Sure,Not Sure,,,,,\r\n",
    "X_Assignments.csv": "id,officer id,officer unique identifier,badge number,job title,start date,end date,unit id,"
    "unit description\r\n11,1,U-1,77,Sergeant,2001-02-03,,4,North\r\n",
    "X_Salaries.csv": "id,officer id,first name,last name,salary,overtime_pay,year,is_fiscal_year\r\n"
    "5,1,ADA,STONE,50000.5,,2020,True\r\n",
    "X_Incidents.csv": "id,report_num,date,time,description,location,licenses,links,officers\r\n"
    '9,R-1,2020-05-06,,"Two\nlines",Intersection of East Ave between 1st St and 2nd St, Townville OH,'.replace(
        "Intersection of East Ave between 1st St and 2nd St, Townville OH",
        '"Intersection of East Ave between 1st St and 2nd St, Townville OH"',
    )
    + "<LicensePlate (id: 1 : number: ABC : state: OH)>,<Link 3>,<Officer ID 1: ADA STONE III (x)>\r\n",
    "X_Links.csv": "id,title,url,link_type,description,author,officers,incidents\r\n"
    '3,A page,https://example.org/p,link,,,"[1, 2]",[9]\r\n',
    "X_Notes.csv": "id,text_contents,created_by,officer_id,created_at,last_updated_at\r\n"
    "8,Seen on duty,4,1,2020-01-01,2020-01-01\r\n",
}


def test_an_export_of_openoversight_is_read_and_says_what_it_lacks() -> None:
    """W21: OpenOversight cannot read its own exports again, and loses every internal id."""
    here = factories.department()
    held = load(here, EXPORTS)
    assert {table["format"] for table in held.tables} == {"OpenOversight, exported"}
    assert sum(bool(table["said"]) for table in held.tables) == 5
    ada = Officer.objects.get(internal_id="U-1")
    assert (ada.assignments.get().badge_number, str(ada.assignments.get().unit)) == ("77", "North")
    assert ada.descriptions.get().text == "Seen on duty"
    incident = Incident.objects.get()
    assert str(incident.location) == "East Ave at 1st St and 2nd St, Townville, OH"
    assert [str(plate) for plate in incident.license_plates.all()] == ["ABC (OH)"]
    assert incident.officers.get() == ada
    assert Link.objects.get().officers.count() == 2
    assert set(counts(check(here, EXPORTS))) == {"same"}


def test_w16_an_internal_id_that_was_typed_is_kept() -> None:
    here = factories.department()
    load(
        here,
        {
            "r.csv": "department_id,first_name,last_name,unique_internal_identifier,star_no\n1,Ada,Stone,0042,7\n"
        },
    )
    assert Officer.objects.get().internal_id == "0042"


def test_w25_money_is_kept_to_the_cent_when_it_is_changed() -> None:
    here = factories.department()
    text = "first_name,last_name,badge,salary,overtime,salary_year\nAda,Stone,7,{},,2020\n"
    load(here, {"r.csv": text.format('"$50,000.10"')})
    load(here, {"r.csv": text.format("61234.56")})
    pay = Salary.objects.get()
    assert (str(pay.salary), pay.overtime_pay, str(pay.total_pay)) == ("61234.56", None, "61234.56")


def test_pay_without_a_year_is_of_the_year_that_was_named_with_the_files() -> None:
    here, files = factories.department(), {"r.csv": "first_name,last_name,badge,salary\nAda,Stone,7,50000\n"}
    [(line, column, says)] = errors(check(here, files))
    assert (line, column) == (2, "year")
    assert "where you send the files" in says
    load(here, files, pay_year=2023)
    assert Salary.objects.get().year == 2023
    said = {
        "r.csv": files["r.csv"].replace("salary\n", "salary,salary_year\n").replace("50000", "50000,2020")
    }
    load(here, said, pay_year=2023)
    assert {pay.year for pay in Salary.objects.all()} == {2020, 2023}


def test_the_flat_roster_is_split_and_found_again_by_badge_and_name() -> None:
    here = factories.department()
    header = (
        "department_id,unique_internal_identifier,first_name,last_name,middle_initial,suffix,gender,race,"
        "employment_date,birth_year,star_no,job_title,unit_id,start_date,resign_date,salary,salary_year,"
        "salary_is_fiscal_year,overtime_pay\n"
    )
    row = "1,,Ada,Stone,,,female,WHITE,2001-02-03,1980,77,Sergeant,,2010-01-01,,50000,2020,false,100\n"
    held = load(here, {"roster.csv": header + row})
    assert held.tables[0]["format"] == "OpenOversight, flat roster"
    again = load(
        here, {"roster.csv": header + row.replace("1980", "1981").replace(",100\n", ",\n")}, source="Other"
    )
    assert Officer.objects.get().birth_year == 1981
    assert str(Salary.objects.get().overtime_pay) == "100.00", "an empty cell of a plain roster says nothing"
    assert again.rows.get(sheet="officers").matched_by == "badge and name"


def test_virginias_sheets() -> None:
    here = factories.department(name="Norfolk Police", state="VA")
    roster = (
        "last_name,first_name,middle_initial,suffix,badge_number,rank_title,unit_name,gender,race,employment_date,"
        "salary,salary_overtime,salary_year,salary_is_fy,agency_name\n"
        "Stone,Ada,Q,,9,Captain,North,F,White,1/2/2003,50000,12.5,2021,yes,Norfolk Police\n"
    )
    load(here, {"roster.csv": roster})
    ada = Officer.objects.get()
    sheet = (
        "agency_name,date,city,state,incident_title,description,officer_ids,links\n"
        f'Norfolk Police,2021-03-04,Norfolk,Virginia,A title,More,{ada.pk},"https://a.example, https://b.example"\n'
    )
    load(here, {"incidents.csv": sheet}, source="this site")
    incident = Incident.objects.get()
    assert incident.description == "A title\n\nMore"
    assert incident.officers.get() == ada
    assert incident.links.count() == 2


@pytest.mark.parametrize(
    "text", ["last name;first name;badge\nNuñez;Ana;7\n", "last name\tfirst name\tbadge\nNuñez\tAna\t7\n"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_any_dialect_and_encoding(text: str, encoding: str) -> None:
    held = check(factories.department(), {"r.csv": text.encode(encoding)})
    assert held.rows.get(sheet="officers").cells == {"last_name": "Nuñez", "first_name": "Ana"}
    assert bool(held.tables[0]["said"]) == (encoding == "latin-1"), "a guess is said"


def test_excel_with_real_dates_and_numbers() -> None:
    import datetime

    book = Workbook()
    assert book.active is not None
    book.active.append(["Last Name", "First Name", "Employee ID", "Hire Date", "YOB", "Base Pay", "Year"])
    book.active.append(["Stone", "Ada", 42, datetime.datetime(2001, 2, 3), 1980, 50000.5, 2020])  # noqa: DTZ001
    stream = io.BytesIO()
    book.save(stream)
    load(factories.department(), {"r.xlsx": stream.getvalue()})
    ada = Officer.objects.get()
    assert (ada.internal_id, ada.birth_year, str(ada.employment_date)) == ("42", 1980, "2001-02-03")
    assert str(ada.salaries.get().salary) == "50000.50"


def test_a_mapping_is_remembered_for_the_source() -> None:
    here, keeper = factories.department(), factories.user("admin")
    held = check(here, {"r.csv": "who,given_name,badge\nStone,Ada,7\n"}, source="Odd list")
    assert held.tables[0]["columns"] == ["", "first_name", "star_no"]
    acts.map_columns(held=held, tables_as=[("roster", ["last_name", "first_name", "star_no"])], by=keeper)
    assert RosterColumns.objects.count() == 1
    again = load(here, {"r.csv": "who,given_name,badge\nStone,Ada,7\n"}, source="Odd list")
    assert again.tables[0]["columns"] == ["last_name", "first_name", "star_no"]
    assert Officer.objects.get().full_name == "Ada Stone"


def test_every_error_is_said_by_row_and_column() -> None:
    text = (
        "Last Name,First Name,Race,Hire Date,YOB,Salary,Year,Badge,start date,end date\n"
        "Stone,Ada,Martian,2001-13-40,80,abc,2020,7,,\n"
        "Fields,Cleo,White,,,,,8,2020-02-02,2019-01-01\n"
    )
    assert errors(check(factories.department(), {"r.csv": text})) == [
        (2, "Race", "“Martian” is none of the words known here: ASIAN, BLACK, HISPANIC, NATIVE AMERICAN, Other, "
         "PACIFIC ISLANDER, WHITE."),
        (2, "Hire Date", "“2001-13-40” is not a date. Write 2019-07-12, or month/day/year."),
        (2, "YOB", "“80” is not a year from 1900 to 2100."),
        (2, "Salary", "“abc” is not a sum of money. Write 50000 or $50,000.00."),
        (3, "resign_date", "That is before 2020-02-02, in start_date."),
    ]  # fmt: skip


def test_unknown_references_and_doubles_are_errors() -> None:
    files: dict[str, str | bytes] = {
        "o.csv": "id,department_name,department_state,last_name\n#1,,,Stone\n#1,,,Fields\n",
        "a.csv": "officer_id,job_title\n#9,Captain\n",
    }
    assert errors(check(factories.department(), files)) == [
        (3, "id", "This is the same as row 2."),
        (2, "officer_id", "There is no #9 among the officers."),
    ]


def test_private_details_and_street_numbers_are_refused() -> None:
    text = "id,report_number,date,description,street_name,department_name,department_state\n"
    text += ",1,,Call 555-123-4567,12 Elm St,,\n"
    found = errors(check(factories.department(), {"i.csv": text}))
    assert [(line, column) for line, column, _ in found] == [(2, "description"), (2, "street_name")]


def test_a_header_of_ours_is_ours_whatever_the_file_is_called() -> None:
    assert recognise("old copy", ["id", "name"]).sheet == "units"
