"""Faces nobody has named: listed for those who keep the department, asked about once, named by people only."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from officers import departments, holds
from officers.models import Coordination, Department, Face, Photo
from oversight.models import AuditEvent, OutboxEntry, User
from recognition import engine, identification, unnamed
from recognition.models import Candidate, Identification, VolunteerLook
from recognition.views.unnamed import PAGE
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


@pytest.fixture
def where() -> Department:
    return factories.department(allowed=True)


@pytest.fixture
def keeper(where: Department) -> User:
    person = factories.user()
    Coordination.objects.create(user=person, department=where)
    return person


def nameless(where: Department, *, police: str = "yes") -> Face:
    """Tagged by a volunteer as an officer nobody knows yet."""
    photo = factories.photo(where)
    Photo.objects.filter(pk=photo.pk).update(police=police)
    box = {"x": 40, "y": 40, "width": 80, "height": 100}
    return Face.objects.create(photo=photo, officer=None, tagged_by=factories.user(), **box)


def page_of(where: Department) -> str:
    return reverse("unnamed-faces", args=[where.pk])


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def promised() -> int:
    return OutboxEntry.objects.filter(job=identification.IDENTIFY).count()


def backlog(where: Department, by: User, most: int = 200) -> dict[str, object]:
    said = StringIO()
    call_command("identify_backlog", department=where.pk, by=by.username, most=most, stdout=said)
    told: dict[str, object] = json.loads(said.getvalue())
    return told


def answered(face: Face) -> Candidate:
    """The search about this face is done, and found one officer."""
    where, (x, y, width, height) = face.photo.department, face.box
    who = factories.officer(where, last_name="Candidateson")
    known = factories.face(who, factories.photo(where))
    search = Identification.objects.create(
        photo=face.photo,
        department=where,
        x=x,
        y=y,
        width=width,
        height=height,
        state="done",
        officers_searched=9,
        candidates_found=1,
        asked_by_volunteer=True,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    return Candidate.objects.create(identification=search, officer=who, face=known, number=1, chance=0.97)


def test_it_is_for_those_who_keep_the_department(where: Department, keeper: User) -> None:
    nameless(where)
    other = factories.user()
    Coordination.objects.create(user=other, department=factories.department())
    page = page_of(where)
    assert client_of(keeper).get(page).status_code == 200
    assert client_of(factories.user(User.Role.ADMIN)).get(page).status_code == 200
    for person in (factories.user(), other):
        assert client_of(person).get(page).status_code == 404
        assert client_of(person).post(page).status_code == 404
    assert Client().get(page).url.startswith(reverse("account_login"))  # type: ignore[attr-defined]
    assert Client().post(page).status_code == 302
    assert promised() == 0


def test_the_department_page_leads_keepers_to_it(where: Department, keeper: User) -> None:
    there = reverse("department", args=[where.pk])
    assert page_of(where) in client_of(keeper).get(there).content.decode()
    assert page_of(where) not in client_of(factories.user()).get(there).content.decode()
    assert page_of(where) not in Client().get(there).content.decode()


def test_a_face_leads_to_the_page_where_a_person_names_it(where: Department, keeper: User) -> None:
    face = nameless(where)
    named = factories.face(factories.officer(where), factories.photo(where))
    shown = client_of(keeper).get(page_of(where)).content.decode()
    tagging = f"{reverse('photo-tag', args=[face.photo_id])}?face=own&amp;x=40&amp;y=40&amp;w=80&amp;h=100"
    assert tagging in shown
    assert "Ask who this may be" in shown
    assert f'id="face-{face.pk}"' in shown
    assert f'id="face-{named.pk}"' not in shown


def test_a_press_promises_each_once_and_measures_nothing(where: Department, keeper: User) -> None:
    nameless(where)
    nameless(where)
    client, measured = client_of(keeper), engine.measured
    assert "2 asked" in client.post(page_of(where), follow=True).content.decode()
    assert promised() == 2
    assert "nothing more to ask" in client.post(page_of(where), follow=True).content.decode()
    assert promised() == 2
    assert engine.measured == measured
    looks = VolunteerLook.objects.values_list("answer", "identification__asked_by_volunteer")
    assert list(looks) == [("yes", True)] * 2
    said = AuditEvent.objects.filter(action="looked whether a person is police")
    assert {event.actor for event in said} == {keeper.username}


def test_the_backlog_goes_on_where_it_was_and_promises_once(
    where: Department, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unnamed, "BATCH", 2)
    for _ in range(5):
        nameless(where)
    nameless(where, police="")
    nobody = {"already_asked": 0, "refused": {}, "stopped": ""}
    assert backlog(where, keeper, most=3) == {**nobody, "asked": 3, "not_police": 1}
    assert promised() == 3
    assert backlog(where, keeper) == {**nobody, "asked": 2, "already_asked": 3, "not_police": 1}
    assert backlog(where, keeper) == {**nobody, "asked": 0, "already_asked": 5, "not_police": 1}
    assert promised() == Identification.objects.count() == 5


def test_two_tags_of_one_place_are_one_question(where: Department, keeper: User) -> None:
    face = nameless(where)
    x, y, width, height = face.box
    Face.objects.create(photo=face.photo, officer=None, x=x, y=y, width=width, height=height)
    assert backlog(where, keeper)["asked"] == 1
    assert promised() == 1


def test_a_prohibited_photo_is_refused_and_the_others_are_asked_about(
    where: Department, keeper: User
) -> None:
    nameless(where)
    last = nameless(where)
    last.photo.filings.create(department=factories.department(state="IL"))
    told = backlog(where, keeper)
    assert (told["asked"], told["refused"], told["stopped"]) == (1, {"photo_prohibited": 1}, "")
    assert not Identification.objects.filter(photo=last.photo).exists()


def test_a_forbidden_department_is_listed_without_any_search(where: Department, keeper: User) -> None:
    face = nameless(where)
    nameless(where)
    answered(face)
    departments.forbid_matching(department=where, by=factories.user(User.Role.ADMIN))
    client, before = client_of(keeper), promised()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = client.get(page_of(where)).content.decode()
    assert "Face matching has not been allowed for this department." in shown
    assert f'id="face-{face.pk}"' in shown
    for words in ("Candidateson", "Ask who this may be", "Look for all of them", "Compared."):
        assert words not in shown
    assert not [q for q in asked if "recognition_candidate" in q["sql"]]
    assert "has not been allowed" in client.post(page_of(where), follow=True).content.decode()
    told = backlog(where, keeper)
    assert (told["asked"], told["stopped"]) == (0, "department_not_allowed")
    assert promised() == before
    assert Identification.objects.filter(photo__faces__officer=None).exclude(photo=face.photo).count() == 0


def test_a_held_photo_is_not_listed_nor_asked_about(where: Department, keeper: User) -> None:
    held, shown = nameless(where), nameless(where)
    holds.place(subject=held.photo, reason="safety", by=factories.user(User.Role.ADMIN))
    page = client_of(keeper).get(page_of(where)).content.decode()
    assert f'id="face-{held.pk}"' not in page
    assert str(held.photo_id) not in page
    assert f'id="face-{shown.pk}"' in page
    assert backlog(where, keeper)["asked"] == 1
    assert not Identification.objects.filter(photo=held.photo).exists()


def test_an_answer_is_shown_in_words_while_the_gate_allows_it(where: Department, keeper: User) -> None:
    face, newer = nameless(where), nameless(where)
    who, newest = answered(face).officer, answered(newer)
    client, page = client_of(keeper), page_of(where)
    opened = client.get(f"{page}?open={face.pk}").content.decode()
    assert reverse("officer", args=[who.pk]) in opened
    assert "97 %" in opened
    assert reverse("officer", args=[newest.officer_id]) in client.get(page).content.decode()
    assert f"?open={face.pk}#face-{face.pk}" in client.get(page).content.decode()
    Identification.objects.update(expires_at=timezone.now())
    assert "Candidateson" not in client.get(f"{page}?open={face.pk}").content.decode()
    assert not Face.objects.filter(pk=face.pk).exclude(officer=None).exists()


def test_progress_counts_every_state(where: Department, keeper: User) -> None:
    made = [nameless(where) for _ in range(4)] + [nameless(where, police="")]
    answered(made[0])
    unnamed.ask_all(department=where, most=2, by=keeper)
    Identification.objects.filter(photo=made[3].photo).update(state="unusable", reason="no_face")
    with CaptureQueriesContext(connection) as asked:
        found = unnamed.progress(where)
    assert len(asked) == 1
    assert found == unnamed.Progress(total=5, asked=3, done=1, waiting=1, without_answer=1, cannot=1)
    assert found.left == 1


def test_twelve_faces_cost_as_many_queries_as_two(where: Department, keeper: User) -> None:
    client, counts = client_of(keeper), []
    client.get(page_of(where))
    for number in (2, 10):
        for _ in range(number):
            answered(nameless(where))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(page_of(where)).content.decode()
        counts.append(len(asked))
    assert page.count('id="face-') == 12
    assert counts[0] == counts[1]


def test_the_next_page_goes_on_where_this_one_ended(where: Department, keeper: User) -> None:
    first = nameless(where)
    for _ in range(PAGE):
        nameless(where)
    client = client_of(keeper)
    response = client.get(page_of(where))
    assert f'id="face-{first.pk}"' not in response.content.decode()
    older = client.get(response.context["older_url"])
    assert [row["face"] for row in older.context["rows"]] == [first]
    assert older.context["older_url"] == ""


def test_the_command_wants_somebody_who_keeps_the_department(where: Department) -> None:
    nameless(where)
    with pytest.raises(CommandError, match="keeps no department"):
        backlog(where, factories.user())
    with pytest.raises(CommandError, match="no active account"):
        call_command("identify_backlog", department=where.pk, by="nobody-at-all")
    assert promised() == 0
