"""The real product, filled with the demo, and a real Chromium that looks at it.

One site for the whole folder: filling it takes longer than most tests here, so each test asks about photos of its own.
Every visit also checks that no page asked another host for anything, broke the content policy, or threw an error.
(Imports late: a conftest is read before Django is ready.)
"""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from io import StringIO
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Error, sync_playwright

if TYPE_CHECKING:
    from tests.browser.visitor import Site, Visitor
    from tests.services import Services

collect_ignore = [] if "recognition" in settings.PLUGINS else ["test_main_job.py", "test_ways_out.py"]
NAMES = ("chromium", "chromium-browser", "google-chrome")
# --no-sandbox: Chromium's own sandbox refuses to start as root and in most containers; it visits only our pages.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)

Visit = Callable[..., "Visitor"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; skips where there is none, but never where one was named and does not start."""
    named = os.environ.get("OVERSIGHT_CHROMIUM")
    program = named or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no Chromium here ({', '.join(NAMES)}); install one or name it in OVERSIGHT_CHROMIUM")
    with sync_playwright() as driver, pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread; Django would take our queries for ones inside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        try:
            browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        except Error as problem:
            if named:
                raise
            pytest.skip(f"{program} does not start here: {problem.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(services: "Services", chromium: Browser, django_db_blocker: Any) -> Iterator["Site"]:
    """The demo on a database of its own, with the real web server and worker."""
    from django.core.management import call_command
    from django.db import connection

    from tests.browser.visitor import Site
    from tests.services import TEST_DATABASE
    from tests.stack import Stack, _point_at

    stack = Stack(services)
    stack.open()
    with django_db_blocker.unblock():
        _point_at(stack.database)
        try:
            call_command("seed_demo", stdout=StringIO())
            stack.start_worker()
            yield Site(address=stack.start_web(), stack=stack)
        finally:
            connection.close()
            _point_at(TEST_DATABASE)
            stack.close()


@pytest.fixture(autouse=True)
def empty_queue() -> None:
    """Not here: the site's worker goes on between tests, and its queue must not be pulled from under it."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the ends of the site's logs under a failed test."""
    report = yield
    site = getattr(item, "funcargs", {}).get("site")
    if report.failed and site is not None:
        report.sections += [(f"end of the {name} log", text) for name, text in site.stack.logs().items()]
    return report


@pytest.fixture
def visit(chromium: Browser, site: "Site") -> Iterator[Visit]:
    """Opens a browser window on the site: `visit("phone", scripts=False, scheme="dark")`."""
    from tests.browser.visitor import SIZES, Visitor

    opened: list[Visitor] = []

    def open_window(
        size: Literal["phone", "desktop"] = "desktop",
        *,
        scripts: bool = True,
        scheme: Literal["light", "dark"] = "light",
    ) -> "Visitor":
        context = chromium.new_context(
            viewport=SIZES[size],
            is_mobile=size == "phone",
            has_touch=size == "phone",
            java_script_enabled=scripts,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        visitor = Visitor(context.new_page(), site, scripts=scripts)
        opened.append(visitor)
        return visitor

    yield open_window
    for visitor in opened:
        visitor.page.context.close()
    assert [fault for visitor in opened for fault in visitor.faults] == []
