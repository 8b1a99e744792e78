"""Nothing is public before both looks, everybody but tagged officers is covered, and what is withdrawn is gone."""

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from officers import publishing, rendering, tagging
from officers.models import Assignment, Department, Face, Officer, Photo, Publication
from officers.problems import NotPossible
from oversight import outbox, storage
from oversight.models import AuditEvent, OutboxEntry
from privacy.shapes import Rectangle
from tests.officers.scene import BYSTANDER, FACE, Scene, State, address, bright, opened, run, waiting

pytestmark = pytest.mark.django_db


class TestBothLooks:
    def test_a_confirmed_tag_starts_the_work_and_shows_nothing(self, client: Client) -> None:
        scene = Scene()
        assert not Publication.objects.exists()
        scene.confirm()
        assert scene.row.state == State.MAKING
        assert waiting(publishing.FIND_COVERS) == [str(scene.photo.pk)]
        assert not Face.objects.public().exists()
        assert client.get(f"/photos/{scene.photo.pk}/").status_code == 404

    def test_the_tagger_is_no_second_person(self) -> None:
        scene = Scene()
        with pytest.raises(tagging.NotPossible):
            tagging.approve(face=scene.face, by=scene.tagger)
        assert not Publication.objects.exists()
        with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
            Publication.objects.create(
                photo=scene.photo, state=State.PUBLIC, version=uuid.uuid4(), looked_at=timezone.now()
            )

    def test_painted_but_not_looked_at_is_for_keepers_only(self, client: Client) -> None:
        scene = Scene()
        row = scene.rendered()
        for path in (address(row), f"/photos/{scene.photo.pk}/", f"/faces/{scene.face.pk}.jpg"):
            assert client.get(path).status_code == 404
        assert not Face.objects.public().exists()

    def test_after_both_it_is_public(self, client: Client) -> None:
        scene = Scene()
        row = scene.published()
        for path in (address(row), f"/photos/{scene.photo.pk}/", f"/faces/{scene.face.pk}.jpg"):
            assert client.get(path).status_code == 200
        assert scene.who.full_name in client.get(f"/photos/{scene.photo.pk}/").content.decode()
        assert f"/photos/{scene.photo.pk}/" in client.get(f"/officers/{scene.who.pk}/").content.decode()
        assert AuditEvent.objects.filter(action="published a photo").count() == 1

    def test_only_the_version_that_was_on_the_screen_is_published(self) -> None:
        scene = Scene()
        old = scene.rendered().version
        rendering.render_now(scene.photo)
        assert old is not None
        with pytest.raises(NotPossible):
            publishing.publish(photo=scene.photo, version=old.hex, by=scene.keeper)
        assert scene.row.state == State.WAITING

    @pytest.mark.parametrize(
        "row",
        [
            {"state": "public", "looked_at": None, "version": uuid.uuid4()},
            {"state": "public", "version": None},
            {"state": "waiting", "version": None},
            {"state": "withdrawn", "version": uuid.uuid4()},
        ],
    )
    def test_the_database_refuses_what_the_rules_do_not_know(self, row: dict[str, Any]) -> None:
        scene = Scene()
        scene.rendered()
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.update(**{"looked_at": timezone.now(), **row})

    def test_a_question_is_never_published(self) -> None:
        scene = Scene()
        scene.rendered()
        Photo.objects.update(expires_at=timezone.now() + timedelta(hours=1))
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.update(state=State.PUBLIC, looked_at=timezone.now())


