"""A person in front of a browser: what they do on the site in a line each, and what goes wrong under the surface."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request, ViewportSize

from officers import demo_seed
from tests.stack import Stack

SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 360, "height": 740},
    "desktop": {"width": 1280, "height": 800},
}
SLOWEST_PAGE = 30_000  # milliseconds; a busy machine with two cores runs the whole product beside the browser
SLOWEST_JOB = 120_000
MOST_TABS = 150
# Chromium writes this for every answer that is not 2xx; pages that refuse or find a mistake answer 4xx on purpose.
EXPECTED_WORDS = "Failed to load resource: the server responded with a status of 4"


@dataclass(frozen=True)
class Site:
    """The running product. `address` has no slash at the end."""

    address: str
    stack: Stack


class Visitor:
    """One window. `faults`: requests to other hosts, what the content policy stopped, errors of scripts."""

    def __init__(self, page: Page, site: Site, *, scripts: bool) -> None:
        self.page, self.site, self.scripts = page, site, scripts
        self.faults: list[str] = []
        page.set_default_timeout(SLOWEST_PAGE)
        page.on("request", self._note_request)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error.message}"))

    def _note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and f"http://{parts.netloc}" != self.site.address:
            self.faults.append(f"{self.page.url} asked {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED_WORDS):
            self.faults.append(f"{self.page.url}: {message.text}")

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def go(self, path: str) -> int:
        """Open a path of the site, or a whole address; the status of the answer."""
        address = path if path.startswith("http") else self.site.address + path
        try:
            answer = self.page.goto(address)
        except Error as problem:
            if "interrupted by another navigation" not in problem.message:
                raise
            self.page.wait_for_load_state()  # a page that waited went on by itself in the same moment
            answer = self.page.goto(address)
        assert answer is not None
        return answer.status

    def press(self, words: str) -> None:
        """Press the button of the main part that says these words, and wait for the next page."""
        with self.page.expect_navigation():
            self.main.get_by_role("button", name=words, exact=True).first.click()

    def follow(self, words: str) -> None:
        """Follow the link of the main part that says these words."""
        with self.page.expect_navigation():
            self.main.get_by_role("link", name=words).first.click()

    def reach(self, target: Locator) -> None:
        """Go on by Tab until the focus is on it."""
        target.wait_for()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"the keyboard does not reach {target}")

    def choose_files(self, *files: Path) -> None:
        self.page.locator("input[type=file]").set_input_files(list(files))

    def sign_in(self, who: str) -> None:
        """As one of the demo's people: "admin", "coordinator" or "volunteer"."""
        self.go("/accounts/login/")
        self.page.get_by_label("Email address").fill(demo_seed.PEOPLE[who])
        self.page.get_by_label("Password").fill(demo_seed.PASSWORD)
        self.press("Sign in")

    def send_question(self, photo: Path, department: str) -> None:
        """From the first page to "Which face?"."""
        self.go("/")
        self.follow("Who is this officer?")
        self.follow(department)
        self.choose_files(photo)
        self.press("Next: point at the face")
        self.page.locator("[data-face-picker]").wait_for(timeout=SLOWEST_JOB)
        if self.scripts:  # the page is there before its script has listened to the first finger
            self.page.locator(".face-picker__stage--live").wait_for()

    def answer_duty(self) -> None:
        """From a chosen face to what the search found."""
        self.press("Next: one last question")
        self.page.get_by_role("checkbox").check()
        self.main.get_by_role("button").click()
        self.page.locator(".probe").wait_for(timeout=SLOWEST_JOB)

    def ask(self, photo: Path, department: str) -> None:
        """The whole question about the first face of a photo."""
        self.send_question(photo, department)
        self.page.get_by_label("Face 1", exact=True).check()
        self.answer_duty()

    def width_of_content(self) -> int:
        """CSS pixels; more than the window means that the page scrolls sideways."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth")
        return width
