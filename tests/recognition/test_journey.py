"""The civilian's way, page by page: where, several departments, what is waited for, the eye's own look, the end."""

from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode

from officers import links
from officers.models import Department, Face, Photo
from oversight.gate import Reason
from recognition import engine, identification, police, volunteers
from recognition.models import Candidate, Identification, VolunteerLook
from tests import factories
from tests.recognition.searching import ask, enrolled, face_of, probe, search, work

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]
State = Identification.State


def text(response: Any) -> str:
    return str(response.content.decode())


def duty(photo: Photo, *departments: Department, **said: str) -> Any:
    x, y, w, h = face_of(photo)
    query = "&".join(f"department={d.pk}" for d in departments)
    at = f"/who/duty/{links.token_for(photo)}/?{query}&x={x}&y={y}&w={w}&h={h}"
    return Client().post(at, {"on_duty": "on", **said}, follow=True)


def test_where_by_typing_by_state_and_by_suggestion() -> None:
    ohio = factories.department(name="Port Lindell Police", city="port lindell")
    factories.department(name="Harbor Patrol", state="MI")
    client = Client()
    assert "Harbor Patrol" not in text(client.get("/who/?q=lindell+ohio"))
    assert "Port Lindell Police" not in text(client.get("/who/?state=MI"))
    assert client.get("/who/suggest/?q=port").json() == {"names": ["Port Lindell Police, Ohio"]}
    named = client.get("/who/", {"q": f"{ohio.name}, Ohio"})
    assert "Port Lindell Police" in text(named)
    assert client.get("/who/suggest/").json() == {"names": []}


def test_a_forbidden_department_names_the_law_before_any_photo() -> None:
    factories.department(name="Prairie", state="IL")
    page = text(Client().get("/who/"))
    assert "Biometric Information Privacy Act" in page
    near = text(Client().get("/who/near/?state=IL"))
    assert "Biometric Information Privacy Act" in near
    assert 'name="department"' not in near


def test_the_near_page_leads_to_one_photo_for_several_departments() -> None:
    some = [factories.department(allowed=True) for _ in range(6)]
    ids = [d.pk for d in some]
    client = Client()
    at_most = client.get(f"/who/near/?state=OH&{urlencode({'department': ids}, doseq=True)}")
    assert (at_most.status_code, "at most 5" in text(at_most)) == (400, True)
    chosen = client.get(f"/who/near/?state=OH&{urlencode({'department': ids[:2]}, doseq=True)}")
    assert chosen.status_code == 302
    assert chosen["Location"].endswith(f"department={ids[0]}&department={ids[1]}")
    page = text(client.get(chosen["Location"]))
    assert some[0].name in page
    assert some[1].name in page


@pytest.mark.parametrize("state", ["", "%00", "OH'", "XX", "ÅÄ"])
def test_odd_states_are_no_fault(state: str) -> None:
    assert Client().get(f"/who/near/?state={state}").status_code == 200
    assert Client().get(f"/who/?state={state}").status_code == 200


def test_each_department_is_asked_and_a_forbidden_one_is_not_searched_and_said() -> None:
    here, there = enrolled(1), factories.department(allowed=True)
    closed = factories.department(name="Closed Police")
    illinois = factories.department(name="Prairie", state="IL")
    photo = probe(here, 1)
    page = text(duty(photo, here, closed, there, illinois))
    asked = {one.department_id for one in Identification.objects.all()}
    assert asked == {here.pk, there.pk}
    assert "Closed Police was not searched" in page
    assert "Prairie was not searched" in page
    photo.refresh_from_db()
    assert not photo.ever_prohibited, "asking elsewhere must not file it where the law forbids it"
    work(identification.IDENTIFY)
    first = Identification.objects.get(department=here)
    assert there.name in text(Client().get(f"/who/search/{first.pk}/"))
    assert first.candidates_found == 1


def test_the_gate_shuts_one_of_several_without_opening_the_others_results() -> None:
    here, there = enrolled(1), factories.department(allowed=True)
    duty(probe(here, 1), here, there)
    Department.objects.filter(pk=there.pk).update(is_facial_recognition_allowed=False)
    before = engine.measured
    work(identification.IDENTIFY)
    states = {one.department_id: one.reason for one in Identification.objects.all()}
    assert states[there.pk] == Reason.DEPARTMENT_NOT_ALLOWED
    assert engine.measured - before <= 1
    assert not Candidate.objects.filter(identification__department=there).exists()


def test_searching_elsewhere_takes_photo_and_face_along() -> None:
    here, there = enrolled(1), factories.department(allowed=True)
    closed = factories.department(name="Closed Police")
    found, client, photos = search(here, 1), Client(), Photo.objects.count()
    at = f"/who/search/{found.pk}/elsewhere/"
    page = text(client.get(at))
    assert f'value="{there.pk}"' in page
    assert f'value="{closed.pk}"' not in page
    assert client.post(at, {"department": closed.pk}).status_code == 403
    assert client.post(at, {"department": "9" * 30}).status_code == 404
    assert client.post(at, {"department": there.pk}).status_code == 302
    asked = Identification.objects.get(department=there)
    assert (asked.photo, asked.box, Photo.objects.count()) == (found.photo, found.box, photos)
    assert Identification.objects.count() == 2


