"""A volunteer who tags asks who it may be: on the gate's terms, named by a person, forgotten like every search."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from officers import departments
from officers.models import Face, Photo
from officers.signals import likely_officers_wanted
from oversight.models import AuditEvent, OutboxEntry, User
from recognition import engine, identification, purge
from recognition.models import Candidate, Identification
from recognition.views.likely import address
from tests import factories
from tests.recognition.searching import enrolled, face_of, work

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


@pytest.fixture
def photo() -> Photo:
    """Another shot of officer 1, in the record of a department in which 1 and 2 are enrolled."""
    where = enrolled(1, 2)
    made = factories.photo(where, jpeg=factories.picture(1, 2))
    Photo.objects.filter(pk=made.pk).update(police="yes")
    made.refresh_from_db()
    return made


def offers(photo: Photo, by: User) -> list[object]:
    said = likely_officers_wanted.send(Photo, photo=photo, box=face_of(photo), viewer=by)
    return [offer for _, offer in said if offer]


def test_the_face_is_compared_by_a_worker_and_named_by_the_volunteer(photo: Photo) -> None:
    by, client = factories.user(), Client()
    client.force_login(by)
    page = address(photo, face_of(photo))
    assert offers(photo, by) == [("Officers who look like this face", page)]
    measured = engine.measured
    assert "compare the face" in client.get(page).content.decode()
    assert not Identification.objects.exists()
    assert client.post(page).status_code == 302
    assert "Comparing the face" in client.get(page).content.decode()
    assert engine.measured == measured
    work(identification.IDENTIFY)
    search = Identification.objects.get()
    assert (search.state, search.asked_by_volunteer) == ("done", True)
    assert AuditEvent.objects.filter(action="took somebody for police").count() <= 1
    candidate = Candidate.objects.get()
    shown = client.get(page).content.decode()
    assert f'name="officer" value="{candidate.officer_id}"' in shown
    assert "checked" not in shown
    assert not Face.objects.filter(photo=photo).exists()
    x, y, w, h = face_of(photo)
    chosen = {"x": x, "y": y, "w": w, "h": h, "officer": candidate.officer_id}
    client.post(reverse("photo-tag", args=[photo.pk]), chosen)
    face = Face.objects.get(photo=photo)
    assert (face.officer_id, face.tagged_by, face.reviewed_at) == (candidate.officer_id, by, None)


def test_it_is_forgotten_like_every_search(photo: Photo, settings: pytest.FixtureRequest) -> None:
    settings.PROBE_HOURS = 0  # type: ignore[attr-defined]
    client = Client()
    client.force_login(factories.user())
    client.post(address(photo, face_of(photo)))
    purge.expired()
    assert not Identification.objects.exists()
    assert not Candidate.objects.exists()


@pytest.mark.parametrize("why", ["not police", "not allowed", "illinois", "a question", "nobody"])
def test_where_it_is_not_offered_it_cannot_be_asked(photo: Photo, why: str) -> None:
    by, client = factories.user(), Client()
    if why != "nobody":
        client.force_login(by)
    if why == "not police":
        Photo.objects.update(police="")
    elif why == "not allowed":
        departments.forbid_matching(department=photo.department, by=factories.user(User.Role.ADMIN))
    elif why == "illinois":
        photo.filings.create(department=factories.department(state="IL"))
    elif why == "a question":
        Photo.objects.filter(pk=photo.pk).update(expires_at=timezone.now() + timedelta(hours=1))
    photo.refresh_from_db()
    if why != "nobody":
        assert offers(photo, by) == []
    waiting = OutboxEntry.objects.filter(job=identification.IDENTIFY).count()
    assert client.post(address(photo, face_of(photo))).status_code == (302 if why == "nobody" else 404)
    assert OutboxEntry.objects.filter(job=identification.IDENTIFY).count() == waiting
    assert not Identification.objects.exists()
