"""The tagging page without scripts: face, search, choice and saving are plain forms. And what a plugin may add."""

from typing import Any

import pytest
from django.test import Client

from officers import tagging
from officers.models import Coordination, Face, Photo
from officers.signals import likely_officers_wanted
from privacy.shapes import Rectangle
from tests import factories
from tests.officers.test_volunteers_pages import head, person

pytestmark = pytest.mark.django_db


class TestTagging:
    @pytest.fixture
    def photo(self) -> Photo:
        photo = factories.photo(factories.department())
        Photo.objects.update(police="yes")
        head(photo, 1, 150)
        head(photo, 2, 20)
        return photo

    def test_find_choose_save_and_the_next_face(self, client: Client, photo: Photo) -> None:
        who = factories.officer(photo.department, badge="4711", first_name="Zoe")
        factories.officer(factories.department(), badge="4711", first_name="Elsewhere")
        by = person(client)
        page = client.get("/tag/", follow=True)
        assert page.context["photo"] == photo
        found = client.get(f"/photos/{photo.pk}/tag/?face=1&q=471")
        assert [card.officer_id for card in found.context["cards"]] == [who.pk]
        assert "Who is face 1?" in found.content.decode()
        x, y, w, h = found.context["box"]
        assert (x, y, w, h) == (20, 20, 40, 50)  # numbered from the left
        sent = {"x": x, "y": y, "w": w, "h": h, "officer": who.pk}
        saved = client.post(f"/photos/{photo.pk}/tag/", sent, follow=True)
        assert saved.context["photo"] == photo  # one face is left
        assert len(saved.context["faces"]) == 1
        assert who.full_name in saved.content.decode()
        face = Face.objects.get()
        assert (face.officer, face.tagged_by, face.reviewed_at) == (who, by, None)
        assert not Face.objects.public().exists()
        done = client.post(f"/photos/{photo.pk}/tag/", {**sent, "x": 150, "officer": "unknown"}, follow=True)
        assert "Nothing to tag" in done.content.decode()
        assert Face.objects.filter(officer=None).count() == 1

    @pytest.mark.parametrize(
        ("sent", "why"),
        [
            ({"x": "20", "y": "20", "w": "40", "h": "50"}, "Choose an officer"),
            ({"x": "20", "y": "20", "w": "400", "h": "50", "officer": "unknown"}, "Point at a face first"),
            ({"x": "20", "y": "20", "w": "4", "h": "50", "officer": "unknown"}, "Point at a face first"),
            ({"x": "-1", "y": "²", "w": "40", "h": "", "officer": "unknown"}, "Point at a face first"),
            ({"x": "20", "y": "20", "w": "40", "h": "50", "officer": "9" * 30}, "Choose an officer"),
        ],
    )
    def test_a_mistake_says_so_and_keeps_the_box(
        self, client: Client, photo: Photo, sent: Any, why: str
    ) -> None:
        person(client)
        page = client.post(f"/photos/{photo.pk}/tag/", {**sent, "q": "typed"}, follow=True)
        assert why in page.content.decode()
        assert not Face.objects.exists()
        assert page.context["own_box"]["x"] == sent["x"]
        assert page.context["words"] == "typed"

    def test_officers_elsewhere_or_hidden_cannot_be_chosen(self, client: Client, photo: Photo) -> None:
        person(client)
        hidden = factories.officer(photo.department, is_published=False)
        for who in (hidden, factories.officer(factories.department())):
            box = {"x": 20, "y": 20, "w": 40, "h": 50}
            client.post(f"/photos/{photo.pk}/tag/", {**box, "officer": who.pk})
        assert not Face.objects.exists()

    def test_the_name_of_a_hidden_officer_is_told_to_who_keeps_the_department_only(
        self, client: Client, photo: Photo
    ) -> None:
        hidden = factories.officer(photo.department, is_published=False, last_name="Undercover")
        factories.face(hidden, photo, reviewed=False)
        by = person(client)
        page = client.get(f"/photos/{photo.pk}/tag/?q=under").content.decode()
        assert "Undercover" not in page
        assert "An officer who is not public" in page
        Coordination.objects.create(user=by, department=photo.department)
        assert "Undercover" in client.get(f"/photos/{photo.pk}/tag/").content.decode()

    def test_an_exact_badge_comes_before_those_that_begin_so(self, client: Client, photo: Photo) -> None:
        person(client)
        for badge in ("120", "12", "121"):
            factories.officer(photo.department, badge=badge, last_name=f"Zed {badge}")
        factories.officer(photo.department, badge="9", last_name="Aaron 12")
        cards = client.get(f"/photos/{photo.pk}/officers/?q=12").context["cards"]
        assert [card.badge for card in cards] == ["12", "120", "121", "9"]

    def test_nobody_i_can_identify_takes_it_out_until_a_coordinator_puts_it_back(
        self, client: Client, photo: Photo
    ) -> None:
        keeper = person(client)
        page = client.post(f"/photos/{photo.pk}/nobody/", follow=True)
        assert "Nothing to tag" in page.content.decode()
        Coordination.objects.create(user=keeper, department=photo.department)
        assert str(photo.pk) in client.get("/photos/open/").content.decode()
        client.post(f"/photos/{photo.pk}/ask-again/")
        assert client.get("/tag/", follow=True).context["photo"] == photo

    def test_ones_own_tag_can_be_given_to_somebody_else(self, client: Client, photo: Photo) -> None:
        by = person(client)
        face = tagging.tag(
            photo=photo, officer=factories.officer(photo.department), box=Rectangle(20, 20, 40, 50), by=by
        )
        page = client.post(f"/tags/{face.pk}/withdraw/", follow=True)
        assert not Face.objects.exists()
        assert page.context["box"] == Rectangle(20, 20, 40, 50)

    def test_two_people_are_not_sent_to_one_photo(self, client: Client, photo: Photo) -> None:
        person(client)
        assert client.get("/tag/", follow=True).context["photo"] == photo
        other = Client()
        person(other)
        assert "Nothing to tag" in other.get("/tag/").content.decode()

    def test_a_plugin_can_offer_likely_officers(self, client: Client, photo: Photo) -> None:
        person(client)

        def offer(box: Rectangle, **_: Any) -> tuple[str, str]:
            return "Officers who look alike", f"/alike/?x={box.x}"

        likely_officers_wanted.connect(offer)
        try:
            page = client.get(f"/photos/{photo.pk}/tag/?face=2").content.decode()
        finally:
            likely_officers_wanted.disconnect(offer)
        assert 'href="/alike/?x=150"' in page
        assert "Officers who look alike" not in client.get(f"/photos/{photo.pk}/tag/?face=2").content.decode()
