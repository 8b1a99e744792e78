"""Ways round the guard that begin with a person: who sends, tags, asks the API, is an admin, has a warrant."""

import io
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from officers import tagging
from officers.models import Department, Face, Officer, Photo
from oversight import gate, second_factor, storage
from oversight.gate import MatchingForbidden, Stage
from oversight.models import AuditEvent, OutboxEntry, User
from privacy.shapes import Rectangle
from recognition import engine, gallery, identification
from recognition.models import FaceTemplate
from tests import factories
from tests.recognition.guard_world import World
from tests.recognition.searching import enrol, face_of
from tests.recognition.test_engine import LAWFUL, side_by_side
from tests.recognition.ways_round.context import Ways, found
from tests.recognition.ways_round.inventory import INVENTORY

SMUGGLED = {
    "is_facial_recognition_allowed": True,
    "recognition_legal_basis": factories.LEGAL_BASIS,
    "recognition_review_due": "2099-01-01",
    "state": "OH",
    "ever_prohibited": False,
    "taken_in_prohibited_place": False,
    "is_published": True,
    "reviewed_at": "2026-01-01T00:00:00Z",
    "template": [0.1] * 128,
    "candidates": [{"officer": 1, "chance": 1.0}],
    "state_id": "OH",
    "permit": True,
}