class TestWhatIsServed:
    @pytest.mark.parametrize("ending", ["avif", "webp", "jpg"])
    def test_no_pixel_of_a_bystander_and_all_of_the_officer(self, client: Client, ending: str) -> None:
        row = Scene().published()
        pixels = opened(client.get(address(row, f"photo-320.{ending}")).content)
        assert bright(pixels, BYSTANDER) < 4
        assert bright(pixels, FACE) > 120

    def test_a_face_s_copy_covers_the_neighbour_in_it(self, client: Client) -> None:
        scene = Scene()
        scene.confirm()
        neighbour = Rectangle(105, 50, 20, 30)
        scene.found(FACE, neighbour)
        version = rendering.render_now(scene.photo)
        publishing.publish(photo=scene.photo, version=version.hex, by=scene.keeper)
        pixels = opened(client.get(f"/faces/{scene.face.pk}.jpg").content)
        assert pixels.shape[:2] == (152, 114)  # x 13 to 127, y 4 to 156
        assert bright(pixels, Rectangle(105 - 13, 50 - 4, 20, 30)) < 6
        assert bright(pixels, Rectangle(40 - 13, 40 - 4, 56, 80)) > 120

    def test_the_copies_carry_nothing_but_a_picture(self) -> None:
        row = Scene().published()
        assert row.version is not None
        _, names = storage._private().listdir(rendering.folder(row.version))
        assert len(names) >= 6
        for name in names:
            data = storage.read(f"{rendering.folder(row.version)}/{name}")
            image = Image.open(io.BytesIO(data))
            assert not image.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info), name
            assert b"Exif" not in data[:400]

    def test_two_versions_share_no_address(self) -> None:
        scene = Scene()
        one = scene.published().version
        scene.confirm()
        rendering.render_now(scene.photo)
        assert one != scene.row.version


def hide_officer(scene: Scene) -> None:
    Officer.objects.update(is_published=False)


def change_tag(scene: Scene) -> None:
    Face.objects.update(x=10)


CHANGES: dict[str, Callable[[Scene], Any]] = {
    "withdrawn": lambda s: publishing.withdraw(s.photo, s.keeper, "asked to"),
    "tag removed": lambda s: s.face.delete(),
    "tag rejected": lambda s: tagging.reject(face=s.face, by=s.keeper),
    "tag moved": change_tag,
    "officer hidden": hide_officer,
    "department hidden": lambda _: Department.objects.update(is_published=False),
    "officer left": lambda _: Assignment.objects.all().delete(),
    "photo forgotten": lambda s: s.photo.delete(),
    "more covered": lambda s: publishing.cover(photo=s.photo, boxes=[Rectangle(1, 1, 9, 9)], by=s.keeper),
}


class TestGoneAgain:
    @pytest.mark.parametrize("change", CHANGES)
    def test_whatever_changes_takes_it_away_at_once_and_its_files_after(
        self, change: str, stored_keys: Callable[[], list[str]]
    ) -> None:
        scene = Scene()
        row = scene.published()
        assert row.version is not None
        version, public = row.version, Client()
        assert len([key for key in stored_keys() if version.hex in key]) >= 6
        CHANGES[change](scene)
        for path in (address(row), f"/photos/{scene.photo.pk}/", f"/faces/{scene.face.pk}.jpg"):
            assert public.get(path).status_code == 404
        assert version.hex in waiting(publishing.ERASE)
        run(publishing.ERASE, rendering.erase)
        assert [key for key in stored_keys() if version.hex in key] == []

    def test_what_is_shown_is_not_erased_by_an_old_promise(
        self, stored_keys: Callable[[], list[str]]
    ) -> None:
        row = Scene().published()
        assert row.version is not None
        outbox.promise(job=publishing.ERASE, subject=row.version.hex, queue="bulk")
        run(publishing.ERASE, rendering.erase)
        assert [key for key in stored_keys() if row.version.hex in key]

    def test_withdrawn_and_refused_stay_so_until_somebody_asks(self) -> None:
        acts: list[Callable[[Scene], None]] = [
            lambda s: publishing.withdraw(s.photo, s.keeper, "asked to"),
            lambda s: publishing.refuse(photo=s.photo, by=s.keeper),
        ]
        for act in acts:
            scene = Scene()
            scene.rendered()
            act(scene)
            publishing.prepare(scene.photo)
            publishing.prepare_missing()
            Face.objects.filter(pk=scene.face.pk).update(x=11)
            assert scene.row.state in {State.WITHDRAWN, State.REFUSED}
            publishing.reconsider(photo=scene.photo, by=scene.keeper)
            assert scene.row.state == State.MAKING

    def test_withdrawing_comes_before_publishing_too(self) -> None:
        scene = Scene()
        publishing.withdraw(scene.photo, None, "a hold")
        scene.confirm()
        assert scene.row.state == State.WITHDRAWN

    def test_what_grew_old_is_made_again_by_itself(self) -> None:
        scene = Scene()
        scene.published()
        OutboxEntry.objects.all().delete()
        Face.objects.update(x=12)
        assert scene.row.state == State.STALE
        assert publishing.prepare_missing() == 1
        assert scene.row.state == State.MAKING
        assert publishing.prepare_missing() == 0
