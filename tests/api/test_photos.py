"""POST and GET photos/: what is taken in, what is refused and in which words, and what is never told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from officers import submissions
from officers.models import Department, Photo
from oversight import storage
from oversight.models import OutboxEntry
from oversight.throttles import SparingThrottle
from privacy.photos import MAX_BYTES
from tests import factories
from tests.api.conftest import CALLERS

pytestmark = pytest.mark.django_db
URL = "/api/v1/photos/"


def send(api: APIClient, data: bytes, department: Department | int, **more: Any) -> Any:
    return api.post(
        URL,
        {
            "photo": SimpleUploadedFile("IMG_2041 my name.jpg", data),
            "department": getattr(department, "pk", department),
            **more,
        },
    )


def test_a_photo_is_taken_in_and_its_work_promised(api: APIClient) -> None:
    where = factories.department()
    response = send(api, factories.picture(1), where)
    photo = Photo.objects.get()
    url = f"http://testserver{URL}{photo.pk}/"
    assert response.status_code == 202
    assert response.json() == {"id": str(photo.pk), "state": "received", "url": url}
    assert response["Location"] == url
    assert photo.department == where
    assert photo.expires_at is None
    promised = OutboxEntry.objects.get(job=submissions.FIND_HEADS)
    assert (promised.subject, promised.state) == (str(photo.pk), OutboxEntry.State.WAITING)
    assert storage.read(photo.key)[:2] == b"\xff\xd8"


def test_the_same_photo_twice_is_one_photo(api: APIClient) -> None:
    where = factories.department()
    first, again = send(api, factories.picture(1), where), send(api, factories.picture(1), where)
    assert first.json() == again.json()
    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "empty"),
        (b"hello", 400, "not_a_photo"),
        (b"%PDF-1.7 " + bytes(64), 400, "unsupported_format"),
        (factories.picture(1)[:2000], 400, "broken"),
        (b"\xff\xd8" + bytes(MAX_BYTES), 413, "too_large"),
    ],
)
def test_intake_refuses_with_a_code_and_a_sentence(
    api: APIClient, data: bytes, status: int, code: str
) -> None:
    response = send(api, data, factories.department())
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["detail"].endswith(".")
    assert not Photo.objects.exists()
    assert not OutboxEntry.objects.exists()


def test_a_form_error_names_the_fields(api: APIClient) -> None:
    response = api.post(URL, {"photo": "not a file"})
    assert response.status_code == 400
    assert set(response.json()["fields"]) == {"photo", "department"}


@pytest.mark.parametrize("department", [0, 10**30, "x", True])
def test_an_odd_department_is_a_form_error(api: APIClient, department: Any) -> None:
    response = send(api, factories.picture(1), department)
    assert (response.status_code, list(response.json()["fields"])) == (400, ["department"])


def test_a_photo_for_an_unpublished_department_is_not_taken(api: APIClient) -> None:
    response = send(api, factories.picture(1), factories.department(is_published=False))
    assert (response.status_code, list(response.json()["fields"])) == (400, ["department"])
    assert not Photo.objects.exists()


def test_a_photo_goes_from_received_to_examined(api: APIClient) -> None:
    photo = factories.photo(factories.department(), is_examined=False)
    assert api.get(f"{URL}{photo.pk}/").json() == {
        "id": str(photo.pk),
        "state": "received",
        "width": 320,
        "height": 240,
        "heads": [],
        "presence": None,
    }
    factories.head(photo)
    Photo.objects.filter(pk=photo.pk).update(heads_found_at=timezone.now())
    shown = api.get(f"{URL}{photo.pk}/").json()
    assert shown["state"] == "examined"
    assert shown["heads"] == [{"number": 1, "x": 10, "y": 10, "width": 40, "height": 50}]
    assert shown["presence"] is None


@pytest.mark.plugin
@pytest.mark.skipif(not apps.is_installed("recognition"), reason="needs the recognition plugin")
def test_a_classified_photo_says_what_the_model_thinks(api: APIClient) -> None:
    from recognition.models import PresenceResult

    photo = factories.photo(factories.department())
    PresenceResult.objects.create(
        photo=photo,
        decision="review",
        score=0.5,
        labels=[{"name": "uniform", "score": 0.4}],
        boxes=[[1, 2, 3, 4]],
        backend="local",
        model_version="7",
    )
    shown = api.get(f"{URL}{photo.pk}/").json()
    assert shown["state"] == "classified"
    assert shown["presence"] == {
        "decision": "review",
        "score": 0.5,
        "labels": [{"name": "uniform", "score": 0.4}],
        "backend": "local",
        "model_version": "7",
    }


def test_nothing_says_who_sent_it_or_where_it_lies(api: APIClient) -> None:
    api.credentials(HTTP_USER_AGENT="very-own-browser", REMOTE_ADDR="203.0.113.7")
    answer = send(api, factories.picture(1), factories.department()).json()
    photo = Photo.objects.get()
    told = api.get(answer["url"]).content.decode() + str(answer)
    for secret in (
        photo.key,
        photo.upload_sha256,
        photo.pixel_sha256,
        "very-own-browser",
        "203.0.113.7",
        "IMG_2041",
    ):
        assert secret not in told


def test_a_kept_photo_cannot_be_read_as_a_picture(api: APIClient) -> None:
    photo = factories.photo(factories.department())
    url = f"{URL}{photo.pk}/"
    for response in (
        api.get(url, HTTP_ACCEPT="image/jpeg"),
        api.get(f"{url}?format=jpg"),
        api.get(f"{url[:-1]}.jpg"),
    ):
        assert not response.get("Content-Type", "").startswith("image/")


@pytest.mark.parametrize("pk", ["00000000-0000-4000-8000-000000000000", "1", "x"])
def test_an_unknown_photo_is_not_found(api: APIClient, pk: str) -> None:
    response = api.get(f"{URL}{pk}/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_photos_are_not_listed(api: APIClient) -> None:
    assert api.get(URL).status_code == 405


def test_a_question_whose_time_is_over_is_gone_before_the_sweeper_comes(api: APIClient) -> None:
    over = timezone.now() - timedelta(seconds=1)
    photo = factories.photo(factories.department(), expires_at=over)
    assert api.get(f"{URL}{photo.pk}/").status_code == 404


def test_sending_is_limited_and_reading_is_not_counted_with_it(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SparingThrottle, "THROTTLE_RATES", {"read": "120/min", "photos": "2/hour"})
    where = factories.department()
    for number in (1, 2):
        assert send(api, factories.picture(number), where).status_code == 202
    refused = send(api, factories.picture(3), where)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert int(refused["Retry-After"]) > 0
    assert api.get("/api/v1/departments/").status_code == 200
    assert Photo.objects.count() == 2


def test_a_session_must_prove_that_its_own_page_asked() -> None:
    """A stranger has no session to abuse; somebody with an account could be made to send by another site."""
    where = factories.department()
    client = APIClient(enforce_csrf_checks=True)
    assert send(client, factories.picture(1), where).status_code == 202
    client.force_login(factories.user())
    refused = send(client, factories.picture(2), where)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


@pytest.mark.parametrize("caller", CALLERS)
def test_looking_at_a_photo_costs_the_same_however_many_heads(
    caller: str,
    client_of: Callable[..., tuple[APIClient, int]],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    where = factories.department()
    photo = factories.photo(where)
    client, own = client_of(caller, where)
    for number in range(1, 6):
        with django_assert_num_queries(own + 2):  # the photo with its presence, its heads
            assert client.get(f"{URL}{photo.pk}/").status_code == 200
        factories.head(photo, number=number)
