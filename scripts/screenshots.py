"""Pictures of the product for the README: `.venv/bin/python scripts/screenshots.py http://127.0.0.1:8000`.

Of a running demo (`make run`), so only officers who do not exist are in them. Needs Chromium (OVERSIGHT_CHROMIUM, or
one on the PATH). Writes docs/images/.
"""

import io
import os
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
DEMO = PROJECT / "officers" / "demo"
IMAGES = PROJECT / "docs" / "images"
COLOURS = 256  # a palette is a third of the size of full colour
LARGEST = 200_000
PASSWORD = "demo-not-secret"  # noqa: S105 - officers/demo_seed.py: of people who exist in the demo only
BADGE = "2292"  # of the officer who is the second face in the photo that is sorted first
DESKTOP, PHONE = (1280, 800), (360, 740)
TALL = 940  # so that the whole photo and the faces beside it are in the picture
SLOWEST = 120_000


def main() -> None:
    address = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    program = (
        os.environ.get("OVERSIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        take_all(browser, address)
        browser.close()


def take_all(browser: Browser, address: str) -> None:
    desk, phone = (window(browser, size) for size in (DESKTOP, PHONE))
    desk.goto(address)
    keep(desk, "home")
    desk.goto(f"{address}/departments/")
    desk.get_by_role("link", name="Prairie Junction").click()
    desk.get_by_role("link", name="Who is this officer?").last.click()
    keep(desk, "refused")
    send(desk, address, DEMO / "scenes" / "07.jpg")
    desk.get_by_label("Face 1", exact=True).check()
    desk.set_viewport_size({"width": DESKTOP[0], "height": TALL})
    keep(desk, "face")
    desk.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    send(desk, address, DEMO / "officers" / "004" / "2.jpg")
    desk.get_by_label("Face 1", exact=True).check()
    search(desk)
    keep(desk, "candidates")
    phone.goto(desk.url)
    keep(phone, "candidates-phone")
    take_work(desk, phone, address)


def take_work(desk: Page, phone: Page, address: str) -> None:
    """The volunteers' work on photos that wait in the demo: sorted on a phone, tagged and published at a desk."""
    sign_in(phone, address, "volunteer")
    phone.goto(f"{address}/photos/")
    keep(phone, "sort-phone")
    answer(phone, "yes")
    phone.goto(f"{address}/tag/")
    photo = urlsplit(phone.url).path.split("/")[2]
    sign_in(desk, address, "volunteer")
    desk.goto(phone.url)
    desk.get_by_label("Face 2", exact=True).check()
    desk.get_by_label("Badge number or name").fill(BADGE)
    desk.locator('input[name="officer"]:checked').wait_for()
    desk.evaluate("scrollTo(0, 0)")
    keep(desk, "tag")
    desk.get_by_role("button", name="Save").click()
    desk.get_by_text("Saved:").wait_for()
    desk.context.clear_cookies()
    sign_in(desk, address, "coordinator")
    desk.goto(f"{address}/review/")
    desk.get_by_role("button", name="Yes, approve").first.click()
    desk.goto(f"{address}/publish/{photo}/")
    desk.get_by_role("heading", name="Look before it is public").wait_for()
    desk.set_viewport_size({"width": DESKTOP[0], "height": TALL})
    desk.locator("[data-cover-picker]").scroll_into_view_if_needed()
    keep(desk, "publish")


def sign_in(page: Page, address: str, who: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Email address").fill(f"{who}@demo.example")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name="Sign in").click()


def answer(page: Page, says: str) -> None:
    with page.expect_navigation():
        page.locator(f".sorter button[value={says}]").click()


def window(browser: Browser, size: tuple[int, int]) -> Page:
    width, height = size
    is_phone = size == PHONE
    page = browser.new_page(
        viewport={"width": width, "height": height},
        has_touch=is_phone,
        is_mobile=is_phone,
        reduced_motion="reduce",
    )
    page.set_default_timeout(SLOWEST)
    return page


def send(page: Page, address: str, photo: Path) -> None:
    """Up to "Which face?"."""
    page.goto(f"{address}/who/")
    page.get_by_role("link", name="Port Lindell").click()
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Next: point at the face").click()
    page.locator("[data-face-picker]").wait_for()


def search(page: Page) -> None:
    page.get_by_role("button", name="Next: one last question").click()
    page.get_by_role("checkbox").check()
    page.locator("main").get_by_role("button").click()
    page.locator(".candidate").first.wait_for()


def keep(page: Page, name: str) -> None:
    """What the window shows, as a small PNG."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement?.blur()")  # no focus ring in a picture without a keyboard
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture = whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.FLOYDSTEINBERG)
    path = IMAGES / f"{name}.png"
    picture.save(path, optimize=True)
    size = path.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{path.name} is {size} bytes; at most {LARGEST} belong into the repository.")
    sys.stdout.write(f"{path.relative_to(PROJECT)}  {size // 1000} kB\n")


if __name__ == "__main__":
    main()
