"""Every page, on a phone in the light and on a desk in the dark: for people who use it with a keyboard, a screen reader
or a narrow window. That no page asks another host or breaks the content policy is checked by each visit itself.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from officers.models import Assignment, Department, Incident, Officer, Topic
from tests.browser import demo
from tests.browser.conftest import Visit
from tests.browser.visitor import SIZES, SLOWEST_JOB, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.stack]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter((fault) => ["serious", "critical"].includes(fault.impact))
    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)"""
LOOKS = [pytest.param("phone", "light", id="phone-light"), pytest.param("desktop", "dark", id="desktop-dark")]
LONG_NAME = "Bartholomew-Maximilian Featherstonehaughs"  # 41 letters, most of them without a place to break
ANYBODY = [
    *("/", "/protection/", "/departments/", "/officers/", "/officers/?q=nobody-of-this-name", "/who/"),
    *("/who/?q=nowhere", "/send/", "/send/thanks/?photos=2", "/accounts/login/", "/accounts/signup/"),
    *("/officers/?view=list&sort=rank", "/officers/?race=unknown&gender=F&page=abc#narrow", "/search/"),
    *("/search/?q=sergeant", "/search/?q=pat", "/departments/?state=OH", "/departments/?state=ZZ"),
    *("/incidents/?q=march&since=2020-01-01&page=abc", "/plates/?number=plp-114", "/topics/"),
    *("/no/such/page/", "/protect/who-is-it/"),
]


def faults_of(visitor: Visitor, size: str) -> list[str]:
    """What axe finds serious or critical on this page, and whether the page scrolls sideways."""
    page = visitor.page
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN_AXE)
    if (width := visitor.width_of_content()) > SIZES[size]["width"]:
        found.append(f"{width} pixels wide")
    return [f"{page.url}: {fault}" for fault in found]


def paths_of_cases() -> list[str]:
    """The page of one of each kind that has the most to show."""
    harbor = Incident.objects.get(report_number="20-14477")
    cases = (harbor, harbor.complaints.get(), harbor.lawsuits.get(), Topic.objects.get(name="Pepper spray"))
    return [f"/{one._meta.model_name}s/{one.pk}/" for one in cases]


def paths_of_departments() -> list[str]:
    """The pages of each department, and of the officer of whom most is known."""
    paths = [f"/officers/{demo.officer('005').pk}/"]
    for department in Department.objects.all():
        paths += [f"/departments/{department.pk}/", f"/who/{department.pk}/", f"/who/{department.pk}/roster/"]
    return paths


def make_awkward_officers(department: Department) -> list[int]:
    """A name that hardly fits, and one written from right to left; neither has a photo."""
    long, arabic = LONG_NAME.split(" "), ("محمد", "عبد الرحمن")
    made = [Officer.objects.create(first_name=first, last_name=last) for first, last in (long, arabic)]
    for officer in made:
        Assignment.objects.create(officer=officer, department=department, badge_number="0123456789" * 3)
    return [officer.pk for officer in made]


def test_the_checks_see_what_they_should(visit: Visit) -> None:
    visitor = visit("phone")
    visitor.go("/")
    visitor.page.evaluate(
        "document.querySelector('main').innerHTML = '<img src=/x.png><canvas width=900></canvas>'"
    )
    faults = " ".join(faults_of(visitor, "phone"))
    assert "image-alt" in faults
    assert "pixels wide" in faults


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_pages_for_anybody(visit: Visit, size: Any, scheme: Any) -> None:
    visitor, faults = visit(size, scheme=scheme), []
    for path in ANYBODY + paths_of_departments() + paths_of_cases():
        visitor.go(path)
        faults += faults_of(visitor, size)
    assert faults == []