def _copies(jpeg: bytes) -> list[bytes]:
    """What a stranger does to a photo without meaning to: other quality, other size, a little cut off."""
    image = Image.open(io.BytesIO(jpeg)).convert("RGB")
    width, height = image.size
    shapes = [image.resize((width * part // 100, height * part // 100)) for part in (50, 75, 90, 125)]
    shapes += [image.crop((cut, cut, width - cut, height - cut)) for cut in (2, 5, 8)]
    made = [_as_jpeg(shape, 90) for shape in shapes]
    return made + [_as_jpeg(image, quality) for quality in (50, 70, 80, 95)]


def _as_jpeg(image: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def same_photo_again(ways: Ways) -> None:
    """The same bytes or pixels are one photo, also after it was deleted; a copy looks like it. Larger cuts do not."""
    from officers import submissions
    from tests.officers.test_submissions import SAN_FRANCISCO, taken_at

    here, illinois = factories.department(allowed=True), factories.department(state="IL")
    original = factories.picture(next(ways.numbers))
    submissions.receive(data=original, department=illinois)
    for data in (original, taken_at(original, SAN_FRANCISCO)):
        photo = submissions.receive(data=data, department=here).photo
        assert photo.ever_prohibited
        with pytest.raises(MatchingForbidden):
            identification.request(photo=photo, department=here, box=face_of(photo))
    submissions.forget(photo)
    again = submissions.receive(data=original, department=here).photo
    again.refresh_from_db()
    assert again.ever_prohibited
    for data in _copies(storage.read(again.key)):
        copy = submissions.receive(data=data, department=here).photo
        copy.refresh_from_db()
        assert copy.pk != again.pk
        assert copy.ever_prohibited
        with pytest.raises(MatchingForbidden):
            identification.request(photo=copy, department=here, box=face_of(copy))


def sender_lies(ways: Ways) -> None:
    """A photo of an Illinois officer, sent as one of Ohio: nobody of Illinois is in any gallery to be found."""
    where, illinois = ways.department(), factories.department(state="IL")
    who = ways.add_officer(illinois)
    enrol(illinois)
    calls = ways.library.calls
    asked = ways.search(where, at=30)
    assert (asked.state, asked.candidates_found) == ("done", 0)
    assert who.pk not in found(where)
    assert not FaceTemplate.objects.filter(officer=who).exists()
    assert ways.library.calls == calls + 1
    pytest.skip(
        "Only in part: no Illinois officer can be found, but the probe of a sender who lies is measured, in memory,"
        " for a second. Nobody can know before; software cannot close this."
    )


def fields_smuggled_into_the_api(_ways: Ways) -> None:
    """Every address of the API, every verb, as an admin, with fields that nobody asked for."""
    world = World.make(allowed=False)
    illinois = factories.department(state="IL")
    change = Officer.objects.filter(pk=world.officer.pk)
    change.update(ever_prohibited=True)
    api = APIClient()
    api.force_login(factories.user(User.Role.ADMIN))
    document = api.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json").json()
    ids = {"departments": illinois.pk, "officers": world.officer.pk, "photos": world.photo.pk}
    before, tried = _doors(), 0
    for path in document["paths"]:
        address = path.replace("{id}", str(ids.get(path.split("/")[3], world.search.pk)))
        for method in ("post", "put", "patch"):
            body = {**SMUGGLED, "department": illinois.pk, "officer": world.officer.pk}
            response = getattr(api, method)(address, body, format="json")
            assert response.status_code < 500, (method, address, response.content)
            tried += 1
    assert tried > 30
    assert _doors() == before
    assert world.measured() == (0, 0)
    schemas = str(document["components"]["schemas"]).lower()
    assert not [
        word for word in ("ever_prohibited", "embedding", "'template'", "distance") if word in schemas
    ]


def _doors() -> list[Any]:
    fields = "is_facial_recognition_allowed", "recognition_legal_basis", "recognition_review_due", "state_id"
    return [
        list(Department.objects.order_by("pk").values_list("pk", *fields)),
        list(Officer.objects.order_by("pk").values_list("pk", "ever_prohibited", "is_published")),
        list(Photo.objects.order_by("pk").values_list("pk", "ever_prohibited", "taken_in_prohibited_place")),
        list(Face.objects.order_by("pk").values_list("pk", "reviewed_at")),
    ]


def tag_by_eye(ways: Ways) -> None:
    """A person may say who it is; approving the tag does not measure the face, and no field could say so."""
    illinois = factories.department(state="IL")
    who = factories.officer(illinois)
    photo = factories.photo(illinois, jpeg=factories.picture(next(ways.numbers)))
    face = tagging.tag(photo=photo, officer=who, box=face_of(photo), by=factories.user())
    tagging.approve(face=face, by=factories.user())
    assert Face.objects.get(pk=face.pk).reviewed_at
    assert not OutboxEntry.objects.filter(job=gallery.ENROL).exists()
    enrol(illinois)
    assert ways.library.calls == 0
    assert not FaceTemplate.objects.exists()
    named = [
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if "recognition" in field.name or "measure" in field.name or "match" in field.name
    ]
    assert sorted(named) == [
        "is_facial_recognition_allowed",
        "matched_by",  # how a row of a roster found its officer, by number or name
        "recognition_legal_basis",
        "recognition_review_due",
        "use_for_recognition",  # closes only: tests/recognition/test_corpus.py
    ]


def bystanders(ways: Ways) -> None:
    """Tagged beside an allowed one: the whole photo is marked. In the box besides: nobody is measured."""
    where = ways.department()
    who = Officer.objects.get(assignments__department=where)
    photo = who.faces.get().photo
    factories.face(factories.officer(factories.department(state="IL")), photo)
    photo.refresh_from_db()
    assert photo.ever_prohibited
    assert not FaceTemplate.objects.exists()
    calls = ways.library.calls
    enrol(where)
    assert ways.library.calls == calls
    wrongly = World.make().enrol()
    Face.objects.filter(pk=wrongly.face.pk).update(officer=factories.officer(wrongly.department))
    assert wrongly.measured() == (0, 0)
    ways.monkeypatch.undo()  # the real library from here on
    jpeg, before = side_by_side(1, 2), engine.measured
    with Image.open(io.BytesIO(jpeg)) as both:
        everything = Rectangle(0, 0, both.width, both.height)
    with pytest.raises(engine.FaceUnusable, match="several_faces"):
        engine.measure(jpeg=jpeg, box=everything, permit=gate.check(LAWFUL, Stage.COMPUTE))
    assert engine.measured == before


def one_admin_alone(ways: Ways) -> None:
    """Who is no admin, has no second factor, or showed it long ago, opens nothing. Who may is seen by every admin."""
    where, other = factories.department(), factories.user(User.Role.ADMIN)
    admin = _client(User.Role.ADMIN, has_second_factor=True)
    assert _allow(_client(User.Role.VOLUNTEER, has_second_factor=True), where) == "403"
    assert _allow(_client(User.Role.ADMIN, has_second_factor=False), where) == "403"
    with ways.monkeypatch.context() as later:
        passed = time.time() + second_factor.FRESH_SECONDS + 5
        later.setattr(second_factor, "time", SimpleNamespace(time=lambda: passed))
        assert _allow(admin, where) == "302 /accounts/2fa/reauthenticate/"
    assert not Department.objects.filter(is_facial_recognition_allowed=True).exists()
    assert not AuditEvent.objects.filter(action="allowed matching").exists()
    with ways.request.getfixturevalue("django_capture_on_commit_callbacks")(execute=True):
        assert _allow(admin, where) == f"302 /departments/{where.pk}/"
    assert Department.objects.get(is_facial_recognition_allowed=True) == where
    assert AuditEvent.objects.filter(action="allowed matching").count() == 1
    (letter,) = mail.outbox
    assert other.email in letter.to
    assert where.name in Client().get("/transparency/").content.decode()
    _needs_two_where_the_site_says_so(ways, admin)


def _needs_two_where_the_site_says_so(ways: Ways, admin: Client) -> None:
    """With the setting, neither the same admin again nor a new account is the second one."""
    ways.monkeypatch.setattr(settings, "SECOND_APPROVER", True)
    where = factories.department()
    assert _allow(admin, where) == f"302 /departments/{where.pk}/"
    young = _client(User.Role.ADMIN, has_second_factor=True)
    for approver in (admin, young):
        approver.post(f"/departments/{where.pk}/matching/approve/")
        assert not Department.objects.get(pk=where.pk).is_facial_recognition_allowed
    User.objects.update(date_joined=timezone.now() - timedelta(days=31))
    young.post(f"/departments/{where.pk}/matching/approve/")
    assert Department.objects.get(pk=where.pk).is_facial_recognition_allowed


def _client(role: str, *, has_second_factor: bool) -> Client:
    """Somebody signed in, who has shown their second factor just now on allauth's own page, or has none."""
    person, client = factories.user(role), Client()
    client.force_login(person)
    if has_second_factor:
        secret = generate_totp_secret()
        TOTP.activate(person, secret)
        code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
        assert client.post("/accounts/2fa/reauthenticate/", {"code": code}).status_code == 302
    return client


def _allow(client: Client, where: Department) -> str:
    """Send the form. Returns the status and where it leads to."""
    due = timezone.now().date() + timedelta(days=30)
    form = {"legal_basis": factories.LEGAL_BASIS, "review_due": due.isoformat()}
    response = client.post(f"/departments/{where.pk}/matching/", form)
    return f"{response.status_code} {response.get('Location', '').partition('?')[0]}".strip()


def subpoena(ways: Ways) -> None:
    """Nothing is stored but what the inventory names: no address of a visitor, no template of a probe."""
    ours = {"oversight", "officers", "recognition", "privacy"}
    stored = {
        model._meta.label: " ".join(str(field.column) for field in model._meta.concrete_fields)
        for model in apps.get_models()
        if model._meta.app_label in ours
    }
    assert stored == INVENTORY
    columns = set(" ".join(stored.values()).split())
    assert not [name for name in columns if name in {"ip", "address", "user_agent", "latitude", "longitude"}]
    where = ways.department()
    asked = ways.search(where)
    assert FaceTemplate.objects.count() == 1
    assert not FaceTemplate.objects.filter(photo=asked.photo).exists()
    Department.objects.filter(pk=where.pk).update(is_facial_recognition_allowed=False)
    assert not FaceTemplate.objects.exists()