def test_confirming_works_in_each_of_the_departments_asked() -> None:
    here, there = enrolled(1), factories.department(allowed=True)
    duty(probe(here, 1), here, there)  # the photo is now filed under the second
    work(identification.IDENTIFY)
    first = Identification.objects.get(department=here)
    (candidate,) = Candidate.objects.filter(identification=first)
    response = Client().post(
        f"/who/search/{first.pk}/answer/{candidate.officer_id}/", {"answer": "confirm"}, follow=True
    )
    assert "Thank you" in text(response)
    assert Face.objects.filter(photo=first.photo, officer=candidate.officer_id).exists()


def test_waiting_says_how_far_it_is() -> None:
    asked, client = ask(enrolled(1), 1), Client()
    status = f"/who/search/{asked.pk}/status"
    said = []
    for step in (1, 2, 3):
        Identification.objects.update(steps_done=step)
        answer = client.get(status).json()
        assert (answer["state"], answer["done"], answer["total"]) == ("working", step, 4)
        said.append(answer["sentence"])
    assert len(set(said)) == 3
    page = text(client.get(f"/who/search/{asked.pk}/"))
    assert 'value="3"' in page
    assert 'http-equiv="refresh"' in page


def test_a_person_nobody_confirms_can_be_shown_to_a_volunteer(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ATTESTATION_IS_ENOUGH = False
    monkeypatch.setattr(police, "_model_is_sure", lambda *_: False)
    where = enrolled(1)
    page = text(duty(probe(where, 1), where))
    work(identification.IDENTIFY)
    asked, client, helper = Identification.objects.get(), Client(), Client()
    assert "A volunteer may look" not in page
    at = f"/who/search/{asked.pk}/"
    assert "A volunteer may look" in text(client.get(at))
    helper.force_login(factories.user())
    assert "Nobody waits" in text(helper.get("/who/asked/"))
    assert client.post(f"{at}volunteers/").status_code == 302
    work(identification.IDENTIFY)
    assert "A volunteer is asked" in text(client.get(at))
    assert client.get(f"{at}status").json() == {"state": "done"}
    assert client.get(f"{at}status?for=volunteer").json() == {"state": "waiting"}
    look = VolunteerLook.objects.get()
    queue = text(helper.get("/who/asked/"))
    assert f"/who/asked/{look.pk}.jpg" in queue
    assert str(asked.pk) not in queue, "the address of the question opens the result"
    assert helper.get(f"/who/asked/{look.pk}.jpg")["Content-Type"] == "image/jpeg"
    assert Client().get(f"/who/asked/{look.pk}.jpg").status_code == 302
    assert helper.post(f"/who/asked/{look.pk}/", {"answer": "yes"}).status_code == 302
    assert helper.get(f"/who/asked/{look.pk}.jpg").status_code == 404
    work(identification.IDENTIFY)
    assert "Number01" in text(client.get(at))


def test_leave_is_given_with_the_duty_question(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ATTESTATION_IS_ENOUGH = False
    monkeypatch.setattr(police, "_model_is_sure", lambda *_: False)
    where = enrolled(1)
    duty(probe(where, 1), where, may_show="on")
    work(identification.IDENTIFY)
    assert volunteers.waiting().count() == 1


def test_the_roster_is_in_the_order_of_names_whatever_was_found() -> None:
    """An order of likeness would tell a voided search from one that found nobody."""
    where = enrolled(1, 2, 3)
    found, client = search(where, 3), Client()
    at = f"/who/search/{found.pk}/roster/"

    def names() -> list[str]:
        page = text(client.get(at))
        return sorted(("Number01", "Number02", "Number03"), key=page.index)

    assert names() == ["Number01", "Number02", "Number03"]
    Candidate.objects.all().delete()
    Identification.objects.update(candidates_found=0)
    assert names() == ["Number01", "Number02", "Number03"]


def test_an_officer_is_named_from_the_roster_by_eye() -> None:
    where = enrolled(1, 2)
    found, client = search(where, 7), Client()
    (officer,) = (face.officer for face in Face.objects.filter(officer__last_name="Number02"))
    assert officer is not None
    at = f"/who/search/{found.pk}/roster/{officer.pk}/"
    page = text(client.get(at))
    assert "chance" not in page
    assert client.post(at).status_code == 302
    assert Face.objects.filter(photo=found.photo, officer=officer, reviewed_at=None).exists()
    elsewhere = factories.officer(factories.department())
    assert client.get(f"/who/search/{found.pk}/roster/{elsewhere.pk}/").status_code == 404


def test_candidates_are_one_query_more_however_many(django_assert_max_num_queries: Any) -> None:
    where = enrolled(1, 2, 3)
    found = search(where, 1)
    client = Client()
    client.get(f"/who/search/{found.pk}/")
    with django_assert_max_num_queries(28):
        client.get(f"/who/search/{found.pk}/")