def test_awkward_names_fit_on_a_phone(visit: Visit) -> None:
    department = demo.department(demo.NOT_DECIDED)
    made, visitor, faults = make_awkward_officers(department), visit("phone"), []
    try:
        for path in [f"/officers/{made[0]}/", f"/officers/{made[1]}/", "/officers/?q=featherstonehaughs"]:
            visitor.go(path)
            assert "No photo yet" in visitor.main.inner_text()
            faults += faults_of(visitor, "phone")
    finally:
        Officer.objects.filter(pk__in=made).delete()
    assert faults == []


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_pages_of_volunteers_and_coordinators(visit: Visit, size: Any, scheme: Any) -> None:
    visitor, faults = visit(size, scheme=scheme), []
    visitor.sign_in("coordinator")
    officer, where = demo.officer("005").pk, demo.department(demo.ALLOWED).pk
    for path in (
        *("/", "/photos/", "/review/", "/accounts/email/", "/accounts/password/change/", "/record/changes/"),
        *(f"/record/officer/{officer}/", f"/record/officer/{officer}/edit/", f"/officers/{officer}/merge/"),
        *(f"/departments/{where}/rosters/", f"/record/department/{where}/add/incident/"),
    ):
        visitor.go(path)
        faults += faults_of(visitor, size)
    menu = visitor.page.locator("header summary >> visible=true")
    menu.click()
    faults += faults_of(visitor, size)
    assert faults == []


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_pages_with_mistakes(visit: Visit, size: Any, scheme: Any, tmp_path: Path) -> None:
    junk = tmp_path / f"{'a-very-long-name-of-a-file-' * 3}.jpg"
    junk.write_bytes(b"no photo at all")
    visitor, faults = visit(size, scheme=scheme), []
    visitor.go(f"/send/?department={demo.department(demo.ALLOWED).pk}")
    visitor.choose_files(junk)
    faults += faults_of(visitor, size)
    visitor.press("Send photos")
    faults += faults_of(visitor, size)
    visitor.go("/accounts/login/")
    visitor.page.get_by_label("Email address").fill("nobody@demo.example")
    visitor.page.get_by_label("Password").fill("wrong")
    visitor.press("Sign in")
    faults += faults_of(visitor, size)
    assert faults == []


@pytest.mark.plugin
@pytest.mark.skipif("recognition" not in settings.PLUGINS, reason="the recognition plugin is not installed")
@pytest.mark.parametrize(
    ("size", "scheme", "number"), [("phone", "light", "016"), ("desktop", "dark", "019")]
)
def test_pages_of_a_question(visit: Visit, size: Any, scheme: Any, number: str) -> None:
    """From the photo to deleting it."""
    visitor, faults = visit(size, scheme=scheme), []
    visitor.send_question(demo.other_photo(number), demo.ALLOWED)
    faults += faults_of(visitor, size)
    visitor.page.get_by_label("Face 1", exact=True).check()
    visitor.press("Next: one last question")
    faults += faults_of(visitor, size)
    visitor.page.get_by_role("checkbox").check()
    visitor.main.get_by_role("button").click()
    visitor.page.locator(".probe").wait_for(timeout=SLOWEST_JOB)
    search = visitor.page.url
    faults += faults_of(visitor, size)
    visitor.follow("Compare side by side")
    faults += faults_of(visitor, size)
    for further in ("none/", "new/", "delete/"):
        visitor.go(search + further)
        faults += faults_of(visitor, size)
    assert faults == [], json.dumps(faults, indent=1)


def test_keys_answer_and_can_be_turned_off(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in("volunteer")
    visitor.go("/photos/")
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("n")
    assert "Saved: no police in it." in visitor.main.inner_text()
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("z")
    assert "Saved" not in visitor.main.inner_text()
    visitor.page.get_by_role("button", name="Turn the keys off").click()
    address = visitor.page.url
    visitor.page.keyboard.press("n")
    visitor.go("/photos/")
    visitor.page.get_by_role("button", name="Answer with keys").wait_for()
    assert visitor.page.url != address
    assert visitor.page.locator(".sorter kbd:visible").count() == 0
