"""However a search gets there, it finds exactly the officers that counting everybody finds."""

import itertools
from collections import defaultdict

import numpy as np
import pytest

from officers.models import Department, Face, Hold, Officer
from recognition import calibration, engine, gallery
from recognition.models import FaceTemplate
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.plugin]

PROBE = np.zeros(128)


@pytest.fixture
def where() -> Department:
    """Fourteen officers with one to four photos each, some near and far at once; five of them serve elsewhere."""
    where, elsewhere = factories.department(allowed=True), factories.department(allowed=True)
    chance = np.random.default_rng(5)
    for number in range(14):
        who = factories.officer(elsewhere if number % 3 == 1 else where)
        for _ in range(1 + number % 4):
            face = factories.face(who, factories.photo(where))
            numbers = np.concatenate([chance.uniform(-0.7, 0.7, 3), np.zeros(125)])
            FaceTemplate.objects.create(
                face=face, officer=who, photo=face.photo, engine=engine.NAME, template=numbers
            )
    return where


def counted(where: Department, most: int) -> list[tuple[int, int, float]]:
    """Everybody's photos, one after the other, in Python."""
    held = set(Hold.objects.standing().values_list("photo", flat=True))
    distances: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for t in FaceTemplate.objects.filter(officer__assignments__department=where):
        if t.photo_id not in held and t.officer.is_published:
            distances[t.officer_id].append((float(np.linalg.norm(np.array(t.template))), t.face_id))
    together = sorted(
        (calibration.together([d for d, _ in photos]), officer) for officer, photos in distances.items()
    )
    return [(officer, min(distances[officer])[1], round(d, 5)) for d, officer in together[:most]]


def found(where: Department, most: int) -> list[tuple[int, int, float]]:
    nearest = gallery.search(template=engine.Template(PROBE), department_id=where.pk, most=most)
    return [(n.officer_id, n.face_id, round(n.distance, 5)) for n in nearest]


def test_every_way_finds_what_counting_everybody_finds(
    where: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    for first, most, is_large in itertools.product([1, 2, 5, 12, 400], [1, 3, 20], [True, False]):
        monkeypatch.setattr(gallery, "_FIRST", first)
        monkeypatch.setattr(gallery, "_is_large", lambda _, large=is_large: large)
        assert found(where, most) == counted(where, most), (first, most, is_large)


@pytest.mark.parametrize("first", [1, 400])
def test_who_is_hidden_meanwhile_is_not_found_and_makes_room(
    where: Department, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """Near, but hidden or held: the next ones take their places."""
    monkeypatch.setattr(gallery, "_FIRST", first)
    (nearest, _, _), (_, face, _) = found(where, 2)
    Officer.objects.filter(pk=nearest).update(is_published=False)
    Hold.objects.create(photo=Face.objects.get(pk=face).photo, reason="safety")
    after = found(where, 4)
    assert after == counted(where, 4)
    assert len(after) == 4
    assert nearest not in {officer for officer, _, _ in after}
    assert face not in {shown for _, shown, _ in after}


def test_the_ways_are_really_different(where: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the tests above would try one and the same three times."""
    ways: list[str] = []
    nearest = gallery._nearest

    def noted(which: str, department_id: int, asked: dict[str, object]) -> list[tuple[object, ...]]:
        ways.append(which)
        return nearest(which, department_id, asked)

    monkeypatch.setattr(gallery, "_nearest", noted)
    for first, is_large in [(400, True), (3, True), (1, True), (1, False)]:
        monkeypatch.setattr(gallery, "_FIRST", first)
        monkeypatch.setattr(gallery, "_is_large", lambda _, large=is_large: large)
        found(where, 2)
    assert set(ways) == {gallery._OF_THE_NEAREST, gallery._OF_THOSE_WITHIN, gallery._OF_ALL}
