"""Who a row is, who is missing, and taking a whole import back."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from officers.models import (
    Assignment,
    Citation,
    Coordination,
    Incident,
    Note,
    Officer,
    Rank,
    RecordChange,
    RosterDecision,
    Salary,
    Unit,
)
from officers.problems import NotPossible
from officers.rosters import acts
from oversight.acting import changing
from tests import factories
from tests.officers.rosters.helping import check, counts, load

pytestmark = pytest.mark.django_db
HEADER = "last_name,first_name,badge,employee_id\n"


def test_somebody_alike_is_asked_about_and_the_answer_is_kept() -> None:
    here = factories.department()
    known = factories.officer(here, badge="7", first_name="John", last_name="Smith")
    held = check(here, {"r.csv": HEADER + "Smith,Jon,,\n"})
    row = held.rows.get(sheet="officers")
    assert (row.verdict, row.candidates) == ("doubtful", [known.pk])
    with pytest.raises(NotPossible, match="doubtful"):
        acts.load(held=held, by=None)
    with pytest.raises(NotPossible):
        acts.decide(held=held, row=row.pk, officer=known.pk + 1, by=None)
    acts.decide(held=held, row=row.pk, officer=known.pk, by=None)
    acts.compare(held, afresh=True)
    assert held.rows.get(sheet="officers").changes == {"first_name": ["John", "Jon"]}
    assert counts(check(here, {"r.csv": HEADER + "Smith,Jon,,\n"})) == {"changed": 1, "same": 1}
    assert RosterDecision.objects.count() == 1


def test_two_with_different_internal_ids_are_never_one() -> None:
    here = factories.department()
    factories.officer(here, first_name="John", last_name="Smith", internal_id="1")
    held = check(here, {"r.csv": HEADER + "Smith,John,,2\n"})
    assert held.rows.get(sheet="officers").verdict == "new"


def test_who_shares_a_name_is_told_apart_by_badge_or_asked_about() -> None:
    here = factories.department()
    first = factories.officer(here, badge="1", first_name="John", last_name="Smith")
    second = factories.officer(here, badge="2", first_name="John", last_name="Smith")
    held = check(here, {"r.csv": HEADER + "Smith,John,2,\nSmith,John,,\n"})
    by_line = {row.line: row for row in held.rows.filter(sheet="officers")}
    assert by_line[2].record_id == second.pk
    assert by_line[3].verdict in {"same", "doubtful"}
    assert first.pk in (by_line[3].record_id, *by_line[3].candidates)


def test_officers_of_another_department_are_out_of_reach() -> None:
    here, there = factories.department(), factories.department()
    other = factories.officer(there, badge="7", first_name="Ada", last_name="Stone", internal_id="1")
    load(here, {"r.csv": HEADER + "Stone,Ada,7,1\n"})
    assert Officer.objects.exclude(pk=other.pk).get().departments.get() == here
    text = f"id,department_name,department_state,last_name\n{other.pk},,,Taken\n"
    load(here, {"o.csv": text}, source="this site")
    other.refresh_from_db()
    assert other.last_name == "Stone"


@pytest.mark.parametrize("act", ["begin", "decide", "load", "undo"])
def test_a_coordinator_of_another_department_can_do_nothing(act: str) -> None:
    here, there = factories.department(), factories.department()
    stranger = factories.user()
    Coordination.objects.create(user=stranger, department=there)
    held = check(here, {"r.csv": HEADER + "Stone,Ada,7,1\n"})
    row = held.rows.get(sheet="officers").pk
    if act == "undo":
        acts.load(held=held, by=None)
    acts_of: dict[str, Callable[[], object]] = {
        "begin": lambda: check(here, {"r.csv": HEADER}, by=stranger),
        "decide": lambda: acts.decide(held=held, row=row, officer=None, by=stranger),
        "load": lambda: acts.load(held=held, by=stranger),
        "undo": lambda: acts.undo(held=held, by=stranger),
    }
    before = Officer.objects.count()
    with pytest.raises(PermissionDenied):
        acts_of[act]()
    assert Officer.objects.count() == before


def test_who_is_missing_is_left_or_ended_on_a_day() -> None:
    here = factories.department()
    gone = factories.officer(here, badge="8", last_name="Gone")
    load(here, {"r.csv": HEADER + "Stone,Ada,7,1\n"})
    assert gone.assignments.get().end_date is None
    held = load(here, {"r.csv": HEADER + "Stone,Ada,7,1\n"}, missing="end", ended_on="2024-05-06")
    assert str(gone.assignments.get().end_date) == "2024-05-06"
    acts.undo(held=held, by=factories.user("admin"))
    assert gone.assignments.get().end_date is None


def test_undo_takes_back_what_was_made_and_changed_and_the_history_says_who() -> None:
    here, keeper = factories.department(), factories.user()
    Coordination.objects.create(user=keeper, department=here)
    known = factories.officer(here, badge="7", first_name="Ada", last_name="Stone", birth_year=1980)
    held = check(here, {"r.csv": "last_name,first_name,badge,YOB\nStone,Ada,7,1981\nNew,Bo,9,\n"}, by=keeper)
    acts.load(held=held, by=keeper)
    known.refresh_from_db()
    assert known.birth_year == 1981
    change = RecordChange.objects.filter(act=held.act, record="officers_officer", operation="U").get()
    assert (change.actor, change.why) == (keeper.username, "Roster from City")
    acts.undo(held=held, by=keeper)
    known.refresh_from_db()
    assert known.birth_year == 1980
    assert list(Officer.objects.all()) == [known]


def test_undo_does_not_run_over_later_work() -> None:
    here = factories.department()
    held = load(here, {"r.csv": HEADER + "Stone,Ada,7,1\n"})
    Officer.objects.update(last_name="Later")
    with pytest.raises(NotPossible, match=rf"changed some of it since: officer {Officer.objects.get().pk}\."):
        acts.undo(held=held, by=factories.user("admin"))
    assert Officer.objects.get().last_name == "Later"


def test_what_nobody_has_worked_on_since_can_be_undone_alone() -> None:
    here, keeper = factories.department(), factories.user(role="admin")
    names = ["Edited", "Noted", "There", "Also", "Gone"]
    files: dict[str, str | bytes] = {
        "r.csv": "id,last_name,first_name,badge,rank,unit,salary,year\n"
        + "".join(f"{n},{name},A,{n},Sergeant,North,50000,2020\n" for n, name in enumerate(names, 1)),
        "incidents.csv": "id,report_number,officer_ids\n1,R-1,3|4\n2,R-2,5\n",
        "sources.csv": "id,record,record_id,title\n1,officer,1,Roster\n2,officer,5,Roster\n",
    }
    held = load(here, files, by=keeper, publish=True)
    people = {officer.last_name: officer for officer in Officer.objects.all()}
    with changing(by=keeper):
        Salary.objects.filter(officer=people["Edited"]).update(salary=1)
        Note.objects.create(officer=people["Noted"], department=here, text="Seen on duty")
        Incident.objects.filter(report_number="R-1").update(description="More is known.")
    with pytest.raises(NotPossible, match=f"{keeper.username} has changed some of it since"):
        acts.undo(held=held, by=keeper)
    acts.undo(held=held, by=keeper, leave_later_work=True)
    left = {one["name"]: one["why"] for one in held.summary["left"]}
    assert list(left)[:1] == [str(Incident.objects.get())]
    assert {name: keeper.username in why for name, why in left.items() if name.startswith("A ")} == {
        "A Edited": True,
        "A Noted": False,
        "A There": False,
        "A Also": False,
    }
    assert set(Officer.objects.values_list("last_name", flat=True)) == {"Edited", "Noted", "There", "Also"}
    assert Assignment.objects.count() == Salary.objects.count() == 4, "what hangs on them is left with them"
    assert (Rank.objects.get().name, Unit.objects.get().name) == ("Sergeant", "North")
    assert [source.record_id for source in Citation.objects.all()] == [people["Edited"].pk]
    again = check(here, files)
    assert counts(again) == {"new": 5, "same": 13, "changed": 1}


def test_what_was_checked_before_the_record_changed_is_checked_again() -> None:
    here = factories.department()
    known = factories.officer(here, badge="7", first_name="Ada", last_name="Stone", birth_year=1980)
    held = check(here, {"r.csv": "last_name,first_name,badge,YOB\nStone,Ada,7,1981\n"})
    Officer.objects.filter(pk=known.pk).update(birth_year=1975)
    with pytest.raises(NotPossible, match="has changed since"):
        acts.load(held=held, by=None)
    known.refresh_from_db()
    assert known.birth_year == 1975


def test_all_or_nothing() -> None:
    here = factories.department()
    held = check(here, {"r.csv": HEADER + "Stone,Ada,7,1\n,,8,\n"})
    with pytest.raises(NotPossible, match="rows with errors"):
        acts.load(held=held, by=None)
    assert not Officer.objects.exists()
    assert not Assignment.objects.exists()


def test_the_ratchet_of_illinois_turns_for_whoever_is_imported_there() -> None:
    here = factories.department(state="IL")
    load(here, {"r.csv": HEADER + "Stone,Ada,7,1\n"})
    assert Officer.objects.get().ever_prohibited
    here.refresh_from_db()
    assert not here.is_facial_recognition_allowed


def test_a_thousand_rows_cost_as_many_queries_as_ten(django_assert_max_num_queries: object) -> None:
    here = factories.department()
    text = HEADER + "".join(f"Name{n},Ada,{n},{n}\n" for n in range(1000))
    with django_assert_max_num_queries(95):  # type: ignore[operator]
        load(here, {"r.csv": text})
    assert Officer.objects.count() == 1000
