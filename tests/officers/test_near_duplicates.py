""" "Looks like that photo": a hint for people who sort and review, in one query for a page."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from officers.models import Photo
from officers.near_duplicates import near_duplicates, near_duplicates_of
from oversight.models import User
from tests import factories

pytestmark = pytest.mark.django_db
LOOK = 0x0FED_CBA9_8765_4321


def looking(like: int, **fields: Any) -> Photo:
    where = fields.pop("where", None) or factories.department()
    sha256 = f"{Photo.objects.count():064}"
    return Photo.objects.create(
        department=where,
        width=9,
        height=9,
        upload_sha256=sha256,
        pixel_sha256=sha256,
        perceptual_hash=like,
        **fields,
    )


def test_the_most_alike_come_first_and_open_questions_never(django_assert_num_queries: Any) -> None:
    photo = looking(LOOK)
    third, first = looking(LOOK ^ 0b111), looking(LOOK ^ 1)
    looking(LOOK, expires_at=timezone.now() + timedelta(hours=1))
    looking(LOOK ^ 0x1FF)
    looking(~LOOK)
    with django_assert_num_queries(1):
        assert near_duplicates(photo) == [first.pk, third.pk]
    with django_assert_num_queries(1):
        found = near_duplicates_of([photo, first, third], most=1)
    assert found == {photo.pk: [first.pk], first.pk: [photo.pk], third.pk: [first.pk]}
    with django_assert_num_queries(0):
        assert near_duplicates(Photo(perceptual_hash=None)) == []


def test_a_volunteer_sees_it_while_sorting_and_a_keeper_while_reviewing(client: Any) -> None:
    client.force_login(factories.user(User.Role.ADMIN))
    jpeg = factories.picture(1)
    where = factories.department()
    photo = factories.photo(where, jpeg=jpeg)
    smaller = factories.smaller(jpeg)
    again = factories.photo(where, jpeg=smaller)
    for shown, alike in ((photo, again), (again, photo)):
        page = client.get(f"{reverse('photo-queue')}?photo={shown.pk}").content.decode()
        assert "Looks like" in page
        assert reverse("photo-image", args=[alike.pk]) in page
    factories.face(factories.officer(where), again, reviewed=False)
    page = client.get(reverse("review")).content.decode()
    assert "Looks like" in page
    assert reverse("photo-image", args=[photo.pk]) in page
