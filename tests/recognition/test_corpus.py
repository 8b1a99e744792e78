"""Which photos matching may use: pruned by coordinators, made anew after a crash, written out where permitted."""

import csv
import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from officers import departments, tagging
from officers.models import Coordination, Department, Face
from oversight.models import AuditEvent, OutboxEntry, User
from recognition import engine, gallery
from recognition.models import FaceTemplate
from tests import factories
from tests.recognition.searching import enrol, enrolled, officer_of

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]


def coordinator(where: Department) -> User:
    by = factories.user()
    Coordination.objects.create(department=where, user=by)
    return by


def said(command: str, **options: object) -> str:
    out = io.StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def test_a_face_that_is_taken_out_loses_its_template_at_once_and_gets_a_new_one_later() -> None:
    where = enrolled(1, 2)
    by = coordinator(where)
    face = Face.objects.order_by("pk").first()
    assert face is not None
    tagging.use_for_recognition(face=face, is_used=False, by=by)
    assert set(FaceTemplate.objects.values_list("face_id", flat=True)) == set(
        Face.objects.exclude(pk=face.pk).values_list("pk", flat=True)
    )
    assert not gallery.missing(where.pk).exists()
    measured = engine.measured
    enrol(where)
    assert engine.measured == measured
    tagging.use_for_recognition(face=face, is_used=True, by=by)
    assert OutboxEntry.objects.filter(job=gallery.ENROL, subject=str(where.pk), state="waiting").exists()
    enrol(where)
    assert FaceTemplate.objects.filter(face=face).exists()
    assert AuditEvent.objects.filter(subject_id=str(face.pk), action="took a face out of matching").exists()


def test_raw_sql_cannot_leave_it_searchable_nor_bring_a_template_back() -> None:
    where = enrolled(1)
    template = FaceTemplate.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE officers_face SET use_for_recognition = false")
    assert not FaceTemplate.objects.exists()
    assert gallery.officers_enrolled(where.pk) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        template.save(force_insert=True)


def test_only_a_coordinator_of_the_department_prunes() -> None:
    where = enrolled(1)
    face = Face.objects.get()
    address = reverse("face-matching", args=[face.pk])
    for by in (factories.user(), coordinator(factories.department())):
        client = Client()
        client.force_login(by)
        assert client.post(address, {"use": "no"}).status_code == 404
    client = Client()
    client.force_login(coordinator(where))
    assert client.get(address).status_code == 405
    assert client.post(address, {"use": "no"}).status_code == 302
    face.refresh_from_db()
    assert (face.use_for_recognition, FaceTemplate.objects.exists()) == (False, False)


def test_the_page_of_a_photo_offers_it_to_coordinators_where_matching_is_allowed() -> None:
    where = enrolled(1)
    face = Face.objects.get()
    factories.publish(face.photo)
    keeper, address = coordinator(where), reverse("photo", args=[face.photo_id])
    button = "Do not use this photo for recognition"
    client = Client()
    assert button not in client.get(address).content.decode()
    client.force_login(keeper)
    assert button in client.get(address).content.decode()
    departments.forbid_matching(department=where, by=factories.user(User.Role.ADMIN))
    assert button not in client.get(address).content.decode()


def test_after_a_crash_of_the_database_the_gallery_is_promised_and_made_anew() -> None:
    """A crash empties an unlogged table; emptied here as a crash would leave it."""
    where = enrolled(1, 2)
    FaceTemplate.objects.all().delete()
    OutboxEntry.objects.all().delete()
    gallery.reconcile()
    assert OutboxEntry.objects.filter(job=gallery.ENROL, subject=str(where.pk), state="waiting").exists()
    enrol(where)
    assert FaceTemplate.objects.count() == 2


def test_rebuilding_says_how_far_it_is_and_goes_on_where_it_stopped() -> None:
    where = enrolled(1, 2)
    kept = FaceTemplate.objects.order_by("pk").first()
    assert kept is not None
    FaceTemplate.objects.exclude(pk=kept.pk).delete()
    before = engine.measured
    words = said("rebuild_gallery", department=where.pk)
    assert engine.measured == before + 1
    assert "1 of 1 ·" in words
    assert "2 officers can be searched, 0 faces left." in words
    assert "Nothing is missing." in said("rebuild_gallery")
    assert FaceTemplate.objects.get(pk=kept.pk).made_at == kept.made_at


@pytest.mark.parametrize("command", ["rebuild_gallery", "export_corpus"])
def test_where_it_is_not_permitted_both_refuse_in_plain_words(command: str) -> None:
    forbidden = factories.department(state="IL")
    measured = engine.measured
    with pytest.raises(CommandError, match="not permitted"):
        said(command, department=forbidden.pk)
    with pytest.raises(CommandError, match="no department"):
        said(command, department=987654)
    assert engine.measured == measured


def test_the_corpus_holds_public_faces_that_are_used_and_nothing_measured() -> None:
    where = enrolled(1, 2)
    shown, pruned = Face.objects.order_by("pk")
    for face in (shown, pruned):
        factories.publish(face.photo)
    Face.objects.filter(pk=pruned.pk).update(use_for_recognition=False)
    address = reverse("face-crop", args=[shown.pk])
    who = officer_of(shown)
    (row,) = list(csv.DictReader(io.StringIO(said("export_corpus", department=where.pk))))
    assert row == {"officer": str(who.pk), "name": who.full_name, "photo": row["photo"]}
    assert row["photo"].endswith(address)
    (as_json,) = json.loads(said("export_corpus", department=where.pk, format="json"))
    assert as_json["officer"] == who.pk
    assert set(as_json) == {"officer", "name", "photo"}
