"""The record as people walk through it: from a plate to the officers who were there, and what became of them."""

import pytest

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def test_from_a_plate_to_an_officers_life_without_a_script(visit: Visit) -> None:
    person = visit("phone", scripts=False)
    person.go("/")
    person.follow("License plates")
    person.page.get_by_label("License plate").fill("plp-208")
    person.press("Search")
    person.follow("Harbor Street at Customs Quay")
    person.follow("Use of force")
    assert "Suspension without pay, 2 days" in person.main.inner_text()
    person.follow("Greer Elderflower")
    assert person.heading == "Greer Elderflower"
    chart = person.page.get_by_role("img", name="Pay by year")
    box = chart.bounding_box()
    assert box is not None
    assert box["width"] <= 360
    person.page.locator("summary", has_text="The same as a table").click()
    assert person.page.get_by_role("cell", name="$39,450.60").is_visible()
    video = person.page.get_by_role("link", name="The line at the quay")
    assert not video.is_visible()
    person.page.locator("summary", has_text="Content that may upset").click()
    assert video.is_visible()
    assert person.width_of_content() == 360
