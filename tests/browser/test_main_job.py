"""The main job as people do it: from a photo of an officer without a name to that photo on the officer's page."""

import pytest

from officers.models import Face, Photo
from tests.browser import demo
from tests.browser.conftest import Visit
from tests.browser.visitor import SLOWEST_JOB

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.plugin]

WAYS = [
    pytest.param("desktop", True, "007", "02", id="desktop"),
    pytest.param("phone", True, "010", "03", id="phone"),
    pytest.param("phone", False, "022", "04", id="phone-without-scripts"),
]


@pytest.mark.parametrize(("size", "scripts", "number", "scene"), WAYS)
def test_a_hidden_name_is_found_and_the_photo_reaches_the_officers_page(
    visit: Visit, size: str, scripts: bool, number: str, scene: str
) -> None:
    sender, officer = visit(size, scripts=scripts), demo.officer(number)
    before = Face.objects.public().filter(officer=officer).count()

    sender.ask(demo.other_photo(number), demo.ALLOWED)
    first = sender.page.locator(".candidate").first
    assert officer.full_name in first.inner_text()
    assert "match" in first.inner_text()
    first.get_by_role("button", name="This is the officer").click()
    sender.page.get_by_role("heading", name="Thank you").wait_for()
    assert Face.objects.public().filter(officer=officer).count() == before

    keeper = visit(size, scripts=scripts)
    keeper.sign_in("coordinator")
    keeper.go("/review/")
    tag = keeper.page.get_by_role("region", name=f"Is this {officer.full_name}?")
    tag.get_by_role("button", name="Yes, approve").click()
    keeper.page.get_by_text("Approved.").wait_for()
    assert Face.objects.public().filter(officer=officer).count() == before

    face = Face.objects.filter(officer=officer).latest("pk")
    keeper.go(f"/publish/{face.photo_id}/")
    keeper.page.get_by_role("heading", name="Look before it is public").wait_for(timeout=SLOWEST_JOB)
    keeper.press("Publish")
    keeper.page.get_by_text("Published.").wait_for()

    stranger = visit(size, scripts=scripts)
    stranger.go(f"/officers/{officer.pk}/")
    photos = stranger.page.locator(".photo-grid img")
    assert photos.count() == before + 1
    newest = Face.objects.public().filter(officer=officer).latest("pk")
    assert stranger.page.request.get(f"{stranger.site.address}/faces/{newest.pk}.jpg").status == 200


@pytest.mark.parametrize(("size", "scripts", "number", "scene"), WAYS)
def test_a_sent_photo_is_looked_at_by_the_worker_and_then_by_a_volunteer(
    visit: Visit, size: str, scripts: bool, number: str, scene: str
) -> None:
    sender = visit(size, scripts=scripts)
    known = set(Photo.objects.values_list("pk", flat=True))
    sender.go("/")
    sender.follow("Send photos")
    sender.page.get_by_label("Which department are the officers from?").select_option(
        label=f"{demo.ALLOWED}, Ohio"
    )
    sender.choose_files(demo.scene(scene))
    sender.press("Send photos")
    assert sender.heading == "Thank you. Your photo is safe with us."
    photo = Photo.objects.exclude(pk__in=known).get()
    assert demo.soon(lambda: Photo.objects.filter(pk=photo.pk, presence__isnull=False).exists())

    volunteer = visit(size, scripts=scripts)
    volunteer.sign_in("volunteer")
    volunteer.go(f"/photos/?photo={photo.pk}")
    assert "A program says" in volunteer.main.inner_text()
    volunteer.main.locator("button[value=yes]").click()
    volunteer.page.get_by_text("Saved: police are in it.").wait_for()
    photo.refresh_from_db()
    assert photo.police == Photo.Police.YES

    volunteer.main.locator("button[value=undo]").click()
    volunteer.page.wait_for_url("**/photos/?photo=*")
    photo.refresh_from_db()
    assert photo.police == Photo.Police.UNKNOWN
