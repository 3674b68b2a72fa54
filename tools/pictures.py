"""``python -m tools.pictures``: takes the README's pictures from a demo that runs, as its people see it.

Start ``make run`` first. Needs Chromium, and the packages of the tests.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ADDRESS = f"http://localhost:{os.environ.get('PORT') or 8000}"
DATA = Path(os.environ.get("MITEINANDER_DATA") or "var")
FOLDER = Path(__file__).resolve().parents[1] / "docs/pictures"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
COLOURS = 96
MOST_BYTES = 200_000


def sign_in(browser: Browser, name: str, size: dict[str, int]) -> Page:
    """Return the first page of one of the demo's people."""
    page = browser.new_page(base_url=ADDRESS, locale="de-DE", viewport=size)  # type: ignore[arg-type]
    page.set_default_timeout(60_000)
    page.goto("/konto/login/")
    page.fill("[name=login]", f"{name}@demo.example")
    page.fill("[name=password]", (DATA / "demo-password").read_text().strip())
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    # The demo's own bar is no part of the product.
    page.add_init_script("addEventListener('DOMContentLoaded', () => document.querySelector('.mt-demo')?.remove())")
    page.goto("/")
    return page


def first(page: Page, selector: str) -> None:
    """Follow the first link of a kind."""
    page.locator(selector).first.click()
    page.wait_for_load_state()


def tasks(_page: Page) -> None:
    """What waits for the case officer."""


def sheet(page: Page) -> None:
    """A sheet with the first scores given."""
    first(page, "main a[href='/jury/']")
    first(page, "main a[href^='/jury/sheets/']")
    if page.locator("input[name=declaration]").count():
        page.check("input[name=declaration][value=none]", force=True)
        first(page, "main form button[type=submit]")
    page.locator("[data-criterion] input[type=radio]").first.focus()
    for points in "45344":
        page.keyboard.press(points)
        page.keyboard.press("Enter")
    page.evaluate(
        "document.activeElement.blur(), document.querySelector('.mt-case__act').scrollTo(0, 0), scrollTo(0, 0)"
    )


def ranking(page: Page) -> None:
    """The ranking of the round that is before the committees."""
    page.goto("/jury/")
    page.locator("main a[href$='/ranking/']").nth(1).click()
    page.wait_for_load_state()


def letter(page: Page) -> None:
    """An award letter as its addressee reads it."""
    page.goto("/applications/")
    first(page, "main tr:has(:text-is('Bewilligt')) a")
    first(page, "main a[href^='/letters/']")
    page.locator("main article").first.scroll_into_view_if_needed()


def budget(page: Page) -> None:
    """This year's budget."""
    page.goto("/budget/")
    page.locator("main th a", has_text="Gemeinsam").nth(1).click()
    page.wait_for_load_state()


def plan(page: Page) -> None:
    """The plan of a draft."""
    page.goto("/applications/")
    first(page, "main tr:has-text('Entwurf') a")
    first(page, "main a[href$='/steps/plan/']")
    page.locator("main h2").first.evaluate("heading => scrollTo(0, heading.offsetTop - 16)")


PICTURES: tuple[tuple[str, str, dict[str, int], Callable[[Page], None]], ...] = (
    ("tasks", "sachbearbeitung", WIDE, tasks),
    ("sheet", "jury2", WIDE, sheet),
    ("ranking", "jury1", WIDE, ranking),
    ("letter", "antrag", WIDE, letter),
    ("budget", "kaemmerei", WIDE, budget),
    ("plan-phone", "antrag", PHONE, plan),
)


def keep(page: Page, name: str) -> None:
    """Write the picture with few colours; a picture in a README must not weigh."""
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {size} bytes, more than {MOST_BYTES}")
    print(f"{path.name}: {size // 1000} kB")


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, person, size, lead in PICTURES:
            page = sign_in(browser, person, size)
            lead(page)
            keep(page, name)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
