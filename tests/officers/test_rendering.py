"""The worker's side of publishing, and the masks that people draw and lift."""

from typing import Any

import pytest

from officers import publishing, rendering
from officers.models import Face, Publication
from officers.problems import NotPossible
from oversight import outbox, storage
from privacy import heads, renditions
from privacy.heads import Head
from privacy.shapes import Rectangle
from tests import factories
from tests.officers.scene import BYSTANDER, FACE, Scene, State, bright, opened, run, waiting

pytestmark = pytest.mark.django_db


class TestTheJobs:
    @pytest.fixture(autouse=True)
    def found_heads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Noise has no heads: say where they are. (tests/privacy tests the finder on faces.)"""
        found = [Head(*FACE, 0.9), Head(*BYSTANDER, 0.8)]
        monkeypatch.setattr(heads, "find_heads_to_cover", lambda _: found)

    def test_from_the_confirmed_tag_to_the_look(self) -> None:
        scene = Scene()
        scene.confirm()
        run(publishing.FIND_COVERS, rendering.find_covers)
        assert [each.box for each in scene.photo.covers.all()] == [FACE, BYSTANDER]
        run(publishing.RENDER, rendering.render)
        row = scene.row
        assert (row.state, row.version is not None) == (State.WAITING, True)
        assert row.version is not None
        assert row.version.hex not in waiting(publishing.ERASE)
        pixels = opened(storage.read(f"{rendering.folder(row.version)}/photo-320.jpg"))
        assert (bright(pixels, BYSTANDER) < 4, bright(pixels, FACE) > 120) == (True, True)

    def test_a_tag_that_moves_while_it_is_painted_is_not_published_as_it_was(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scene = Scene()
        scene.confirm()
        run(publishing.FIND_COVERS, rendering.find_covers)
        really = renditions.renditions

        def moved_meanwhile(*args: Any) -> dict[str, bytes]:
            Face.objects.update(x=99)
            publishing.prepare(scene.photo)
            return really(*args)

        monkeypatch.setattr(renditions, "renditions", moved_meanwhile)
        run(publishing.RENDER, rendering.render)
        assert (scene.row.state, scene.row.version) == (State.MAKING, None)
        assert waiting(publishing.RENDER) == [str(scene.photo.pk)]

    def test_what_is_not_wanted_any_more_is_not_made(self) -> None:
        scene = Scene()
        scene.confirm()
        publishing.withdraw(scene.photo, scene.keeper, "")
        outbox.promise(job=publishing.RENDER, subject=str(scene.photo.pk), queue="photos")
        run(publishing.RENDER, rendering.render)
        assert (scene.row.state, waiting(publishing.RENDER)) == (State.WITHDRAWN, [])

    def test_drawn_boxes_outlive_a_new_search_for_heads(self) -> None:
        scene = Scene()
        scene.rendered()
        publishing.cover(photo=scene.photo, boxes=[Rectangle(300, 200, 50, 90)], by=scene.keeper)
        Publication.objects.update(covers_found_at=None)
        publishing._make(scene.photo)
        run(publishing.FIND_COVERS, rendering.find_covers)
        drawn = scene.photo.covers.get(is_drawn=True)
        assert (drawn.box, drawn.number) == (Rectangle(300, 200, 20, 40), 3)


class TestMasks:
    def test_a_bystander_s_mask_stays_whatever_is_asked(self) -> None:
        scene = Scene()
        scene.rendered()
        with pytest.raises(NotPossible, match="stays"):
            publishing.lift(photo=scene.photo, number=2, by=scene.keeper)
        publishing.lift(photo=scene.photo, number=1, by=scene.keeper)
        assert scene.photo.covers.get(number=1).is_lifted
        rendering.render_now(scene.photo)
        publishing.put_back(photo=scene.photo, by=scene.keeper)
        assert not scene.photo.covers.filter(is_lifted=True).exists()

    def test_a_drawn_box_covers_and_can_be_taken_away(self) -> None:
        scene = Scene()
        scene.rendered()
        assert publishing.cover(photo=scene.photo, boxes=[Rectangle(0, 200, 30, 30)], by=scene.keeper) == 1
        version = rendering.render_now(scene.photo)
        assert (
            bright(
                opened(storage.read(f"{rendering.folder(version)}/photo-320.jpg")), Rectangle(2, 202, 25, 25)
            )
            < 6
        )
        publishing.lift(photo=scene.photo, number=3, by=scene.keeper)
        assert scene.photo.covers.count() == 2

    def test_the_first_photo_of_an_officer_is_chosen(self) -> None:
        scene = Scene()
        scene.published()
        other = factories.face(scene.who, factories.photo(scene.where), is_featured=True)
        publishing.feature(face=scene.face, by=scene.keeper)
        other.refresh_from_db()
        assert not other.is_featured
        assert Face.objects.public_with_pictures().first() == scene.face
