"""Every change of the record is kept, whatever made it; nobody can alter what is kept; and an act can be taken back."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client

from officers import history
from officers.models import (
    Assignment,
    Department,
    Document,
    Incident,
    Officer,
    RecordChange,
    Salary,
)
from officers.models.base import Recorded
from oversight.acting import changing
from oversight.models import User
from tests import factories
from tests.services import TEST_DATABASE, Services
from tests.stack import connect_as

pytestmark = pytest.mark.django_db

NOT_TRACKED = {
    "officers_state",  # the app cannot change it
    "officers_photo",  # a question's photo must leave no trace; what is done to photos is in the audit log
    "officers_photofiling",
    "officers_foundhead",
    "officers_cover",
    "officers_publication",
    "officers_sortanswer",  # who answered what is nobody's business
    "officers_claim",
    "officers_knownphoto",
    "officers_flag",  # private words that are forgotten after some days
    "officers_takedown",
    "officers_matchingproposal",  # in the audit log
    "officers_apitoken",  # the same
    "officers_importsource",
    "officers_importedfile",
    "officers_recordchange",
    "officers_searchrow",  # made by the database from what is tracked
    "officers_facetcount",
    "officers_nameword",
    "officers_rosterimport",  # the files of an import and what is made of them, kept for some days
    "officers_rosterrow",
    "officers_rosterdecision",
    "officers_rostercolumns",
}


def changes(record: models.Model) -> list[RecordChange]:
    return list(RecordChange.objects.filter(record=record._meta.db_table, row_id=record.pk).order_by("pk"))


def last(record: models.Model) -> RecordChange:
    return changes(record)[-1]


def test_every_table_of_the_record_is_tracked_or_said_not_to_be() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'history_update'"
        )
        tracked = {name for (name,) in cursor.fetchall()}
    assert tracked | NOT_TRACKED == set(history.tables())
    assert not tracked & NOT_TRACKED
    edited = {model._meta.db_table for model in apps.get_models() if issubclass(model, Recorded)}
    assert edited <= tracked


def test_a_change_says_who_when_what_before_what_after_and_why() -> None:
    person, officer = factories.user(), factories.officer(last_name="Gray")
    with changing(by=person, why="As in the roster of May"):
        Officer.objects.filter(pk=officer.pk).update(last_name="Grey")
    kept = last(officer)
    assert (kept.operation, kept.before, kept.after) == ("U", {"last_name": "Gray"}, {"last_name": "Grey"})
    assert (kept.actor_id, kept.actor, kept.why) == (person.pk, person.username, "As in the roster of May")


def test_raw_sql_is_kept_with_the_role_that_did_it() -> None:
    officer = factories.officer(last_name="Gray")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE officers_officer SET birth_year = 1980 WHERE id = %s", [officer.pk])
    assert last(officer).after == {"birth_year": 1980}
    assert (last(officer).actor_id, last(officer).actor) == (None, "oversight_app")


def test_bulk_writes_are_kept_row_by_row_at_one_query_each() -> None:
    where = factories.department()
    made = Officer.objects.bulk_create([Officer(last_name=f"Of{n}") for n in range(50)])
    Assignment.objects.bulk_create([Assignment(officer=officer, department=where) for officer in made])
    for officer in made:
        officer.birth_year = 1970
    Officer.objects.bulk_update(made, ["birth_year"])
    Assignment.objects.filter(department=where).update(badge_number="7")
    Assignment.objects.filter(department=where).delete()
    keys = [officer.pk for officer in made]
    of = RecordChange.objects.filter
    assert of(record="officers_officer", row_id__in=keys, operation="I").count() == 50
    assert of(record="officers_officer", row_id__in=keys, after={"birth_year": 1970}).count() == 50
    stints = of(
        parent="officers_officer", parent_id__in=keys, record="officers_assignment", department_id=where.pk
    )
    assert [stints.filter(operation=one).count() for one in "IUD"] == [50, 50, 50]


def test_a_write_that_changes_nothing_leaves_no_trace_and_the_version() -> None:
    officer = factories.officer(last_name="Gray")
    before = len(changes(officer))
    Officer.objects.filter(pk=officer.pk).update(last_name="Gray")
    officer.refresh_from_db()
    assert (len(changes(officer)), officer.version) == (before, 1)


def test_the_version_grows_whatever_the_program_says() -> None:
    officer = factories.officer()
    Officer.objects.filter(pk=officer.pk).update(last_name="Grey", version=1)
    Officer.objects.filter(pk=officer.pk).update(last_name="Green", version=77)
    officer.refresh_from_db()
    assert officer.version == 3


def test_what_connects_two_records_is_kept() -> None:
    where = factories.department()
    officer, incident = factories.officer(where), Incident.objects.create(department=where)
    incident.officers.add(officer)
    incident.officers.remove(officer)
    kept = RecordChange.objects.filter(record="officers_incident_officers", parent_id=incident.pk).order_by(
        "pk"
    )
    assert [(change.operation, (change.after or change.before or {})["officer_id"]) for change in kept] == [
        ("I", officer.pk),
        ("D", officer.pk),
    ]


def test_the_text_of_a_document_is_not_copied() -> None:
    document = Document.objects.create(
        department=factories.department(), title="Report", sha256="a" * 64, size=5, text="long words"
    )
    Document.objects.filter(pk=document.pk).update(text="longer words")
    assert [change.operation for change in changes(document)] == ["I"]
    assert "text" not in (changes(document)[0].after or {})


def test_a_rolled_back_change_was_none() -> None:
    officer = factories.officer(last_name="Gray")
    before = len(changes(officer))
    point = transaction.savepoint()
    Officer.objects.filter(pk=officer.pk).update(last_name="Grey")
    transaction.savepoint_rollback(point)
    assert len(changes(officer)) == before


def test_an_act_inside_another_goes_back_to_the_outer_ones_name() -> None:
    outer, inner, officer = factories.user(), factories.user(), factories.officer()
    with changing(by=outer, why="outer") as act:
        with changing(by=inner, why="inner") as same:
            Officer.objects.filter(pk=officer.pk).update(birth_year=1971)
        assert last(officer).actor == inner.username
        with pytest.raises(ZeroDivisionError), changing(by=inner):
            raise ZeroDivisionError
        Officer.objects.filter(pk=officer.pk).update(birth_year=1972)
    assert (last(officer).actor, last(officer).why, act) == (outer.username, "outer", same)
    Officer.objects.filter(pk=officer.pk).update(birth_year=1973)
    assert last(officer).actor == "oversight_app"


def test_a_request_signs_what_it_changes_and_only_that(client: Client) -> None:
    where = factories.department(allowed=True)
    admin = factories.user(User.Role.ADMIN)
    client.force_login(admin)
    client.post(f"/departments/{where.pk}/matching/forbid/")
    kept = last(where)
    assert (kept.after or {})["is_facial_recognition_allowed"] is False
    assert kept.actor_id == admin.pk
    Department.objects.filter(pk=where.pk).update(city="alder")
    assert last(where).actor_id is None


@pytest.fixture
def app(services: Services) -> Iterator[psycopg.Connection]:
    with connect_as(services, "app", TEST_DATABASE) as opened:
        yield opened


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO officers_recordchange (at, act, record, row_id, parent, operation, actor, why)"
        " VALUES (now(), '', '', 1, '', 'I', '', '')",
        "UPDATE officers_recordchange SET actor = 'nobody'",
        "DELETE FROM officers_recordchange",
        "TRUNCATE officers_recordchange",
        "ALTER TABLE officers_officer DISABLE TRIGGER history_update",
        "DROP TRIGGER history_delete ON officers_officer",
        "DROP FUNCTION history_write() CASCADE",
        "SELECT history_write()",
    ],
)
def test_the_app_may_only_read_the_history(app: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        app.execute(statement)
    assert refused.value.sqlstate in {"42501", "0A000"}  # not permitted; a trigger function cannot be called


def test_its_triggers_fire_always_and_its_functions_are_the_owners(app: psycopg.Connection) -> None:
    enabled = app.execute(
        "SELECT DISTINCT tgenabled::text FROM pg_trigger WHERE tgname LIKE 'history%' OR tgname LIKE 'record%'"
    ).fetchall()
    assert enabled == [("A",)]
    functions = app.execute(
        "SELECT proname, pg_get_userbyid(proowner), proconfig FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND (proname LIKE 'history%' OR proname LIKE 'record%')"
    ).fetchall()
    assert len(functions) == 5
    pinned = ["search_path=pg_catalog, public, pg_temp"]
    assert [row for row in functions if row[1:] != ("oversight_owner", pinned)] == []


def test_changes_are_read_with_names_at_a_fixed_number_of_queries(django_assert_num_queries: Any) -> None:
    where, admin = factories.department(name="Alder Police"), factories.user(User.Role.ADMIN)
    officer = factories.officer(where, badge="7", rank="Sergeant")
    for year in range(2000, 2020):
        Salary.objects.create(officer=officer, department=where, year=year, salary=year)
    with django_assert_num_queries(
        6
    ):  # one for each other kind that is named, one for what has sources of its own
        entries = history.readable(history.of_record(officer, seen_by=admin), officer)
    assert len(entries) > 20
    stint = next(entry for entry in entries if entry.what == "Assignment")
    lines = {line.field: (line.before, line.after) for line in stint.lines}
    assert lines["Department"] == ("", "Alder Police")
    assert lines["Rank"] == ("", "Sergeant")
