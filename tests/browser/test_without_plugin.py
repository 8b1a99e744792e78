"""Where faces are not compared at all, asking who somebody is leads to the roster, and that is a whole way."""

import pytest
from django.conf import settings

from tests.browser import demo
from tests.browser.conftest import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.stack,
    pytest.mark.skipif("recognition" in settings.PLUGINS, reason="the recognition plugin is installed"),
]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_from_the_question_over_the_roster_to_an_officer(visit: Visit, size: str, scripts: bool) -> None:
    person, officer = visit(size, scripts=scripts), demo.officer("003")
    person.go("/")
    person.follow("Who is this officer?")
    assert "compared" not in person.main.inner_text()
    person.follow(demo.ALLOWED)
    assert person.heading == "Look through the roster"
    person.page.get_by_label("Rank").select_option(label="Lieutenant")
    person.press("Show")
    person.follow(officer.full_name)
    assert person.heading == officer.full_name
    assert "5561" in person.main.inner_text()
    assert person.page.locator(".officer-head img").get_attribute("alt") == f"Photo of {officer.full_name}"
